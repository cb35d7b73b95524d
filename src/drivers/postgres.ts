import type { Client, FieldDef, QueryArrayResult } from 'pg';
import type { ParameterValue } from '../sql/ast.ts';
import { DriverError } from './driver-error.ts';
import type { ColumnType, Driver, QueryOptions, QueryResult, Value } from './driver.ts';
import { exactInteger, timeText } from './exact-values.ts';
import { interruptible, refuseIfAborted } from './interruptible.ts';
import { loadKnex, ServerPool, type ServerDriverOptions } from './knex-pool.ts';

/**
 * PostgreSQL through knex's pool and the package `pg`. Each statement runs by the extended protocol
 * in a read-only transaction that is rolled back, on a session whose modes are pinned.
 */
export function createPostgresDriver(options: ServerDriverOptions): Driver {
  return new PostgresDriver(options);
}

/** Pinned when a connection starts, so that a reset of the session returns to them. */
const sessionOptions = [
  'TimeZone=UTC',
  'standard_conforming_strings=on',
  'DateStyle=ISO',
  'client_min_messages=error',
]
  .map((setting) => `-c ${setting}`)
  .join(' ');

class PostgresDriver implements Driver {
  readonly dialect = 'postgres';
  readonly #pool: ServerPool<Client & { processID?: number }>;

  constructor(options: ServerDriverOptions) {
    this.#pool = new ServerPool(options, (connection, pool) =>
      loadKnex('pg', 'pg', { ...pool, connection: { ...connection, options: sessionOptions } }),
    );
  }

  async query(
    sql: string,
    params: readonly ParameterValue[],
    { signal }: QueryOptions = {},
  ): Promise<QueryResult> {
    refuseIfAborted(signal);
    let processId: number | undefined;
    const work = this.#pool.use(async (client) => {
      // A connection that breaks while it waits must not end the process.
      if (client.listenerCount('error') === 0) client.on('error', () => this.#pool.discard(client));
      processId = client.processID;
      return this.#run(client, sql, params);
    });
    return interruptible(work, signal, () => {
      if (processId === undefined) return;
      const id = processId;
      void this.#pool.end(id, (client) => client.query('SELECT pg_cancel_backend($1)', [id]));
    });
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  async #run(client: Client, sql: string, params: readonly ParameterValue[]): Promise<QueryResult> {
    try {
      await client.query('BEGIN READ ONLY');
      // The simple protocol would run several statements, and pg uses it when there are no values.
      const statement = {
        text: sql,
        values: params.map(toParameter),
        rowMode: 'array' as const,
        queryMode: 'extended',
        types: { getTypeParser: () => (text: string) => text },
      };
      const result = (await client.query(statement)) as QueryArrayResult<(string | null)[]>;
      return toResult(result);
    } catch (error) {
      throw new DriverError('driver/query-failed', 'the database refused the query', error);
    } finally {
      await this.#reset(client);
    }
  }

  /** What a statement changed of its session must not reach the next user. */
  async #reset(client: Client): Promise<void> {
    try {
      await client.query('ROLLBACK');
      await client.query('DISCARD ALL');
    } catch {
      this.#pool.discard(client);
    }
  }
}

function toParameter(value: ParameterValue): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  return value.map((item) => (typeof item === 'bigint' ? item.toString() : item));
}

/** https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat */
const types = new Map<number, ColumnType>([
  [16, 'boolean'],
  [17, 'binary'],
  [20, 'integer'],
  [21, 'integer'],
  [23, 'integer'],
  [26, 'integer'],
  [114, 'json'],
  [700, 'number'],
  [701, 'number'],
  [1082, 'date'],
  [1114, 'time'],
  [1184, 'time'],
  [1700, 'decimal'],
  [3802, 'json'],
]);

function toResult({ fields, rows }: QueryArrayResult<(string | null)[]>): QueryResult {
  const columns = fields.map((field: FieldDef) => ({
    name: field.name,
    type: types.get(field.dataTypeID) ?? 'string',
  }));
  return {
    columns,
    rows: rows.map((row) => row.map((text, index) => toValue(text, columns[index]!.type))),
  };
}

function toValue(text: string | null, type: ColumnType): Value {
  if (text === null) return null;
  switch (type) {
    case 'boolean':
      return text === 't';
    case 'integer':
      return exactInteger(BigInt(text));
    case 'number':
      return Number(text);
    case 'binary':
      return text.replace(/^\\x/, '');
    case 'date':
    case 'time': {
      const iso =
        type === 'date'
          ? `${text}T00:00:00`
          : text.replace(' ', 'T').replace(/[+-]\d\d(:?\d\d)?$/, '');
      const milliseconds = Date.parse(`${iso}Z`);
      return timeText(milliseconds) ?? text;
    }
    default:
      return text;
  }
}
