import { afterAll, expect, test } from 'vitest';
import { compileSchema, CompileError } from '../../../src/index.ts';
import { compileModel } from '../../../src/pipeline/compile-model.ts';
import { checkCompileOptions } from '../../../src/pipeline/options.ts';
import { createRunnerPool } from '../../../src/sandbox/runner-pool.ts';

const pool = createRunnerPool();
afterAll(() => pool.close());
const options = checkCompileOptions({ sandbox: { timeoutMs: 60_000 } });
const libraries = { included: [], packages: [], diagnostics: [] };
const setting = { options, libraries, pool, now: 0 };

const orders = (column: string) =>
  `cube('Orders', { sql: 'SELECT * FROM orders', measures: { total: { type: 'sum', sql: \`\${CUBE}.${column}\` } } });`;
const plain = (name: string, more = '') =>
  `cube('${name}', { sql: 'SELECT 1', measures: { count: { type: 'count' } }, ${more} });`;
const many = Array.from({ length: 12 }, (_, n) => ({
  path: `plain${n}.js`,
  content: plain(`Plain${n}`),
}));
const compile = (
  files: { path: string; content: string }[],
  previous: Awaited<ReturnType<typeof compileModel>> | null = null,
) => compileModel([...files, ...many], setting, previous);

test('what does not depend on a change is taken from the schema before', async () => {
  const files = (column: string) => [
    { path: 'a.js', content: orders(column) },
    { path: 'b.js', content: plain('Child', 'extends: Orders') },
  ];
  const before = await compile(files('amount'));
  const after = await compile(files('price'), before);
  const same = (name: string) => before.model.cubes.get(name) === after.model.cubes.get(name);
  expect([same('Plain1'), same('Child'), same('Orders')]).toEqual([true, false, false]);
  expect(after.model).toEqual((await compile(files('price'))).model);
});

test.for<[string, [string, string][], [string, string]]>([
  [
    'a cube whose name a text looked up comes',
    [
      [
        'a.js',
        `const Later = 'x'; ${plain('A', "segments: { s: { sql: () => String(Later).length > 9 ? '1 = 1' : '2 = 2' } }")}`,
      ],
    ],
    ['later.js', plain('Later')],
  ],
  [
    'a member that a text inherits under a name of its file comes',
    [
      [
        'a.js',
        `const own = 'x'; ${plain('A', 'extends: Base, segments: { s: { sql: () => `${own} = 1` } }')}`,
      ],
      ['base.js', plain('Base')],
    ],
    ['base.js', plain('Base', "dimensions: { own: { type: 'string', sql: 'own' } }")],
  ],
  [
    'a file whose functions define cubes elsewhere changes',
    [
      ['a.js', "import { define } from './define'; define('A'); define('B');"],
      ['define.js', `export const define = (name) => ${plain('C').replace("'C'", 'name')}`],
    ],
    ['a.js', "import { define } from './define'; define('A');"],
  ],
  [
    'a file comes that an import means before another one',
    [
      ['folder/a.js', `import { name } from './names'; cube('A', { sql: \`SELECT '\${name}'\` });`],
      ['names.js', "export const name = 'root';"],
    ],
    ['folder/names.js', "export const name = 'folder';"],
  ],
  [
    'a file that counts is used by one more',
    [
      ['a.js', "import { next } from './count'; cube('A', { sql: `SELECT ${next()}` });"],
      ['b.js', "import { next } from './count'; cube('B', { sql: `SELECT ${next()}` });"],
      ['count.js', 'let last = 0; export const next = () => ++last;'],
    ],
    ['a.js', "import { next } from './count'; next(); cube('A', { sql: `SELECT ${next()}` });"],
  ],
])('an update equals a cold compile when %s', async ([, files, [path, content]]) => {
  const before = files.map(([name, text]) => ({ path: name, content: text }));
  const after = [...before.filter((file) => file.path !== path), { path, content }].sort((a, b) =>
    a.path < b.path ? -1 : 1,
  );
  const served = await compile(before);
  const { model, warnings } = await compile(after, served);
  const cold = await compile(after);
  expect({ model, warnings }).toEqual({ model: cold.model, warnings: cold.warnings });
  expect(model).not.toEqual(served.model);
});

test('a file cannot leave anything to another one but by exports', async () => {
  const states = [
    'globalThis.state = 1',
    'Array = 1',
    'Error.state = 1',
    'TypeError.prototype.message = "state"',
    'Object.prototype.state = 1',
    'delete globalThis.Map',
  ];
  for (const state of states) {
    const content = `${state};${plain('A')}`;
    await expect(compile([{ path: 'a.js', content }])).rejects.toThrow(CompileError);
  }
  const content = `/a(b)/.exec('ab'); cube('A', { sql: \`SELECT '\${RegExp.$1}'\` });
    class Named extends Error { constructor() { super('x'); this.name = 'Named'; this.message += 'y'; } }
    try { throw new Named(); } catch (error) { if (String(error) !== 'Named: xy') null.x; }`;
  const { model } = await compile([{ path: 'a.js', content }]);
  expect(JSON.stringify(model.cubes.get('A')!.source)).toContain('"text":"undefined"');
});

test('the schema before keeps serving, also when an update does not compile', async () => {
  await using schema = await compileSchema(
    {
      files: [
        { path: 'a.js', content: orders('amount') },
        { path: 'b.js', content: plain('B') },
      ],
    },
    { sandbox: { timeoutMs: 60_000 } },
  );
  const query = { measures: ['Orders.total'] };
  await expect(schema.update([{ path: 'a.js', content: 'cube(' }])).rejects.toThrow(CompileError);
  await using updated = await schema.update([
    { path: 'a.js', content: orders('price') },
    { path: 'b.js', content: null },
  ]);
  expect((await schema.generateSql(query)).sql).toContain('amount');
  expect((await updated.generateSql(query)).sql).toContain('price');
  expect(updated.meta().cubes.map(({ name }) => name)).toEqual(['Orders']);
});
