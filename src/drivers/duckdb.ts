import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { ParameterValue } from '../sql/ast.ts';
import { ConnectionPool } from './connection-pool.ts';
import { DriverError } from './driver-error.ts';
import type { Driver, QueryOptions, QueryResult } from './driver.ts';
import { columnReaders, type ColumnReaders } from './duckdb-columns.ts';
import type { DuckDbApi } from './duckdb-parameters.ts';
import { isEngineFault, rollBack, runDuckDbQuery } from './duckdb-query.ts';
import {
  checkDuckDbOptions,
  lockStatements,
  openSettings,
  type DuckDbConfiguration,
  type DuckDbOptions,
} from './duckdb-settings.ts';
import { interruptible, refuseIfAborted } from './interruptible.ts';

/**
 * DuckDB in this process. It reads nothing but its own database and `allowedPaths`, loads nothing,
 * and lets no statement change that. These settings keep users of a trusted schema in bounds; they
 * are no boundary against authors of SQL, who can exhaust the process that DuckDB runs in.
 *
 * Nothing is loaded or opened before the first query. After a fault of the engine the database is
 * opened anew, and `setup` runs again.
 *
 * @throws DriverError `driver/invalid-option`
 */
export function createDuckDbDriver(options: DuckDbOptions = {}): Driver {
  return new DuckDbDriver(checkDuckDbOptions(options));
}

interface Opened {
  readonly api: DuckDbApi;
  readonly instance: DuckDBInstance;
  readonly readers: ColumnReaders;
  readonly pool: ConnectionPool<DuckDBConnection>;
}

class DuckDbDriver implements Driver {
  readonly dialect = 'duckdb';
  readonly #configuration: DuckDbConfiguration;
  /** Queries, and the closing of instances that have failed. Never reject. */
  readonly #underWay = new Set<Promise<unknown>>();
  #opening: Promise<Opened> | undefined;
  #closing: Promise<void> | undefined;

  constructor(configuration: DuckDbConfiguration) {
    this.#configuration = configuration;
  }

  async query(
    sql: string,
    params: readonly ParameterValue[],
    { signal }: QueryOptions = {},
  ): Promise<QueryResult> {
    if (this.#closing) throw new DriverError('driver/closed', 'the driver is closed');
    refuseIfAborted(signal);
    let current: DuckDBConnection | undefined;
    const work = this.#withConnection(async (connection, opened) => {
      refuseIfAborted(signal);
      current = connection;
      try {
        return await runDuckDbQuery(connection, opened, sql, params, signal);
      } finally {
        current = undefined;
      }
    });
    this.#track(work);
    return interruptible(work, signal, () => current?.interrupt());
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    const opened = await this.#opening?.catch(nothing);
    if (opened) await closeOpened(opened);
  }

  async #withConnection<Result>(
    use: (connection: DuckDBConnection, opened: Opened) => Promise<Result>,
  ): Promise<Result> {
    const opening = this.#open();
    const opened = await opening;
    try {
      return await opened.pool.with((connection) => use(connection, opened), rollBack);
    } catch (error) {
      if (isEngineFault(error) && this.#opening === opening) {
        this.#opening = undefined;
        this.#track(closeOpened(opened));
      }
      throw error;
    }
  }

  /** A failure is not remembered: the next query tries again. */
  #open(): Promise<Opened> {
    if (this.#opening) return this.#opening;
    const opening = openDuckDb(this.#configuration);
    this.#opening = opening;
    opening.catch(() => {
      if (this.#opening === opening) this.#opening = undefined;
    });
    return opening;
  }

  #track(work: Promise<unknown>): void {
    const settled: Promise<void> = work.then(nothing, nothing).then(() => {
      this.#underWay.delete(settled);
    });
    this.#underWay.add(settled);
  }
}

function nothing(): undefined {
  return undefined;
}

async function closeOpened({ pool, instance }: Opened): Promise<void> {
  for (const connection of await pool.drain()) connection.closeSync();
  instance.closeSync();
}

async function openDuckDb(configuration: DuckDbConfiguration): Promise<Opened> {
  const api = await loadApi();
  let instance: DuckDBInstance | undefined;
  try {
    instance = await api.DuckDBInstance.create(configuration.path, openSettings(configuration));
    const connection = await instance.connect();
    for (const statement of [...configuration.setup, ...lockStatements(configuration)]) {
      await connection.run(statement);
    }
    connection.closeSync();
    const opened = instance;
    const pool = new ConnectionPool(configuration.connections, () => opened.connect());
    return { api, instance, readers: columnReaders(api), pool };
  } catch (error) {
    instance?.closeSync();
    throw new DriverError('driver/open-failed', 'the DuckDB database could not be opened', error);
  }
}

async function loadApi(): Promise<DuckDbApi> {
  try {
    return await import('@duckdb/node-api');
  } catch (error) {
    throw new DriverError(
      'driver/missing-package',
      'the DuckDB driver needs the package @duckdb/node-api: npm install @duckdb/node-api',
      error,
    );
  }
}
