import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { createDuckDbDriver, createPostgresDriver, type Driver } from '../../src/drivers/index.ts';
import { postgresServer } from '../support/database-servers.ts';

/** A database with the table `public.orders` of three users: 42, 7 and 0. */
export interface OrdersDatabase {
  /** The environment that names it to a server. */
  readonly environment: Readonly<Record<string, string>>;
  openDriver(): Driver;
  drop(): Promise<void>;
}

const createOrders = `CREATE TABLE public.orders AS SELECT * FROM (VALUES
  (42, 'Acme', 100.50), (42, 'Bolt', 40.00), (7, 'Crane', 60.00), (0, 'Drill', 1.00)
) AS t (user_id, customer, amount)`;

/** A file, as a server of its own process can open it too. */
export async function duckDbOrders(): Promise<OrdersDatabase> {
  const directory = mkdtempSync(path.join(tmpdir(), 'cubewright-orders-'));
  const file = path.join(directory, 'orders.duckdb');
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  await connection.run('CREATE SCHEMA public');
  await connection.run(createOrders);
  connection.closeSync();
  instance.closeSync();
  return {
    environment: { CUBEJS_DB_TYPE: 'duckdb', CUBEJS_DB_DUCKDB_DATABASE_PATH: file },
    openDriver: () => createDuckDbDriver({ path: file }),
    drop: async () => rmSync(directory, { recursive: true }),
  };
}

/** A database of its own at `PGHOST` and `PGPORT`. */
export async function postgresOrders(): Promise<OrdersDatabase> {
  const server = postgresServer;
  const database = `cubewright_page_${process.pid}`;
  await runOn({ ...server, database: 'postgres' }, `CREATE DATABASE ${database}`);
  await runOn({ ...server, database }, createOrders);
  return {
    environment: {
      CUBEJS_DB_TYPE: 'postgres',
      CUBEJS_DB_HOST: server.host,
      CUBEJS_DB_PORT: String(server.port),
      CUBEJS_DB_NAME: database,
      CUBEJS_DB_USER: server.user,
    },
    openDriver: () => createPostgresDriver({ connection: { ...server, database } }),
    drop: () => runOn({ ...server, database: 'postgres' }, `DROP DATABASE ${database}`),
  };
}

async function runOn(connection: object, sql: string): Promise<void> {
  const client = new Client(connection);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

export const engines: readonly (readonly [string, () => Promise<OrdersDatabase>])[] = [
  ['DuckDB', duckDbOrders],
  ['PostgreSQL', postgresOrders],
];
