import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

const schema =
  "cube(`Orders`, { sql: `SELECT * FROM public.orders WHERE ${USER_CONTEXT.id.filter('user_id')}`, measures: { count: { type: `count` } } });";
const use = `
  const schema = await compileSchema({ files: [{ path: 'Orders.js', content: ${JSON.stringify(schema)} }] });
  const { sql, params } = await schema.generateSql({ measures: ['Orders.count'] }, { securityContext: { id: 42 } });
  await schema.close();
  console.log(JSON.stringify({ sql, params }));
`;
const expected = {
  sql: `SELECT
  count(*) "orders.count"
FROM (
  SELECT * FROM public.orders WHERE user_id = $1
) AS "orders"
LIMIT 10000`,
  params: [42],
};

/** The packed package, installed where nothing else is. */
let directory: string;
let tarball: string;
const installFlags = ['--prefer-offline', '--no-audit', '--no-fund', '--omit=optional', '--silent'];
const run = (command: string, values: string[], cwd: string) =>
  execFileSync(command, values, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'cubewright-pack-'));
  const [packed] = JSON.parse(
    run('npm', ['pack', '--json', '--silent', '--pack-destination', directory], root),
  ) as [{ filename: string }];
  writeFileSync(path.join(directory, 'package.json'), '{ "private": true }');
  tarball = path.join(directory, packed.filename);
  run('npm', ['install', ...installFlags, tarball], directory);
}, 300_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('the packed package works by import', () => {
  writeFileSync(
    path.join(directory, 'use.mjs'),
    `import { compileSchema } from 'cubewright';${use}`,
  );
  expect(JSON.parse(run(process.execPath, ['use.mjs'], directory))).toEqual(expected);
});

test('the packed package works by require', () => {
  const text = `const { compileSchema } = require('cubewright'); (async () => {${use}})();`;
  writeFileSync(path.join(directory, 'use.cjs'), text);
  expect(JSON.parse(run(process.execPath, ['use.cjs'], directory))).toEqual(expected);
});

test('a driver whose package is missing says what to install', () => {
  const text = `import { createDuckDbDriver } from 'cubewright/drivers';
    await createDuckDbDriver().query('SELECT 1', []).catch((error) => console.log(error.message));`;
  writeFileSync(path.join(directory, 'driver.mjs'), text);
  expect(run(process.execPath, ['driver.mjs'], directory)).toContain(
    'npm install @duckdb/node-api',
  );
});

test('the sub-paths are found with their types, and the commands start', () => {
  const text = `import { createServer } from 'cubewright/server';
    import { createSqliteDriver } from 'cubewright/drivers';
    console.log(typeof createServer, typeof createSqliteDriver);`;
  writeFileSync(path.join(directory, 'paths.mjs'), text);
  expect(run(process.execPath, ['paths.mjs'], directory)).toBe('function function\n');
  const installed = path.join(directory, 'node_modules/cubewright');
  for (const folder of ['', 'drivers', 'server'])
    expect(existsSync(path.join(installed, 'dist', folder, 'index.d.ts'))).toBe(true);
  for (const name of ['cubewright', 'cubejs']) {
    const command = path.join(directory, 'node_modules/.bin', name);
    expect(run(command, ['token', '-s', 'a secret', '-u', 'id=42'], directory)).toMatch(
      /^Token: /m,
    );
  }
});

test('an install that is made of links compiles schemas too', () => {
  const linked = mkdtempSync(path.join(tmpdir(), 'cubewright-linked-'));
  try {
    writeFileSync(path.join(linked, 'package.json'), '{ "private": true }');
    run('npm', ['install', ...installFlags, '--install-strategy=linked', tarball], linked);
    writeFileSync(
      path.join(linked, 'use.mjs'),
      `import { compileSchema } from 'cubewright';${use}`,
    );
    expect(JSON.parse(run(process.execPath, ['use.mjs'], linked))).toEqual(expected);
  } finally {
    rmSync(linked, { recursive: true, force: true });
  }
}, 120_000);
