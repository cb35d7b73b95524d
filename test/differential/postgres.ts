import { Client } from 'pg';
import { postgresServer } from '../support/database-servers.ts';
import { isoTime } from '../support/engines.ts';

/** A session whose tables are temporary: nothing of it is left in the database. */
export class Session {
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
  }

  static async open(): Promise<Session> {
    const client = new Client({
      ...postgresServer,
      database: 'postgres',
      // Every value as PostgreSQL writes it.
      types: { getTypeParser: () => (value: string) => value },
    });
    await client.connect();
    await client.query("SET TIME ZONE 'UTC'; SET search_path = pg_temp; SET jit = off");
    return new Session(client);
  }

  /** Replaces all tables. */
  async load(statements: readonly string[]): Promise<void> {
    await this.#client.query(['DISCARD TEMP', ...statements].join(';\n'));
  }

  async rows(sql: string, params: readonly unknown[]): Promise<unknown[][]> {
    const { rows } = await this.#client.query<unknown[]>({
      text: sql,
      values: [...params],
      rowMode: 'array',
    });
    return rows.map((row) => row.map(isoTime));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.end();
  }
}
