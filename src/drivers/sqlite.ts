import type {
  constants as SqliteConstants,
  DatabaseSync,
  SQLInputValue,
  StatementSync,
} from 'node:sqlite';
import type { ParameterValue } from '../sql/ast.ts';
import { optionsOf } from '../core/known-options.ts';
import { DriverError } from './driver-error.ts';
import { refuseDriverOptions } from './driver-options.ts';
import type { Driver, QueryOptions, QueryResult } from './driver.ts';
import { refuseIfAborted } from './interruptible.ts';
import { columnType, toSqliteParameter, valueReader } from './sqlite-values.ts';

export interface SqliteOptions {
  /** A database file, or `:memory:` (the default). */
  readonly path?: string;
  /** Default: true for a file; a database in memory starts empty and is filled by `setup`. */
  readonly readOnly?: boolean;
  /** Statements that run once, before everything but reading is refused. */
  readonly setup?: readonly string[];
  /** How long to wait for another process's lock, in milliseconds. Default 5000. */
  readonly busyTimeout?: number;
}

type SqliteConfiguration = Required<SqliteOptions>;

const optionNames = optionsOf<SqliteOptions>({
  path: true,
  readOnly: true,
  setup: true,
  busyTimeout: true,
});

/**
 * SQLite in this process, through `node:sqlite`. A query blocks the process while it runs and cannot
 * be interrupted: an abort is seen before it, not during it.
 *
 * Nothing is opened before the first query.
 *
 * @throws DriverError `driver/invalid-option`
 */
export function createSqliteDriver(options: SqliteOptions = {}): Driver {
  refuseDriverOptions(options, optionNames, 'options');
  const { path = ':memory:' } = options;
  if (typeof path !== 'string' || path === '' || path.includes('\0')) {
    throw new DriverError('driver/invalid-option', 'path must be a file name or :memory:');
  }
  return new SqliteDriver({
    path,
    readOnly: options.readOnly ?? path !== ':memory:',
    setup: options.setup ?? [],
    busyTimeout: options.busyTimeout ?? 5000,
  });
}

class SqliteDriver implements Driver {
  readonly dialect = 'sqlite';
  readonly #configuration: SqliteConfiguration;
  #opening: Promise<DatabaseSync> | undefined;
  #closing: Promise<void> | undefined;

  constructor(configuration: SqliteConfiguration) {
    this.#configuration = configuration;
  }

  async query(
    sql: string,
    params: readonly ParameterValue[],
    { signal }: QueryOptions = {},
  ): Promise<QueryResult> {
    this.#refuseIfClosed();
    refuseIfAborted(signal);
    const database = await this.#open();
    this.#refuseIfClosed();
    refuseIfAborted(signal);
    return runQuery(database, sql, params);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const database = await this.#opening?.catch(() => undefined);
    database?.close();
  }

  #refuseIfClosed(): void {
    if (this.#closing) throw new DriverError('driver/closed', 'the driver is closed');
  }

  /** A failure is not remembered: the next query tries again. */
  #open(): Promise<DatabaseSync> {
    this.#opening ??= openSqlite(this.#configuration).catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }
}

/** In characters: far above any statement that this package prints. */
const longestStatement = 1_000_000;
/** Longest text or blob in a result or on the way to it, in bytes. */
const longestValue = 64 * 1024 * 1024;

async function openSqlite(configuration: SqliteConfiguration): Promise<DatabaseSync> {
  const sqlite = await import('node:sqlite');
  let database: DatabaseSync | undefined;
  try {
    database = new sqlite.DatabaseSync(configuration.path, {
      readOnly: configuration.readOnly,
      allowExtension: false,
      timeout: configuration.busyTimeout,
      readBigInts: true,
      returnArrays: true,
      enableDoubleQuotedStringLiterals: false,
      defensive: true,
      limits: { sqlLength: 4 * longestStatement, length: longestValue, attach: 0 },
    });
    for (const statement of configuration.setup) database.exec(statement);
    database.exec('PRAGMA trusted_schema = OFF; PRAGMA query_only = ON');
    permitReadingOnly(database, sqlite.constants);
    return database;
  } catch (error) {
    database?.close();
    throw new DriverError('driver/open-failed', 'the SQLite database could not be opened', error);
  }
}

/** https://www.sqlite.org/c3ref/c_alter_table.html lists the actions; those not named are refused. */
function permitReadingOnly(database: DatabaseSync, constants: typeof SqliteConstants): void {
  const { SQLITE_SELECT, SQLITE_READ, SQLITE_FUNCTION, SQLITE_RECURSIVE } = constants;
  const permitted = new Set([SQLITE_SELECT, SQLITE_READ, SQLITE_FUNCTION, SQLITE_RECURSIVE]);
  database.setAuthorizer((action, _argument, name) => {
    if (!permitted.has(action)) return constants.SQLITE_DENY;
    const isFunction = action === SQLITE_FUNCTION;
    return isFunction && name?.toLowerCase() === 'load_extension'
      ? constants.SQLITE_DENY
      : constants.SQLITE_OK;
  });
}

function runQuery(
  database: DatabaseSync,
  sql: string,
  params: readonly ParameterValue[],
): QueryResult {
  const { statement, bracketed } = prepareOne(database, sql);
  const values = params.map(toSqliteParameter);
  refuseMissingValues(bracketed, values);
  try {
    const columns = statement.columns();
    // With `returnArrays` each row is an array; the types only know objects.
    const rows = statement.all(...values) as unknown as SqliteRow[];
    const types = columns.map(({ type }, index) =>
      columnType(
        type,
        rows.map((row) => row[index] ?? null),
      ),
    );
    const readers = types.map(valueReader);
    return {
      columns: columns.map(({ name }, index) => ({ name, type: types[index]! })),
      rows: rows.map((row) => row.map((value, index) => readers[index]!(value))),
    };
  } catch (error) {
    throw failed(error);
  }
}

type SqliteRow = Parameters<typeof columnType>[1];

/**
 * SQLite silently ignores what follows a `;` or a NUL, and ends an open comment itself. A text that
 * also parses in brackets, with the closing one on a line of its own, has neither.
 */
function prepareOne(database: DatabaseSync, sql: string): Prepared {
  if (sql.length > longestStatement) {
    throw refused(`the statement is longer than ${longestStatement} characters`);
  }
  if (sql.includes('\0')) throw refused('the statement contains a NUL character');
  const statement = prepare(database, sql);
  try {
    return { statement, bracketed: database.prepare(`SELECT * FROM (${sql}\n)`) };
  } catch (error) {
    throw refused('one query is needed, without a semicolon or an open comment', error);
  }
}

interface Prepared {
  readonly statement: StatementSync;
  /** The same in brackets, never run to its end. */
  readonly bracketed: StatementSync;
}

/** https://www.sqlite.org/rescode.html#range */
const rangeError = 25;

/**
 * SQLite takes a value that is not bound for NULL, and node:sqlite does not tell how many there must
 * be; but one value more than there are placeholders is refused before anything runs.
 */
function refuseMissingValues(bracketed: StatementSync, values: readonly SQLInputValue[]): void {
  try {
    bracketed.get(...values, null);
  } catch (error) {
    if (isRangeError(error)) return;
    throw failed(error);
  }
  throw new DriverError(
    'driver/invalid-parameter',
    `the statement has more placeholders than the ${values.length} values that were given`,
  );
}

function prepare(database: DatabaseSync, sql: string): StatementSync {
  try {
    return database.prepare(sql);
  } catch (error) {
    throw failed(error);
  }
}

function isRangeError(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === rangeError;
}

function refused(message: string, cause?: unknown): DriverError {
  return new DriverError('driver/refused-statement', message, cause);
}

function failed(error: unknown): DriverError {
  if (isRangeError(error)) {
    return new DriverError(
      'driver/invalid-parameter',
      'more values were given than the statement has placeholders',
    );
  }
  return new DriverError('driver/query-failed', 'SQLite could not execute the statement', error);
}
