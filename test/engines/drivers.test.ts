import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createMysqlDriver,
  createPostgresDriver,
  DriverError,
  type Driver,
} from '../../src/drivers/index.ts';
import { mysqlServer, postgresServer } from '../support/database-servers.ts';

const postgres = {
  ...postgresServer,
  database: 'postgres',
};
const mysql = mysqlServer;

const failure = (driver: Driver, sql: string, params: never[] = []) =>
  driver.query(sql, params).then(
    () => null,
    (error: unknown) => error as DriverError,
  );

describe('PostgreSQL', () => {
  let driver: Driver;
  beforeAll(() => {
    driver = createPostgresDriver({ connection: postgres, connections: 1 });
  });
  afterAll(() => driver.close());

  test('values are exact', async () => {
    const { columns, rows } = await driver.query(
      `SELECT 9007199254740993::bigint a, 1.50::numeric b, 1.5::float8 c, true d, 'x'::text e,
        '2024-02-29 12:00:00.123456'::timestamp f, '2024-02-29 12:00:00+02'::timestamptz g, '2024-02-29'::date h,
        '{"a": 1}'::jsonb i, '\\x00ff'::bytea j, NULL::int k, $1::int l`,
      [7],
    );
    expect(columns.map((column) => column.type).join(' ')).toBe(
      'integer decimal number boolean string time time date json binary integer integer',
    );
    expect(rows).toEqual([
      [
        9007199254740993n,
        '1.50',
        1.5,
        true,
        'x',
        '2024-02-29T12:00:00.123',
        '2024-02-29T10:00:00.000',
        '2024-02-29T00:00:00.000',
        '{"a": 1}',
        '00ff',
        null,
        7,
      ],
    ]);
  });

  test('nothing is written, and no second statement runs', async () => {
    for (const sql of ['CREATE TABLE evil (a int)', 'SELECT 1; SELECT 2', "SELECT nextval('x')"]) {
      expect((await failure(driver, sql))?.code).toBe('driver/query-failed');
    }
  });

  test('what a statement does to its session does not reach the next', async () => {
    await driver.query("SELECT set_config('search_path', 'evil', false)", []);
    await driver.query(
      "SELECT pg_advisory_lock(42), set_config('TimeZone', 'Asia/Tokyo', false)",
      [],
    );
    const { rows } = await driver.query(
      "SELECT current_setting('search_path'), current_setting('TimeZone'), (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory')",
      [],
    );
    expect(rows).toEqual([['"$user", public', 'UTC', 0]]);
  });

  test("the database's own words are for the log alone", async () => {
    const error = await failure(driver, "SELECT CAST('secret of user 7' AS int)");
    expect(error?.message).not.toContain('secret');
    expect(String(error?.cause)).toContain('secret');
  });

  test('a connection that the database ends does not end the process', async () => {
    expect(await failure(driver, 'SELECT pg_terminate_backend(pg_backend_pid())')).toBeInstanceOf(
      DriverError,
    );
    expect((await driver.query('SELECT 1', [])).rows).toEqual([[1]]);
  });

  test('an aborted query is cancelled in the database', async () => {
    const two = createPostgresDriver({ connection: postgres, connections: 2 });
    const signal = AbortSignal.timeout(200);
    const started = performance.now();
    await expect(two.query('SELECT pg_sleep(20)', [], { signal })).rejects.toThrow('aborted');
    await two.close();
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

test("the packages load in plain Node, without the tests' own module loader", async () => {
  const drivers = new URL('../../src/drivers/index.ts', import.meta.url).href;
  const script = `
    const { createMysqlDriver, createPostgresDriver } = await import(${JSON.stringify(drivers)});
    for (const driver of [
      createPostgresDriver({ connection: ${JSON.stringify(postgres)} }),
      createMysqlDriver({ connection: ${JSON.stringify(mysql)} }),
    ]) {
      console.log((await driver.query('SELECT 1', [])).rows[0][0]);
      await driver.close();
    }`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--eval',
    script,
  ]);
  expect(stdout).toBe('1\n1\n');
});

describe('MariaDB', () => {
  let driver: Driver;
  beforeAll(() => {
    driver = createMysqlDriver({ connection: mysql, connections: 1, dialect: 'mariadb' });
  });
  afterAll(() => driver.close());

  test('values are exact', async () => {
    const { columns, rows } = await driver.query(
      `SELECT CAST(9007199254740993 AS SIGNED) a, CAST(1.50 AS DECIMAL(10,2)) b, 1.5e0 c, 'x' e,
        CAST('2024-02-29 12:00:00.123' AS DATETIME(3)) f, CAST('2024-02-29' AS DATE) h, NULL k, CAST(? AS CHAR) l`,
      ["it's \\ ok"],
    );
    expect(
      columns
        .map((column) => column.type)
        .slice(0, 6)
        .join(' '),
    ).toBe('integer decimal number string time date');
    expect(rows).toEqual([
      [
        9007199254740993n,
        '1.50',
        1.5,
        'x',
        '2024-02-29T12:00:00.123',
        '2024-02-29T00:00:00.000',
        null,
        "it's \\ ok",
      ],
    ]);
  });

  test('nothing is written, and no second statement runs', async () => {
    for (const sql of ['CREATE DATABASE evil', 'SELECT 1; SELECT 2', 'SET @a = 1']) {
      expect((await failure(driver, sql))?.code).toBe('driver/query-failed');
    }
  });

  test('what a statement does to its session does not reach the next', async () => {
    await driver.query("SELECT @tenant := 'evil'", []);
    const { rows } = await driver.query('SELECT @tenant, @@sql_mode, @@time_zone', []);
    expect(rows).toEqual([[null, 'STRICT_ALL_TABLES', '+00:00']]);
  });

  test('an aborted query is killed in the database', async () => {
    const two = createMysqlDriver({ connection: mysql, connections: 2 });
    const started = performance.now();
    const signal = AbortSignal.timeout(200);
    await expect(two.query('SELECT SLEEP(20)', [], { signal })).rejects.toThrow('aborted');
    await two.close();
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
