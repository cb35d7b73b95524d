import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { createMysqlDriver, createPostgresDriver } from '../../src/drivers/index.ts';
import { load, sign, start } from '../server/support.ts';
import { mysqlServer, postgresServer } from '../support/database-servers.ts';

const postgres = {
  ...postgresServer,
  database: 'postgres',
};
const mysql = mysqlServer;
/** Stands in the statement, so that the database's list of what runs shows it. */
const mark = `slow_${process.pid}`;

async function postgresRuns(): Promise<number> {
  const client = new Client(postgres);
  await client.connect();
  const { rows } = await client.query(
    "SELECT count(*)::int AS n FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE $1",
    [`%${mark}%`],
  );
  await client.end();
  return (rows[0] as { n: number }).n;
}

async function mysqlRuns(): Promise<number> {
  const connection = await createConnection(mysql);
  const [rows] = await connection.query(
    'SELECT count(*) AS n FROM information_schema.processlist WHERE id <> connection_id() AND info LIKE ?',
    [`%${mark}%`],
  );
  await connection.end();
  return Number((rows as { n: number }[])[0]!.n);
}

const engines = [
  [
    'PostgreSQL',
    () => createPostgresDriver({ connection: postgres }),
    'pg_sleep(60)::text',
    postgresRuns,
  ],
  [
    'MariaDB',
    () => createMysqlDriver({ connection: mysql, dialect: 'mariadb' }),
    'SLEEP(60)',
    mysqlRuns,
  ],
] as const;

test.for(engines)('a client that goes ends its query on %s', async ([, open, sleep, runs]) => {
  const driver = open();
  const content = `cube('Slow', { sql: 'SELECT ${sleep} AS ${mark}', measures: { count: { type: 'count', sql: '${mark}' } } });`;
  const running = await start({
    driverFactory: () => driver,
    repositoryFactory: () => ({ dataSchemaFiles: async () => [{ fileName: 'Slow.js', content }] }),
  });
  const until = async (expected: number) => {
    const end = Date.now() + 10_000;
    while ((await runs()) !== expected) {
      if (Date.now() > end) throw new Error(`there never were ${expected} runs`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const token = await sign({});
  const [first, second] = [new AbortController(), new AbortController()];
  const ask = ({ signal }: AbortController) =>
    fetch(running.url + load({ measures: ['Slow.count'] }), {
      headers: { authorization: token },
      signal,
    }).catch(() => 'gone');
  const asked = [ask(first), ask(second)];
  await until(1);
  first.abort();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await runs()).toBe(1);
  second.abort();
  await until(0);
  expect(await Promise.all(asked)).toEqual(['gone', 'gone']);
  await running.server.close();
});
