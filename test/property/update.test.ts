import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { SourceFile } from '../../src/index.ts';
import { CompileError } from '../../src/index.ts';
import { compileModel, type CompiledModel } from '../../src/pipeline/compile-model.ts';
import { checkCompileOptions } from '../../src/pipeline/options.ts';
import { createRunnerPool } from '../../src/sandbox/runner-pool.ts';

const pool = createRunnerPool();
afterAll(() => pool.close());

const setting = (onError: 'reject' | 'quarantine') => {
  const options = checkCompileOptions({ onError, sandbox: { timeoutMs: 60_000 } });
  return {
    options,
    libraries: { included: [], packages: [], diagnostics: [] },
    pool,
    now: Date.UTC(2024, 0, 1),
  };
};

/** Files that depend on each other in every way that the language has. `n` varies what they declare. */
const variants: readonly ((name: string, n: number) => string)[] = [
  (name, n) =>
    `cube('${name}', { sql: \`SELECT ${n} AS id\`, measures: { count: { type: 'count' } } });`,
  // References to other cubes, and inheritance.
  (name, n) =>
    `cube('${name}', { extends: Base, dimensions: { extra${n}: { type: 'string', sql: \`\${CUBE}.extra\` } } });`,
  (name) =>
    `cube('${name}', { sql: \`SELECT * FROM (\${Base.sql()}) b\`, measures: { count: { type: 'count' } } });`,
  (name) =>
    `cube('${name}', { sql: 'SELECT 1', joins: { Base: { relationship: 'belongsTo', sql: \`\${CUBE}.id = \${Base}.id\` } } });`,
  // Names that mean a member, a cube or a value of the file, by what other files declare.
  (name, n) => `const Other = 'other_${n}'; const own = 'own';
cube('${name}', { extends: Base, dimensions: { d: { type: 'string', sql: \`\${CUBE}.\${[Other, own].join('_')}\` } } });`,
  (name) =>
    `cube('${name}', { sql: 'SELECT 1', dimensions: { d: { type: 'number', sql: (CUBE, Math) => \`\${Math}\` } } });`,
  // Code of other files.
  (name) => `import { filter } from './helper';
cube('${name}', { sql: \`SELECT * FROM t WHERE \${filter('tenant_id')}\`, measures: { count: { type: 'count' } } });`,
  (name) => `import { next } from './counter';
cube('${name}', { sql: \`SELECT \${next()} AS id\`, measures: { count: { type: 'count' } } });`,
  (name) => `import { define } from './helper'; define('${name}');`,
  (name) => `export const filter = (column) => '1 = 1'; cube('${name}', { sql: 'SELECT 1' });`,
  // What is wrong.
  (name) => `cube('${name}', {`,
  (name) => `cube('${name}', { sql: 'SELECT 1' }); null.x;`,
  (name) =>
    `cube('${name}', { sql: 'SELECT 1', dimensions: { d: { type: 'string', sql: \`\${Nobody.x}\` } } });`,
  (name) => `cube('${name}', { sql: 'SELECT 1' }); cube('Twice', { sql: 'SELECT 2' });`,
  () => '',
];

const helper = (
  n: number,
) => `export const filter = (column) => SECURITY_CONTEXT.tenant${n}.filter(column);
export const define = (name) => cube(name, { sql: \`SELECT ${n} AS id\`, measures: { count: { type: 'count' } } });`;
const counter = (n: number) => `let last = ${n}; export const next = () => ++last;`;
const base = (n: number) =>
  `cube('Base', { sql: \`SELECT * FROM base_${n} WHERE \${SECURITY_CONTEXT.id.filter('id')}\`, dimensions: { ${n % 2 ? 'own' : 'id'}: { type: 'number', sql: 'id' } } });`;

const names = ['Alpha', 'Beta', 'Gamma', 'Math', 'Other'];
const edit = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      name: fc.constantFrom(...names),
      variant: fc.nat(variants.length - 1),
      n: fc.nat(3),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ remove: fc.constantFrom(...names, 'base', 'helper', 'counter') }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ shared: fc.constantFrom('base', 'helper', 'counter'), n: fc.nat(3) }),
  },
);
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

const shared = { base, helper, counter };

function apply(files: Map<string, string>, change: Edit): void {
  if ('remove' in change) files.delete(`${change.remove}.js`);
  else if ('shared' in change) {
    files.set(`${change.shared}.js`, shared[change.shared as keyof typeof shared](change.n));
  } else files.set(`${change.name}.js`, variants[change.variant]!(change.name, change.n));
}

const start = (): Map<string, string> =>
  new Map([
    ['Alpha.js', variants[4]!('Alpha', 1)],
    ['Beta.js', variants[6]!('Beta', 1)],
    ['Gamma.js', variants[7]!('Gamma', 1)],
    ['base.js', base(1)],
    ['counter.js', counter(1)],
    ['helper.js', helper(1)],
    ...Array.from({ length: 12 }, (_, n): [string, string] => [
      `Quiet${n}.js`,
      variants[0]!(`Quiet${n}`, n),
    ]),
  ]);

const toFiles = (files: ReadonlyMap<string, string>): SourceFile[] =>
  [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, content]) => ({ path, content }));

/** Everything that a compile says, or the error with which it ends. */
async function outcome(compiling: Promise<CompiledModel>) {
  try {
    const { model, warnings, errors, quarantined } = await compiling;
    return { model, warnings, errors, quarantined };
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return { message: error.message, diagnostics: error.diagnostics };
  }
}

describe.for(['reject', 'quarantine'] as const)('with onError %s', (onError) => {
  test(
    'an update gives what a cold compile gives, whatever is edited',
    { timeout: 600_000 },
    async () => {
      const runs = Number(process.env['FUZZ_RUNS'] ?? 3);
      const edits = fc.array(fc.array(edit, { minLength: 1, maxLength: 2 }), {
        minLength: 3,
        maxLength: 6,
      });
      await fc.assert(
        fc.asyncProperty(edits, async (steps) => {
          const files = start();
          let served = await compileModel(toFiles(files), setting(onError), null);
          for (const changes of steps) {
            for (const change of changes) apply(files, change);
            const updating = compileModel(toFiles(files), setting(onError), served);
            const updated = await outcome(updating);
            const cold = await outcome(compileModel(toFiles(files), setting(onError), null));
            expect(updated).toEqual(cold);
            if ('model' in updated) {
              expect([...updated.model.cubes.keys()]).toEqual(
                [...updated.model.cubes.keys()].sort(),
              );
              served = await updating;
            }
          }
        }),
        { numRuns: runs, endOnFailure: runs < 20 },
      );
    },
  );
});
