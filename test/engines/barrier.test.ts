import type { Query } from '../../src/index.ts';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileSchema, type Schema } from '../../src/index.ts';
import { createPostgresDriver, DriverError, type Driver } from '../../src/drivers/index.ts';
import { postgresServer } from '../support/database-servers.ts';

const connection = {
  ...postgresServer,
  database: 'postgres',
};
const name = `cubewright_barrier_${process.pid}`;
let driver: Driver;
let schema: Schema;

beforeAll(async () => {
  const client = new Client(connection);
  await client.connect();
  await client.query(`CREATE SCHEMA ${name}`);
  await client.query(`CREATE TABLE ${name}.notes (user_id int, note text)`);
  await client.query(`INSERT INTO ${name}.notes VALUES (42, '5'), (7, 'SECRET-OF-USER-7')`);
  await client.end();
  driver = createPostgresDriver({ connection });
  // A row filter that PostgreSQL takes for dearer than a cast: it evaluates the cast first.
  const costly = 'regexp_replace(md5(user_id::text), $$x$$, $$y$$)';
  schema = await compileSchema({
    files: [
      {
        path: 'Notes.js',
        content: `cube('Notes', {
          sql: \`SELECT * FROM ${name}.notes WHERE \${USER_CONTEXT.id.filter((id) => \`${costly} = regexp_replace(md5(\${id}::text), $$x$$, $$y$$)\`)}\`,
          measures: { count: { type: 'count' } },
          dimensions: { amount: { type: 'number', sql: 'note::int' } },
        });`,
      },
    ],
  });
});
afterAll(async () => {
  await schema.close();
  await driver.close();
  const client = new Client(connection);
  await client.connect();
  await client.query(`DROP SCHEMA ${name} CASCADE`);
  await client.end();
});

async function ask(barrier: boolean): Promise<unknown> {
  const query: Query = {
    measures: ['Notes.count'],
    filters: [{ member: 'Notes.amount', operator: 'gt', values: ['1'] }],
  };
  const { sql, params } = await schema.generateSql(query, {
    securityContext: { id: '42' },
    barrier,
  });
  return driver.query(sql, params).then(
    ({ rows }) => rows,
    (error: unknown) => error,
  );
}

test('an expression that fails on rows of other users tells of them, unless a barrier is asked for', async () => {
  const failure = await ask(false);
  expect(failure).toBeInstanceOf(DriverError);
  expect(String((failure as DriverError).cause)).toContain('SECRET-OF-USER-7');
  expect(await ask(true)).toEqual([[1]]);
});
