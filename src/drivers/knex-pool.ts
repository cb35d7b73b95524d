import type { Knex } from 'knex';
import { optionsOf } from '../core/known-options.ts';
import { DriverError } from './driver-error.ts';
import { refuseDriverOptions } from './driver-options.ts';

/** How to reach a database server. */
export interface ServerConnection {
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  readonly ssl?: boolean | object;
}

export interface ServerDriverOptions {
  readonly connection: ServerConnection;
  /** Most connections at once. Default 8. */
  readonly connections?: number;
  /** How long to wait for a connection, in milliseconds. Default 10 s. */
  readonly acquireTimeoutMs?: number;
}

const optionNames = optionsOf<ServerDriverOptions>({
  connection: true,
  connections: true,
  acquireTimeoutMs: true,
});
const connectionNames = optionsOf<ServerConnection>({
  host: true,
  port: true,
  user: true,
  password: true,
  database: true,
  ssl: true,
});

/** @throws DriverError `driver/invalid-option` */
export function checkServerDriverOptions<T extends ServerDriverOptions>(
  options: T,
  more: readonly string[] = [],
): T {
  refuseDriverOptions(options, [...optionNames, ...more], 'options');
  refuseDriverOptions(options.connection, connectionNames, 'options.connection');
  for (const name of ['connections', 'acquireTimeoutMs'] as const) {
    const value = options[name];
    if (value === undefined || (Number.isSafeInteger(value) && value > 0)) continue;
    throw new DriverError('driver/invalid-option', `${name} must be a whole number above zero`);
  }
  return options;
}

/** A pool that knex keeps; statements go to its connections untouched, past knex's own query builder. */
class KnexPool<Connection extends object> {
  readonly #make: () => Promise<Knex>;
  #knex: Promise<Knex> | undefined;
  #closing: Promise<void> | undefined;

  constructor(make: () => Promise<Knex>) {
    this.#make = make;
  }

  async use<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    if (this.#closing) throw new DriverError('driver/closed', 'the driver is closed');
    const knex = await this.#open();
    let connection: Connection;
    try {
      connection = (await (knex.client as Knex.Client).acquireConnection()) as Connection;
    } catch (error) {
      throw new DriverError('driver/open-failed', 'no connection to the database', error);
    }
    try {
      return await work(connection);
    } finally {
      await (knex.client as Knex.Client).releaseConnection(connection);
    }
  }

  /** A connection that must not serve anyone again. */
  discard(connection: Connection): void {
    (connection as { __knex__disposed?: unknown }).__knex__disposed = 'discarded';
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    // What could not be opened is not open.
    const knex = await this.#knex?.catch(() => undefined);
    await knex?.destroy();
  }

  /** A failure is not remembered: the next query tries again. */
  #open(): Promise<Knex> {
    this.#knex ??= this.#make().catch((error: unknown) => {
      this.#knex = undefined;
      throw error;
    });
    return this.#knex;
  }
}

/** Connections for statements, and one more that ends what runs on the others and never waits behind them. */
export class ServerPool<Connection extends object> {
  readonly #statements: KnexPool<Connection>;
  readonly #control: KnexPool<Connection>;
  readonly #ending = new Set<number>();

  constructor(
    options: ServerDriverOptions,
    open: (connection: ServerConnection, pool: Knex.Config) => Promise<Knex>,
  ) {
    const { connection, connections = 8, acquireTimeoutMs = 10_000 } = options;
    const make = (max: number) => () =>
      open(connection, { pool: { min: 0, max }, acquireConnectionTimeout: acquireTimeoutMs });
    this.#statements = new KnexPool(make(connections));
    this.#control = new KnexPool(make(1));
  }

  use<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    return this.#statements.use(work);
  }

  discard(connection: Connection): void {
    this.#statements.discard(connection);
  }

  /** Ends what a session of this id runs; asked again while that is under way, does nothing. */
  async end(id: number, work: (connection: Connection) => Promise<unknown>): Promise<void> {
    if (this.#ending.has(id)) return;
    this.#ending.add(id);
    await this.#control.use(work).catch(() => undefined);
    this.#ending.delete(id);
  }

  async close(): Promise<void> {
    await this.#statements.close();
    await this.#control.close();
  }
}

/** knex, and the client package of a database; the error names the package to install. */
export async function loadKnex(client: string, name: string, config: Knex.Config): Promise<Knex> {
  try {
    await import(name);
  } catch (error) {
    const message = `the package ${name} is not installed; run: npm install ${name}`;
    throw new DriverError('driver/missing-package', message, error);
  }
  // Node does not see knex's named exports: it is CommonJS.
  const { default: knex } = await import('knex');
  // Failures reach the caller as errors; knex would print them too.
  const silent = () => undefined;
  const log = { warn: silent, error: silent, deprecate: silent, debug: silent };
  return knex({ ...config, client, log, asyncStackTraces: false });
}
