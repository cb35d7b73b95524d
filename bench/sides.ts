import type * as Package from '../src/index.ts';

/** A machine that does other work too may need longer than the usual limit. */
export const patient = { sandbox: { timeoutMs: 120_000 } };

/** The package as it was built. */
export async function own(): Promise<typeof Package> {
  return (await import('../dist/index.js' as string)) as typeof Package;
}

/** `@cubejs-backend/schema-compiler`. */
export async function reference() {
  return (await import('./reference.mjs' as string)) as {
    compile: (files: readonly object[]) => Promise<object>;
    sql: (compilers: object, query: object, context: object) => unknown;
  };
}
