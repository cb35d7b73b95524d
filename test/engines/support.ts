import { randomUUID } from 'node:crypto';
import { createConnection, type Connection } from 'mysql2/promise';
import { Client } from 'pg';
import type { DialectName, ParameterValue } from '../../src/index.ts';
import { createTable, isoTime, sampleTables, type Engine } from '../support/engines.ts';
import { mysqlServer, postgresServer } from '../support/database-servers.ts';

const database = 'cubewright_test';

/** PostgreSQL at `PGHOST` and `PGPORT`, as the user `postgres`; every open has a schema of its own. */
export async function openPostgres(): Promise<Engine> {
  const server = {
    ...postgresServer,
    // Every value as PostgreSQL writes it.
    types: { getTypeParser: () => (value: string) => value },
  };
  await createPostgresDatabase(server);
  const client = new Client({ ...server, database });
  await client.connect();
  const schema = ownName();
  await client.query(`CREATE SCHEMA ${schema}`);
  await client.query(`SET search_path = ${schema}`);
  await client.query("SET TIME ZONE 'UTC'");
  const types = { integer: 'integer', string: 'text', boolean: 'boolean', timestamp: 'timestamp' };
  for (const table of sampleTables) {
    await client.query(createTable(table, types));
    for (const row of table.rows) {
      const placeholders = row.map((_value, index) => `$${index + 1}`).join(', ');
      await client.query(`INSERT INTO ${table.name} VALUES (${placeholders})`, [...row]);
    }
  }
  return {
    dialect: 'postgres',
    query: async (sql, params) => {
      const { rows } = await client.query<unknown[]>({
        text: sql,
        values: [...params],
        rowMode: 'array',
      });
      return rows.map((row) => row.map(isoTime));
    },
    close: async () => {
      await client.query(`DROP SCHEMA ${schema} CASCADE`);
      await client.end();
    },
  };
}

async function createPostgresDatabase(server: { host: string; port: number; user: string }) {
  const client = new Client({ ...server, database: 'postgres' });
  await client.connect();
  const { rows } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
  if (rows.length === 0) await client.query(`CREATE DATABASE ${database}`);
  await client.end();
}

export function openMariaDb(): Promise<Engine> {
  return openMysqlServer('mariadb');
}

/** The statements of the dialect `mysql`, on the server at hand. */
export function openMysqlOnMariaDb(): Promise<Engine> {
  return openMysqlServer('mysql');
}

/** MariaDB at `MYSQL_HOST` and `MYSQL_PORT`, as `root`; every open has a database of its own. */
async function openMysqlServer(dialect: DialectName): Promise<Engine> {
  const connection = await createConnection({
    ...mysqlServer,
    charset: 'utf8mb4',
    timezone: 'Z',
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    rowsAsArray: true,
  });
  const own = `${database}_${ownName()}`;
  await connection.query("SET time_zone = '+00:00'");
  await connection.query("SET sql_mode = 'STRICT_ALL_TABLES'");
  // Averages and quotients with as many digits as a double has, instead of four.
  await connection.query('SET div_precision_increment = 16');
  await connection.query(`CREATE DATABASE ${own}`);
  await connection.query(`USE ${own}`);
  await createMysqlTables(connection);
  return {
    dialect,
    query: async (sql, params) => {
      const [rows] = await connection.execute(sql, params.map(mysqlParameter));
      return (rows as unknown[][]).map((row) => row.map(isoTime));
    },
    close: async () => {
      await connection.query(`DROP DATABASE ${own}`);
      await connection.end();
    },
  };
}

async function createMysqlTables(connection: Connection): Promise<void> {
  const types = {
    integer: 'INT',
    string: 'VARCHAR(100)',
    boolean: 'BOOLEAN',
    timestamp: 'DATETIME(3)',
  };
  for (const table of sampleTables) {
    await connection.query(createTable(table, types));
    for (const row of table.rows) {
      const placeholders = row.map(() => '?').join(', ');
      await connection.execute(`INSERT INTO ${table.name} VALUES (${placeholders})`, [...row]);
    }
  }
}

function mysqlParameter(value: ParameterValue): string | number | bigint | boolean | null {
  if (typeof value === 'object' && value !== null) throw new Error('a list is bound as JSON text');
  return value;
}

/** Test files run at the same time, each with tables of its own. */
function ownName(): string {
  return `shop_${process.pid}_${randomUUID().slice(0, 8)}`;
}
