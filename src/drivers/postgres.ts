import type { Client, FieldDef, QueryArrayResult } from 'pg';
import type { ParameterValue } from '../sql/ast.ts';
import { DriverError } from './driver-error.ts';
import type { ColumnType, Driver, QueryOptions, QueryResult, Value } from './driver.ts';
import { exactInteger, timeText } from './exact-values.ts';
import { interruptible, refuseIfAborted } from './interruptible.ts';
import {
  checkServerDriverOptions,
  loadKnex,
  ServerPool,
  type ServerDriverOptions,
} from './knex-pool.ts';
import { cancelStatement } from './postgres-cancel.ts';

/**
 * PostgreSQL through knex's pool and the package `pg`. Each statement runs by the extended protocol
 * in a read-only transaction that is rolled back, under modes that the transaction pins: also behind
 * a pooler, which gives each transaction another session.
 *
 * @throws DriverError `driver/invalid-option`
 */
export function createPostgresDriver(options: ServerDriverOptions): Driver {
  return new PostgresDriver(checkServerDriverOptions(options));
}

/**
 * What the lexer of authors' SQL and the reader of results count on. A start-up parameter would be
 * refused by a pooler, or dropped; `SET LOCAL` ends with its transaction.
 */
const pins = {
  TimeZone: 'UTC',
  standard_conforming_strings: 'on',
  DateStyle: 'ISO',
  client_encoding: 'UTF8',
  bytea_output: 'hex',
  extra_float_digits: '3',
  transform_null_equals: 'off',
} as const;

/** As `current_setting` tells a pin that holds; the order of day and month is the database's own. */
const held: Readonly<Record<string, RegExp>> = {
  ...Object.fromEntries(Object.entries(pins).map(([name, value]) => [name, RegExp(`^${value}$`)])),
  DateStyle: /^ISO\b/,
  transaction_read_only: /^on$/,
};
const heldNames = Object.keys(held);

/** One round trip: the transaction, its pins, and what has become of them. */
const begin = [
  'BEGIN READ ONLY',
  'SET LOCAL client_min_messages = error',
  ...Object.entries(pins).map(([name, value]) => `SET LOCAL ${name} = '${value}'`),
  `SELECT ${heldNames.map((name) => `current_setting('${name}')`).join(', ')}`,
].join('; ');

/**
 * What DISCARD ALL does, in one text with the rollback: a pooler may give the next text to another
 * session. https://www.postgresql.org/docs/current/sql-discard.html
 */
const reset = [
  'ROLLBACK',
  'CLOSE ALL',
  'SET SESSION AUTHORIZATION DEFAULT',
  'RESET ALL',
  'DEALLOCATE ALL',
  'UNLISTEN *',
  'SELECT pg_advisory_unlock_all()',
  'DISCARD PLANS',
  'DISCARD TEMP',
  'DISCARD SEQUENCES',
].join('; ');

class PostgresDriver implements Driver {
  readonly dialect = 'postgres';
  readonly #pool: ServerPool<Client>;
  readonly #cancelling = new Map<Client, Promise<void>>();

  constructor(options: ServerDriverOptions) {
    this.#pool = new ServerPool(options, (connection, pool) =>
      loadKnex('pg', 'pg', { ...pool, connection: { ...connection } }),
    );
  }

  async query(
    sql: string,
    params: readonly ParameterValue[],
    { signal }: QueryOptions = {},
  ): Promise<QueryResult> {
    refuseIfAborted(signal);
    let current: Client | undefined;
    const work = this.#pool.use(async (client) => {
      // A connection that breaks while it waits must not end the process.
      if (client.listenerCount('error') === 0) client.on('error', () => this.#pool.discard(client));
      current = client;
      try {
        return await this.#run(client, sql, params);
      } finally {
        current = undefined;
        // A request that is still on its way would cancel what the next caller asks.
        await this.#cancelling.get(client);
        await this.#reset(client);
      }
    });
    return interruptible(work, signal, () => {
      if (current) this.#cancel(current);
    });
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #run(client: Client, sql: string, params: readonly ParameterValue[]): Promise<QueryResult> {
    try {
      refuseUnpinned(await client.query({ text: begin, rowMode: 'array' }));
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
      if (error instanceof DriverError) throw error;
      throw new DriverError('driver/query-failed', 'the database refused the query', error);
    }
  }

  #cancel(client: Client): void {
    if (this.#cancelling.has(client)) return;
    const cancelling = cancelStatement(client).finally(() => this.#cancelling.delete(client));
    this.#cancelling.set(client, cancelling);
  }

  /** What a statement changed of its session must not reach the next user. */
  async #reset(client: Client): Promise<void> {
    try {
      await client.query(reset);
    } catch {
      this.#pool.discard(client);
    }
  }
}

/** @throws DriverError `driver/unpinned-session` */
function refuseUnpinned(results: unknown): void {
  const list = Array.isArray(results) ? (results as QueryArrayResult[]) : [];
  const values = (list.at(-1)?.rows[0] ?? []) as readonly unknown[];
  const loose = heldNames.filter((name, index) => !held[name]!.test(String(values[index])));
  if (loose.length === 0) return;
  throw new DriverError(
    'driver/unpinned-session',
    `the session does not keep its modes (${loose.join(', ')}): is there a pooler that does not keep a transaction on one connection?`,
  );
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
