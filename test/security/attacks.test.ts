import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { CompileError, compileSchema, type SourceFile } from '../../src/index.ts';

const folder = path.resolve(import.meta.dirname, '../../fixtures/attacks');
const attacks = readFileSync(path.join(folder, 'expected.txt'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.split(': ') as [string, string]);

/** Bulk is written short: `⟪3 times: k§: 1⟫`, where `§` is the number of the turn, and `§+` the next. */
function expand(content: string): string {
  return content.replace(/⟪(\d+) times: ([^⟫]*)⟫/g, (_, times: string, text: string) =>
    Array.from({ length: Number(times) }, (__, turn) =>
      text.replaceAll('§+', String(turn + 1)).replaceAll('§', String(turn)),
    ).join(''),
  );
}

/** Several files stand in one, each below its name. */
function filesOf(name: string, content: string): SourceFile[] {
  const [first = '', ...parts] = content.split(/^\/\/ file: (.*)\n/m);
  if (parts.length === 0) return [{ path: name, content: first }];
  return parts.flatMap((path, index) =>
    index % 2 === 0 ? [{ path, content: parts[index + 1]! }] : [],
  );
}

const sandbox = {
  timeoutMs: 1500,
  memoryMb: 64,
  replyBytes: 16_000_000,
  functionTimeoutMs: 500,
  functions: {
    echo: (input: unknown) => input,
    fail: () => Promise.reject(new Error('secret of the host')),
    silent: () => new Promise(() => undefined),
    late: () => new Promise((resolve) => setTimeout(resolve, 2_000)),
    notJson: () => 1n,
    hostile: (): unknown =>
      JSON.parse('{ "__proto__": { "polluted": 1 }, "constructor": 1, "then": 2, "toString": 3 }'),
    throwing: () => ({
      toJSON() {
        throw new Error('secret of the host');
      },
    }),
    huge: () => 'x'.repeat(2_000_000),
  },
};
const compileContext = { authInfo: null, securityContext: { secret: 'secret of the tenant' } };
const good = {
  path: 'Good.js',
  content: "cube('Good', { sql: 'SELECT 1', measures: { n: { type: 'count' } } });",
};

describe('an attack costs one clear diagnostic, in time', () => {
  test.for(attacks)('%s: %s', async ([name, expected]) => {
    const file = name.endsWith('.yml') ? name : `${name}.js`;
    const content = expand(readFileSync(path.join(folder, file), 'utf8'));
    const started = performance.now();
    const files = filesOf(file, content);
    const outcome = await compileSchema({ files }, { sandbox, compileContext }).then(
      async (schema) => {
        await schema.close();
        return ['compiles'];
      },
      (error: unknown) => {
        if (!(error instanceof CompileError)) throw error;
        expect(error.message).not.toContain('secret of the host');
        expect(error.message).not.toMatch(/[\u0000-\u0008\u001b\u202e]/);
        return error.diagnostics
          .filter((item) => item.severity === 'error')
          .map((item) => item.code);
      },
    );
    expect(performance.now() - started).toBeLessThan(sandbox.timeoutMs + 3000);
    expect(outcome.join(' ')).toMatch(new RegExp(`(^| )(${expected})( |$)`));
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test('and the same process compiles the next schema', async () => {
    await using schema = await compileSchema({ files: [good] });
    expect((await schema.generateSql({ measures: ['Good.n'] })).sql).toContain('SELECT 1');
  });

  test('a broken file does not stop the others from being checked', async () => {
    const loop = { path: 'Loop.js', content: 'for (;;);' };
    const failure = await compileSchema({ files: [good, loop] }, { sandbox }).catch(
      (error: unknown) => error,
    );
    const [diagnostic] = (failure as CompileError).diagnostics;
    expect(diagnostic).toMatchObject({ code: 'sandbox/timeout', file: 'Loop.js' });
  });

  test('quadratic parsing ends at the deadline, in the runner', async () => {
    const content =
      'export let a;'.replace('a', '').repeat(0) +
      Array.from({ length: 60_000 }, (_, n) => `export let a${n};`).join('\n');
    let ticks = 0;
    const timer = setInterval(() => ticks++, 20);
    const started = performance.now();
    await compileSchema(
      { files: [{ path: 'many.js', content }] },
      { sandbox: { ...sandbox, fileBytes: 5_000_000 } },
    ).catch(() => undefined);
    clearInterval(timer);
    expect(performance.now() - started).toBeLessThan(sandbox.timeoutMs + 3000);
    // The host stayed responsive.
    expect(ticks).toBeGreaterThan(10);
  });
});
