import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileSchema, OptionError } from '../../../src/index.ts';

let directory: string;
const schema = () => path.join(directory, 'schema');

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'cubewright-libraries-'));
  const files = {
    'schema/Orders.js': `import { tableOf } from '../shared/tables';
      import { upper } from 'texts';
      cube('Orders', {
        sql: \`SELECT * FROM \${tableOf(upper('orders'))}\`,
        measures: { count: { type: 'count' } },
      });`,
    'shared/tables.ts':
      "import { SCHEMA } from './names';\nexport const tableOf = (name: string): string => `${SCHEMA}.${name}`;",
    'shared/names.js': "export const SCHEMA = 'shared';",
    'shared/broken.js': 'this is no file of JavaScript',
    'texts.js': 'exports.upper = (text) => text.toUpperCase();',
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    writeFileSync(path.join(directory, name), content);
  }
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('files outside the folder and packages are imported where they are allowed', async () => {
  await using compiled = await compileSchema(schema(), {
    sandbox: {
      include: ['../shared/{tables,names}.*'],
      modules: { texts: { path: path.join(directory, 'texts.js') } },
    },
  });
  const { sql } = await compiled.generateSql({ measures: ['Orders.count'] });
  expect(sql).toContain('FROM shared.ORDERS');
});

test('nothing else is found', async () => {
  await expect(compileSchema(schema())).rejects.toMatchObject({
    diagnostics: [
      { code: 'schema/unknown-import', file: 'Orders.js', line: 1 },
      { code: 'schema/package-import', file: 'Orders.js', line: 2 },
    ],
  });
});

test('a mistake in a package has its place there', async () => {
  const files = [{ path: 'a.js', content: "import { a } from 'pure';" }];
  const modules = { pure: { source: 'export const a = 1;\nnull.x;' } };
  await expect(compileSchema({ files }, { sandbox: { modules } })).rejects.toMatchObject({
    diagnostics: [{ code: 'schema/throws', file: 'pure', line: 2 }],
  });
});

test('a package that is not imported is not evaluated', async () => {
  const content = "cube('A', { sql: 'SELECT 1', measures: { count: { type: 'count' } } });";
  const modules = { pure: { source: 'for (;;);' } };
  await using compiled = await compileSchema(
    { files: [{ path: 'a.js', content }] },
    { sandbox: { modules } },
  );
  expect(compiled.meta().cubes).toHaveLength(1);
});

test.for([
  [{ include: ['nowhere/*.js'] }, 'no schema file matches "nowhere/*.js"'],
  [{ include: 'x' }, 'a list of paths and globs'],
  [{ modules: { './x': { source: '' } } }, "is no package's name"],
  [{ modules: { x: 'text' } }, 'must be { source } or { path }'],
] as const)('%j is refused', async ([sandbox, message]) => {
  const refused = compileSchema({ files: [] }, { sandbox: sandbox as object });
  await expect(refused).rejects.toThrow(OptionError);
  await expect(refused).rejects.toThrow(message);
});
