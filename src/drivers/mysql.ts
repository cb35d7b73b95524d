import type { Connection, FieldPacket } from 'mysql2';
import type { ParameterValue } from '../sql/ast.ts';
import { DriverError } from './driver-error.ts';
import type { ColumnType, Driver, QueryOptions, QueryResult, Value } from './driver.ts';
import { exactInteger, hexText, timeText } from './exact-values.ts';
import { interruptible, refuseIfAborted } from './interruptible.ts';
import {
  checkServerDriverOptions,
  loadKnex,
  ServerPool,
  type ServerDriverOptions,
} from './knex-pool.ts';

export interface MysqlOptions extends ServerDriverOptions {
  /** Default `mysql`. */
  readonly dialect?: 'mysql' | 'mariadb';
}

/**
 * MySQL and MariaDB through knex's pool and the package `mysql2`. Each statement is prepared on the
 * server (mysql2's text protocol escapes in the client) and runs in a read-only transaction that is
 * rolled back, on a session whose modes are pinned.
 */
export function createMysqlDriver(options: MysqlOptions): Driver {
  const { dialect } = checkServerDriverOptions(options, ['dialect']);
  if (dialect === undefined || dialect === 'mysql' || dialect === 'mariadb')
    return new MysqlDriver(options);
  throw new DriverError('driver/invalid-option', "options.dialect must be 'mysql' or 'mariadb'");
}

/** The lexer of authors' SQL counts on these modes. Averages get more than four decimals. */
const sessionStatements = [
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES', time_zone = '+00:00', div_precision_increment = 16",
  'SET NAMES utf8mb4',
];

const exactValues = { dateStrings: true, supportBigNumbers: true, bigNumberStrings: true };

class MysqlDriver implements Driver {
  readonly dialect: 'mysql' | 'mariadb';
  readonly #pool: ServerPool<Connection>;

  constructor(options: MysqlOptions) {
    this.dialect = options.dialect ?? 'mysql';
    this.#pool = new ServerPool(options, (connection, pool) =>
      loadKnex('mysql2', 'mysql2', { ...pool, connection: { ...connection, ...exactValues } }),
    );
  }

  async query(
    sql: string,
    params: readonly ParameterValue[],
    { signal }: QueryOptions = {},
  ): Promise<QueryResult> {
    refuseIfAborted(signal);
    let threadId: number | undefined;
    const work = this.#pool.use(async (connection) => {
      threadId = connection.threadId ?? undefined;
      return this.#run(connection, sql, params);
    });
    return interruptible(work, signal, () => {
      if (threadId === undefined) return;
      const id = threadId;
      void this.#pool.end(id, (connection) => command(connection, `KILL QUERY ${id}`));
    });
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  async #run(
    connection: Connection,
    sql: string,
    params: readonly ParameterValue[],
  ): Promise<QueryResult> {
    try {
      for (const statement of sessionStatements) await command(connection, statement);
      await command(connection, 'START TRANSACTION READ ONLY');
      return await execute(connection, sql, params);
    } catch (error) {
      throw new DriverError('driver/query-failed', 'the database refused the query', error);
    } finally {
      await this.#reset(connection);
    }
  }

  async #reset(connection: Connection): Promise<void> {
    try {
      await command(connection, 'ROLLBACK');
      // User variables outlive a rollback; a reset of the connection ends them.
      await new Promise<void>((resolve, reject) => {
        connection.reset((error) => (error ? reject(error) : resolve()));
      });
    } catch {
      this.#pool.discard(connection);
    }
  }
}

function command(connection: Connection, statement: string): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.query(statement, (error) => (error ? reject(error) : resolve()));
  });
}

function execute(
  connection: Connection,
  sql: string,
  params: readonly ParameterValue[],
): Promise<QueryResult> {
  return new Promise((resolve, reject) => {
    const values = params.map((value) => (typeof value === 'bigint' ? value.toString() : value));
    connection.execute({ sql, rowsAsArray: true }, values as never[], (error, rows, fields) => {
      if (error) reject(error);
      else if (!Array.isArray(fields)) reject(new Error('the statement gives no rows'));
      else resolve(toResult(rows as unknown as unknown[][], fields));
    });
  });
}

const binaryCharacters = 63;
/** https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html */
const types = new Map<number, ColumnType>([
  [0, 'decimal'],
  [1, 'integer'],
  [2, 'integer'],
  [3, 'integer'],
  [4, 'number'],
  [5, 'number'],
  [7, 'time'],
  [8, 'integer'],
  [9, 'integer'],
  [10, 'date'],
  [12, 'time'],
  [13, 'integer'],
  [245, 'json'],
  [246, 'decimal'],
]);

function typeOf(field: FieldPacket): ColumnType {
  const known = types.get(field.columnType ?? -1);
  if (known) return known;
  const isBinary = field.characterSet === binaryCharacters;
  return isBinary ? 'binary' : 'string';
}

function toResult(
  rows: readonly (readonly unknown[])[],
  fields: readonly FieldPacket[],
): QueryResult {
  const columns = fields.map((field) => ({ name: field.name, type: typeOf(field) }));
  return {
    columns,
    rows: rows.map((row) => row.map((value, index) => toValue(value, columns[index]!.type))),
  };
}

function toValue(value: unknown, type: ColumnType): Value {
  if (value === null || value === undefined) return null;
  if (value instanceof Uint8Array)
    return type === 'binary' ? hexText(value) : Buffer.from(value).toString();
  switch (type) {
    case 'integer':
      return exactInteger(BigInt(value as string | number));
    case 'number':
      return Number(value);
    case 'date':
    case 'time': {
      const text = String(value);
      const iso = type === 'date' ? `${text}T00:00:00` : text.replace(' ', 'T');
      return timeText(Date.parse(`${iso}Z`)) ?? text;
    }
    case 'json':
      return typeof value === 'string' ? value : JSON.stringify(value);
    default:
      return String(value);
  }
}
