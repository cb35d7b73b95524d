import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createDuckDbDriver,
  type Driver,
  type ParameterValue,
  type Value,
} from '../../../src/drivers/index.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'cubewright-duckdb-'));
const allowed = path.join(directory, "it's allowed.csv");
const secret = path.join(directory, 'secret.csv');

let driver: Driver;
beforeAll(() => {
  writeFileSync(allowed, 'a\n1\n');
  writeFileSync(secret, 'a\n2\n');
  driver = createDuckDbDriver({
    allowedPaths: [allowed],
    setup: ['CREATE TABLE t (a INTEGER)', 'INSERT INTO t VALUES (1), (2)'],
  });
});
afterAll(async () => {
  await driver.close();
  rmSync(directory, { recursive: true });
});

describe('values of a result', () => {
  test.for<readonly [sql: string, type: string, value: Value]>([
    ['1::TINYINT', 'integer', 1],
    ['9007199254740991', 'integer', 9007199254740991],
    ['9007199254740993', 'integer', 9007199254740993n],
    ['-9223372036854775808', 'integer', -9223372036854775808n],
    ['18446744073709551615::UBIGINT', 'integer', 18446744073709551615n],
    ['-170141183460469231731687303715884105728', 'integer', -(2n ** 127n)],
    ['sum(9007199254740993)', 'integer', 9007199254740993n],
    ['1.5::DECIMAL(38, 10)', 'decimal', '1.5000000000'],
    [
      '-1234567890123456789012345678.0123456789::DECIMAL(38, 10)',
      'decimal',
      '-1234567890123456789012345678.0123456789',
    ],
    ['0.1::DOUBLE', 'number', 0.1],
    ["'infinity'::DOUBLE", 'number', Infinity],
    ['true', 'boolean', true],
    ["'a' || chr(0) || 'ß😀'", 'string', 'a\0ß😀'],
    ['NULL::VARCHAR', 'string', null],
    ['NULL::BIGINT', 'integer', null],
    ["TIMESTAMP '2024-02-29 12:30:00.123999'", 'time', '2024-02-29T12:30:00.123'],
    ["TIMESTAMP '1969-12-31 23:59:59.9999'", 'time', '1969-12-31T23:59:59.999'],
    ["TIMESTAMPTZ '2024-01-01 00:30:00+02'", 'time', '2023-12-31T22:30:00.000'],
    ["TIMESTAMP_NS '2024-01-01 00:00:00.000999999'", 'time', '2024-01-01T00:00:00.000'],
    ["TIMESTAMP_S '2024-01-01 00:00:01'", 'time', '2024-01-01T00:00:01.000'],
    ["DATE '2024-02-29'", 'date', '2024-02-29T00:00:00.000'],
    ["'infinity'::TIMESTAMP", 'time', 'infinity'],
    ["TIME '10:00:00'", 'string', '10:00:00'],
    ['[1, NULL]', 'json', '[1,null]'],
    ["{'a': 9007199254740993}", 'json', '{"a":"9007199254740993"}'],
    ["'\\xFFa'::BLOB", 'binary', 'ff61'],
    ["'x'::ENUM('x')", 'string', 'x'],
  ])('%s', async ([sql, type, value]) => {
    const { columns, rows } = await driver.query(`SELECT ${sql} AS "v"`, []);
    expect(columns).toEqual([{ name: 'v', type }]);
    expect(rows).toEqual([[value]]);
  });

  test('names may repeat and be anything; rows are in order', async () => {
    const { columns, rows } = await driver.query(
      'SELECT a AS "__proto__", a + 1 AS "__proto__", a AS "a.b" FROM t ORDER BY a',
      [],
    );
    expect(columns.map(({ name }) => name)).toEqual(['__proto__', '__proto__', 'a.b']);
    expect(rows).toEqual([
      [1, 2, 1],
      [2, 3, 2],
    ]);
  });
});

describe('parameters', () => {
  test.for<readonly [value: ParameterValue, type: string, text: string | null]>([
    [42, 'BIGINT', '42'],
    [-0, 'BIGINT', '0'],
    [9007199254740993n, 'BIGINT', '9007199254740993'],
    [2n ** 63n, 'HUGEINT', '9223372036854775808'],
    [1.5, 'DOUBLE', '1.5'],
    [true, 'BOOLEAN', 'true'],
    ["' OR 1=1 --", 'VARCHAR', "' OR 1=1 --"],
    ['a\0b', 'VARCHAR', 'a\0b'],
    [[1, 9007199254740993n], 'BIGINT[]', '[1, 9007199254740993]'],
    [[1, 2n ** 64n], 'HUGEINT[]', '[1, 18446744073709551616]'],
    [[1, 2.5], 'DOUBLE[]', '[1.0, 2.5]'],
    [[true, false], 'BOOLEAN[]', '[true, false]'],
    [['a', 1], 'VARCHAR[]', '[a, 1]'],
    [[], 'VARCHAR[]', '[]'],
    [null, '"NULL"', null],
  ])('%s is a %s', async ([value, type, text]) => {
    const { rows } = await driver.query('SELECT CAST($1 AS VARCHAR), typeof($1)', [value]);
    expect(rows).toEqual([[text, type]]);
  });

  test.for<readonly [why: string, sql: string, params: readonly ParameterValue[]]>([
    ['too few', 'SELECT $1', []],
    ['too many', 'SELECT 1', [1]],
    ['an integer that no type holds', 'SELECT $1', [2n ** 200n]],
    ['a list that no type holds exactly', 'SELECT $1', [[0.5, 9007199254740993n]]],
    ['text that would become another text', 'SELECT $1', ['\ud800']],
  ])('refuses %s', async ([, sql, params]) => {
    await expect(driver.query(sql, params)).rejects.toMatchObject({
      code: 'driver/invalid-parameter',
    });
  });
});

describe('what a statement may do', () => {
  test.for([
    'SELECT 1; SELECT 2',
    'INSERT INTO t VALUES (3)',
    'UPDATE t SET a = 0',
    'DELETE FROM t',
    'CREATE TABLE u (a INTEGER)',
    'CREATE TEMP TABLE u (a INTEGER)',
    'DROP TABLE t',
    "SET memory_limit = '100GB'",
    'SET enable_external_access = true',
    'RESET lock_configuration',
    "SET VARIABLE x = 'y'",
    'PRAGMA enable_profiling',
    'INSTALL httpfs',
    'LOAD httpfs',
    "ATTACH ':memory:' AS other",
    'BEGIN',
    'COMMIT',
    'ROLLBACK',
    'PREPARE p AS SELECT 1',
    'EXPLAIN SELECT 1',
    'CHECKPOINT',
    'CALL enable_logging()',
  ])('refuses %s', async (sql) => {
    await expect(driver.query(sql, [])).rejects.toMatchObject({
      code: 'driver/refused-statement',
    });
  });

  test.for([
    ['reading a file', `SELECT * FROM read_csv('${secret}')`],
    ['a file as a table', `SELECT * FROM '${secret}'`],
    ['reading text', `SELECT * FROM read_text('/etc/hostname')`],
    ['listing a directory', `SELECT * FROM glob('${directory}/*')`],
    ['a path through the allowed one', `SELECT * FROM read_csv('${directory}/x/../secret.csv')`],
    ['the network', "SELECT * FROM 'https://127.0.0.1:1/x.csv'"],
    ['writing a file', `COPY t TO '${directory}/out.csv'`],
    ['the environment', "SELECT getenv('HOME')"],
  ] as const)('refuses %s', async ([, sql]) => {
    const before = readdirSync(directory);
    await expect(driver.query(sql, [])).rejects.toMatchObject({ code: 'driver/query-failed' });
    expect(readdirSync(directory)).toEqual(before);
  });

  test('reads an allowed file', async () => {
    const { rows } = await driver.query(
      `SELECT * FROM read_csv('${allowed.replace("'", "''")}')`,
      [],
    );
    expect(rows).toEqual([[1]]);
  });

  test.for([
    ['autoinstall_known_extensions', 'false'],
    ['autoload_known_extensions', 'false'],
    ['allow_community_extensions', 'false'],
    ['allow_unsigned_extensions', 'false'],
    ['allow_persistent_secrets', 'false'],
    ['enable_external_access', 'false'],
    ['lock_configuration', 'true'],
    ['temp_directory', ''],
    ['TimeZone', 'UTC'],
    ['threads', '2'],
  ])('%s is %s', async ([name, value]) => {
    const { rows } = await driver.query('SELECT CAST(current_setting($1) AS VARCHAR)', [name!]);
    expect(rows).toEqual([[value]]);
  });

  test('a query that needs more than the memory limit fails, and the next one works', async () => {
    const small = createDuckDbDriver({ memoryLimit: '40MB' });
    await expect(
      small.query('SELECT count(*) FROM (SELECT DISTINCT range FROM range(10000000))', []),
    ).rejects.toMatchObject({ code: 'driver/query-failed' });
    expect((await small.query('SELECT 1', [])).rows).toEqual([[1]]);
    await small.close();
  });

  test("a database's own message, which may hold data, is in the cause alone", async () => {
    const failure = driver.query("SELECT CAST('n/a-SECRET' AS INTEGER)", []);
    const error = (await failure.catch((reason: unknown) => reason)) as Error;
    expect(error.message).not.toContain('SECRET');
    expect(String(error.cause)).toContain('SECRET');
  });
});

describe('lifetime', () => {
  test('more queries at once than connections, each with its own answer', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        index % 5 === 4
          ? driver.query('SELECT nonsense', []).catch(() => 'failed')
          : driver.query('SELECT sum(a) + $1 FROM t', [index]).then(({ rows }) => rows[0]![0]),
      ),
    );
    expect(answers).toEqual(
      Array.from({ length: 30 }, (_, index) => (index % 5 === 4 ? 'failed' : index + 3)),
    );
  });

  const endless =
    'SELECT count(*) FROM range(1000000000) a, range(1000000000) b WHERE a.range = -b.range';

  test('an abort rejects at once, ends the work, and leaves the connection usable', async () => {
    const one = createDuckDbDriver({ connections: 1 });
    await one.query('SELECT 1', []);
    const controller = new AbortController();
    const query = one.query(endless, [], { signal: controller.signal });
    const waiting = one.query('SELECT 2', []);
    setTimeout(() => controller.abort(new Error('enough')), 50);
    await expect(query).rejects.toMatchObject({
      code: 'driver/aborted',
      cause: { message: 'enough' },
    });
    expect((await waiting).rows).toEqual([[2]]);
    await one.close();
  });

  test('a signal that has aborted already never reaches the database', async () => {
    await expect(
      driver.query('SELECT 1', [], { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: 'driver/aborted' });
  });

  test('closing waits for what runs, refuses what comes later, and may be repeated', async () => {
    const other = createDuckDbDriver();
    const running = other.query('SELECT count(*) FROM range(1000000)', []);
    await Promise.all([other.close(), other.close()]);
    expect((await running).rows).toEqual([[1000000]]);
    await expect(other.query('SELECT 1', [])).rejects.toMatchObject({ code: 'driver/closed' });
    await other.close();
  });

  test('a fault of the engine, which ends its instance, costs one query', async () => {
    const other = createDuckDbDriver({ setup: ['CREATE TABLE kept AS SELECT 7 AS a'] });
    // DuckDB 1.5 fails on this with an INTERNAL error and refuses everything from then on.
    const faulty = other.query('SELECT typeof($1), CAST($1 AS VARCHAR)', ['x']);
    await expect(faulty).rejects.toMatchObject({
      code: 'driver/query-failed',
      cause: { message: expect.stringMatching(/^INTERNAL Error/) },
    });
    expect((await other.query('SELECT a FROM kept', [])).rows).toEqual([[7]]);
    await other.close();
  });

  test('a driver that was never used closes', async () => {
    await createDuckDbDriver().close();
  });

  test('a file is opened for reading alone, and one that is not there is not made', async () => {
    const file = path.join(directory, 'data.duckdb');
    const missing = createDuckDbDriver({ path: file });
    await expect(missing.query('SELECT 1', [])).rejects.toMatchObject({
      code: 'driver/open-failed',
    });
    await missing.close();
    const writer = createDuckDbDriver({
      path: file,
      readOnly: false,
      setup: ['CREATE TABLE kept (a INTEGER)', 'INSERT INTO kept VALUES (7)'],
    });
    await writer.query('SELECT 1', []);
    await writer.close();
    const reader = createDuckDbDriver({ path: file });
    expect((await reader.query('SELECT a FROM kept', [])).rows).toEqual([[7]]);
    await reader.close();
    const intruder = createDuckDbDriver({ path: file, setup: ['INSERT INTO kept VALUES (8)'] });
    await expect(intruder.query('SELECT 1', [])).rejects.toMatchObject({
      code: 'driver/open-failed',
    });
    await intruder.close();
  });

  test.for([{ threads: 0 }, { connections: 1.5 }, { path: ':memory:', readOnly: true }])(
    'refuses the options %o',
    (options) => {
      expect(() => createDuckDbDriver(options)).toThrow(
        expect.objectContaining({ code: 'driver/invalid-option' }),
      );
    },
  );
});
