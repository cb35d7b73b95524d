import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPostgresDriver, type Driver, type DriverError } from '../../src/drivers/index.ts';
import { createCertificate } from '../../src/server/index.ts';
import { postgresServer } from '../support/database-servers.ts';

const database = `cubewright_pooled_${process.pid}`;

async function administer(...statements: string[]): Promise<void> {
  const client = new Client({ ...postgresServer, database: 'postgres' });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** PgBouncer with two sessions of the server, which it lends for as long as `mode` says. */
async function startPooler(mode: string, more = '') {
  const folder = mkdtempSync(path.join(tmpdir(), 'cubewright-pgbouncer-'));
  const port = await freePort();
  const { host, user } = postgresServer;
  chmodSync(folder, 0o755);
  writeFileSync(
    path.join(folder, 'pgbouncer.ini'),
    `[databases]
* = host=${host} port=${postgresServer.port} user=${user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
default_pool_size = 2
${more}
`,
  );
  const asUser = process.getuid?.() === 0 ? ['-u', 'postgres'] : [];
  const pooler: ChildProcess = spawn(
    '/usr/sbin/pgbouncer',
    [...asUser, path.join(folder, 'pgbouncer.ini')],
    { stdio: 'ignore' },
  );
  for (let tries = 0; ; tries++) {
    const socket = connect(port, '127.0.0.1');
    const isUp = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isUp) break;
    if (tries === 100) throw new Error('pgbouncer does not answer');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    connection: { host: '127.0.0.1', port, user, database },
    stop: async () => {
      pooler.kill('SIGKILL');
      await once(pooler, 'exit');
      rmSync(folder, { recursive: true });
    },
  };
}

type Pooler = Awaited<ReturnType<typeof startPooler>>;

beforeAll(async () => {
  await administer(`CREATE DATABASE ${database}`);
  const modes = {
    TimeZone: 'Asia/Tokyo',
    standard_conforming_strings: 'off',
    bytea_output: 'escape',
    transform_null_equals: 'on',
    DateStyle: 'German',
    extra_float_digits: '-10',
  };
  for (const [name, value] of Object.entries(modes))
    await administer(`ALTER DATABASE ${database} SET ${name} = '${value}'`);
});
afterAll(() => administer(`DROP DATABASE ${database} WITH (FORCE)`));

/** The zone, and what the lexer of authors' SQL counts on, whatever the database says. */
const modes = `SELECT current_setting('TimeZone'), current_setting('standard_conforming_strings'), 'a\\' AS b,
  '2024-02-29 12:00:00+02'::timestamptz, '\\x00ff'::bytea, NULL = NULL, 0.1::float8 + 0.2::float8`;
const pinned = ['UTC', 'on', 'a\\', '2024-02-29T10:00:00.000', '00ff', null, 0.1 + 0.2];

const variants = [
  ['refuses start-up parameters', ''],
  ['drops start-up parameters', 'ignore_startup_parameters = extra_float_digits,options'],
] as const;

describe.for(variants)('PgBouncer that lends a session for a transaction and %s', ([, more]) => {
  let pooler: Pooler;
  let driver: Driver;
  beforeAll(async () => {
    pooler = await startPooler('transaction', more);
    driver = createPostgresDriver({ connection: pooler.connection, connections: 6 });
  });
  afterAll(async () => {
    await driver.close();
    await pooler.stop();
  });

  test("the modes are the driver's, on every session", async () => {
    const results = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        driver.query(`${modes}, $1::int, pg_sleep(0.01)::text`, [index]),
      ),
    );
    for (const [index, { rows }] of results.entries())
      expect(rows[0]!.slice(0, -1)).toEqual([...pinned, index]);
  });

  test('what a statement does to its session does not reach the next, of the driver or of another program', async () => {
    const open = () => Promise.all(Array.from({ length: 6 }, () => driver.query(leave, [])));
    const leave = `SELECT set_config('search_path', 'evil', false), set_config('TimeZone', 'Asia/Tokyo', false),
      pg_advisory_lock_shared(42), pg_sleep(0.01)`;
    await open();
    const look =
      "SELECT current_setting('search_path'), (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory') AS locks";
    const results = await Promise.all(Array.from({ length: 6 }, () => driver.query(look, [])));
    for (const { rows } of results) expect(rows).toEqual([['"$user", public', 0]]);
    const other = new Client(pooler.connection);
    await other.connect();
    const { rows } = await other.query<object>("SELECT current_setting('TimeZone') AS zone");
    expect(rows).toEqual([{ zone: 'Asia/Tokyo' }]);
    await other.end();
  });

  test('an aborted query is cancelled, and no other', async () => {
    const signal = AbortSignal.timeout(300);
    const other = driver.query('SELECT pg_sleep(1)::text, 7', []);
    const aborted = driver.query("SELECT pg_sleep(20), 'to be cancelled'", [], { signal });
    await expect(aborted).rejects.toMatchObject({ code: 'driver/aborted' });
    expect((await other).rows[0]![1]).toBe(7);
    const busy = `SELECT count(*)::int FROM pg_stat_activity WHERE query LIKE '%to be ' || 'cancelled%'`;
    const ended = Date.now() + 5_000;
    while ((await driver.query(busy, [])).rows[0]![0] !== 0) expect(Date.now()).toBeLessThan(ended);
  });

  test('a cancellation that comes late does not meet the next statement of its connection', async () => {
    const one = createPostgresDriver({ connection: pooler.connection, connections: 1 });
    for (let round = 0; round < 40; round++) {
      const signal = AbortSignal.timeout(1 + (round % 8));
      await one.query('SELECT pg_sleep(0.004)', [], { signal }).catch(() => undefined);
      expect((await one.query(`SELECT ${round}`, [])).rows).toEqual([[round]]);
    }
    await one.close();
  });
});

test('a pooler that lends a session for a statement is told, and nothing runs', async () => {
  const pooler = await startPooler('statement');
  const driver = createPostgresDriver({ connection: pooler.connection });
  const error = await driver.query('SELECT 1', []).catch((reason: unknown) => reason);
  expect((error as DriverError).code).toMatch(/^driver\/(query-failed|unpinned-session)$/);
  await driver.close();
  await pooler.stop();
});

test('without a pooler the modes are pinned too', async () => {
  const driver = createPostgresDriver({ connection: { ...postgresServer, database } });
  expect((await driver.query(modes, [])).rows).toEqual([pinned]);
  await driver.close();
});

test('over TLS a cancellation is sent by TLS too', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'cubewright-pgbouncer-tls-'));
  chmodSync(folder, 0o755);
  const { key, cert } = await createCertificate();
  writeFileSync(path.join(folder, 'key.pem'), key, { mode: 0o644 });
  writeFileSync(path.join(folder, 'cert.pem'), cert);
  const pooler = await startPooler(
    'transaction',
    `client_tls_sslmode = require
client_tls_key_file = ${folder}/key.pem
client_tls_cert_file = ${folder}/cert.pem`,
  );
  const connection = { ...pooler.connection, ssl: { rejectUnauthorized: false } };
  const driver = createPostgresDriver({ connection, connections: 1 });
  const signal = AbortSignal.timeout(300);
  const slow = driver.query('SELECT pg_sleep(20)', [], { signal });
  await expect(slow).rejects.toMatchObject({ code: 'driver/aborted' });
  const started = performance.now();
  expect((await driver.query(modes, [])).rows).toEqual([pinned]);
  expect(performance.now() - started).toBeLessThan(5_000);
  await driver.close();
  await pooler.stop();
  rmSync(folder, { recursive: true });
});
