import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createSqliteDriver,
  type Driver,
  type ParameterValue,
  type Value,
} from '../../../src/drivers/index.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'cubewright-sqlite-'));

let driver: Driver;
beforeAll(() => {
  driver = createSqliteDriver({
    path: ':memory:',
    setup: [
      'CREATE TABLE t (a INTEGER, paid BOOLEAN, created TIMESTAMP, day DATE, note TEXT, loose)',
      `INSERT INTO t VALUES
        (1, 1, '2024-02-29 12:30:00', '2024-02-29', 'x', 1),
        (2, 0, '2024-02-29T12:30:00.1234Z', NULL, NULL, 'two'),
        (3, NULL, NULL, NULL, NULL, NULL)`,
      'CREATE TABLE odd (flag BOOLEAN, created TIMESTAMP)',
      "INSERT INTO odd VALUES (1, '2024-01-01'), (2, 'yesterday')",
    ],
  });
});
afterAll(async () => {
  await driver.close();
  rmSync(directory, { recursive: true });
});

describe('values of a result', () => {
  test.for<readonly [sql: string, type: string, value: Value]>([
    ['1', 'integer', 1],
    ['9007199254740991', 'integer', 9007199254740991],
    ['9007199254740993', 'integer', 9007199254740993n],
    ['-9223372036854775808', 'integer', -9223372036854775808n],
    ['0.1', 'number', 0.1],
    ["'ß😀'", 'string', 'ß😀'],
    ['NULL', 'string', null],
    ["x'ff61'", 'binary', 'ff61'],
  ])('%s', async ([sql, type, value]) => {
    const { columns, rows } = await driver.query(`SELECT ${sql} AS "v"`, []);
    expect(columns).toEqual([{ name: 'v', type }]);
    expect(rows).toEqual([[value]]);
  });

  test('declared booleans, times and dates, through a subquery too', async () => {
    const sql = 'SELECT * FROM (SELECT a, paid, created, day, loose FROM t) ORDER BY a';
    const { columns, rows } = await driver.query(sql, []);
    expect(columns.map(({ type }) => type)).toEqual([
      'integer',
      'boolean',
      'time',
      'date',
      'string',
    ]);
    expect(rows).toEqual([
      [1, true, '2024-02-29T12:30:00.000', '2024-02-29T00:00:00.000', '1'],
      [2, false, '2024-02-29T12:30:00.123', null, 'two'],
      [3, null, null, null, null],
    ]);
  });

  test('a declaration that the values contradict is not believed', async () => {
    const { columns, rows } = await driver.query('SELECT * FROM odd', []);
    expect(columns.map(({ type }) => type)).toEqual(['integer', 'string']);
    expect(rows).toEqual([
      [1, '2024-01-01'],
      [2, 'yesterday'],
    ]);
  });
});

describe('parameters', () => {
  test.for<readonly [value: ParameterValue, type: string, text: string | null]>([
    [42, 'integer', '42'],
    [-9223372036854775808n, 'integer', '-9223372036854775808'],
    [1.5, 'real', '1.5'],
    [true, 'integer', '1'],
    ["' OR 1=1 --", 'text', "' OR 1=1 --"],
    ['a\0b', 'text', 'a\0b'],
    [null, 'null', null],
  ])('%s is %s', async ([value, type, text]) => {
    const { rows } = await driver.query('SELECT typeof(?1), CAST(?1 AS TEXT)', [value]);
    expect(rows).toEqual([[type, text]]);
  });

  test.for<readonly [why: string, sql: string, params: readonly ParameterValue[]]>([
    ['too few', 'SELECT ?, ?', [1]],
    ['none', 'SELECT ?', []],
    ['too many', 'SELECT ?', [1, 2]],
    ['an integer beyond 64 bits', 'SELECT ?', [2n ** 63n]],
    ['a list', 'SELECT ?', [[1, 2]]],
    ['text that would become another text', 'SELECT ?', ['\ud800']],
  ])('refuses %s', async ([, sql, params]) => {
    await expect(driver.query(sql, params)).rejects.toMatchObject({
      code: 'driver/invalid-parameter',
    });
  });
});

describe('what a statement may do', () => {
  test.for([
    'SELECT 1; SELECT 2',
    'SELECT 1;',
    'SELECT 1 /* open',
    'SELECT 1 FROM t WHERE 1=1 /* AND a = 1',
    'SELECT 1\0 FROM nowhere',
    'EXPLAIN SELECT 1',
    `SELECT '${'x'.repeat(1_000_001)}'`,
  ])('is not one query: %s', async (sql) => {
    await expect(driver.query(sql, [])).rejects.toMatchObject({
      code: 'driver/refused-statement',
    });
  });

  test.for([
    '',
    '-- nothing',
    'SELECT 1) ; SELECT (2',
    'INSERT INTO t (a) VALUES (4)',
    'INSERT INTO t (a) VALUES (4) RETURNING a',
    'UPDATE t SET a = 0',
    'DELETE FROM t',
    'CREATE TABLE u (a)',
    'CREATE TEMP TABLE u (a)',
    'CREATE VIRTUAL TABLE u USING fts5(a)',
    'DROP TABLE t',
    'PRAGMA query_only = OFF',
    'PRAGMA table_info(t)',
    'SELECT * FROM pragma_database_list',
    `ATTACH '${directory}/attached.db' AS other`,
    'BEGIN',
    "SELECT load_extension('x')",
    "SELECT writefile('x', 'y')",
    "SELECT readfile('/etc/hostname')",
  ])('refuses %s', async (sql) => {
    await expect(driver.query(sql, [])).rejects.toMatchObject({ code: 'driver/query-failed' });
    expect((await driver.query('SELECT count(*) FROM t', [])).rows).toEqual([[3]]);
    expect(existsSync(path.join(directory, 'attached.db'))).toBe(false);
  });

  test.for([
    ['SELECT a FROM t WHERE a = 1 -- the end', [[1]]],
    ['VALUES (1)', [[1]]],
    [
      'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 2) SELECT n FROM r',
      [[1], [2]],
    ],
    ["SELECT value FROM json_each('[1,2]')", [[1], [2]]],
    ["SELECT ';', '/*', 1 /* ; */", [[';', '/*', 1]]],
  ] as const)('permits %s', async ([sql, rows]) => {
    expect((await driver.query(sql, [])).rows).toEqual(rows);
  });

  test("a database's own message, which may hold data, is in the cause alone", async () => {
    const failure = driver.query("SELECT json_extract('SECRET', '$')", []);
    const error = (await failure.catch((reason: unknown) => reason)) as Error;
    expect(error).toMatchObject({ code: 'driver/query-failed' });
    expect(error.message).not.toMatch(/SECRET|JSON/);
    expect(String(error.cause)).toContain('JSON');
  });
});

describe('lifetime', () => {
  test('a file is read only; what is missing is not made', async () => {
    const file = path.join(directory, 'data.db');
    const missing = createSqliteDriver({ path: file });
    await expect(missing.query('SELECT 1', [])).rejects.toMatchObject({
      code: 'driver/open-failed',
    });
    expect(existsSync(file)).toBe(false);
    const writer = createSqliteDriver({
      path: file,
      readOnly: false,
      setup: ['CREATE TABLE kept (a)', 'INSERT INTO kept VALUES (7)'],
    });
    await writer.query('SELECT 1', []);
    await writer.close();
    expect((await missing.query('SELECT a FROM kept', [])).rows).toEqual([[7]]);
    await missing.close();
  });

  test('concurrent queries each have their own answer', async () => {
    const answers = await Promise.all(
      [1, 2, 3].map((id) => driver.query('SELECT a FROM t WHERE a = ?', [id])),
    );
    expect(answers.map(({ rows }) => rows)).toEqual([[[1]], [[2]], [[3]]]);
  });

  test('an abort before the query runs', async () => {
    await expect(
      driver.query('SELECT 1', [], { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: 'driver/aborted' });
  });

  test('closes any number of times, used or not, and refuses what comes later', async () => {
    await createSqliteDriver({ path: ':memory:' }).close();
    const other = createSqliteDriver({ path: ':memory:' });
    await other.query('SELECT 1', []);
    await Promise.all([other.close(), other.close()]);
    await other.close();
    await expect(other.query('SELECT 1', [])).rejects.toMatchObject({ code: 'driver/closed' });
  });

  test.for(['', 'a\0b'])('refuses the path %j', (file) => {
    expect(() => createSqliteDriver({ path: file })).toThrow(
      expect.objectContaining({ code: 'driver/invalid-option' }),
    );
  });
});
