import type { Knex } from 'knex';
import { DriverError } from './driver-error.ts';

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

/** A pool that knex keeps; statements go to its connections untouched, past knex's own query builder. */
export class KnexPool<Connection extends object> {
  readonly #make: () => Promise<Knex>;
  #knex: Promise<Knex> | undefined;
  #closed = false;

  constructor(make: () => Promise<Knex>) {
    this.#make = make;
  }

  async use<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    if (this.#closed) throw new DriverError('driver/closed', 'the driver is closed');
    const knex = await (this.#knex ??= this.#make());
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

  async close(): Promise<void> {
    this.#closed = true;
    await (await this.#knex)?.destroy();
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
  const { knex } = await import('knex');
  // Failures reach the caller as errors; knex would print them too.
  const silent = () => undefined;
  const log = { warn: silent, error: silent, deprecate: silent, debug: silent };
  return knex({ ...config, client, log, asyncStackTraces: false });
}
