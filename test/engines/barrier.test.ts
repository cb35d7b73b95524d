import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileSchema, type Query, type Schema } from '../../src/index.ts';
import { createPostgresDriver, DriverError, type Driver } from '../../src/drivers/index.ts';
import { barrierSchema, heldForms, refusedForms } from '../support/barrier-forms.ts';
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
  await client.query(`CREATE TABLE ${name}.notes (id int, tenant text, note text)`);
  await client.query(
    `INSERT INTO ${name}.notes VALUES (1, 'a', '5'), (2, 'a', '1'), (3, 'b', 'SECRET-OF-B')`,
  );
  await client.end();
  driver = createPostgresDriver({ connection });
  schema = await compileSchema({
    files: [{ path: 'Notes.js', content: barrierSchema(`${name}.notes`) }],
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

const securityContext = { t: 'a', md5: createHash('md5').update('a').digest('hex') };

async function ask(query: Query, barrier: boolean): Promise<unknown> {
  const options = { securityContext, barrier, missingContext: 'deny' } as const;
  try {
    const { sql, params } = await schema.generateSql(query, options);
    return (await driver.query(sql, params)).rows;
  } catch (error) {
    return error;
  }
}

/** Queries whose conditions fail on the row of the other tenant. */
const queries = (of: string): readonly (readonly [Query, unknown])[] => {
  const large = { member: `${of}.amount`, operator: 'gt' as const, values: ['1'] };
  const range = { dimension: `${of}.at`, dateRange: ['1970-01-05', '1970-01-07'] as const };
  return [
    [{ measures: [`${of}.count`], filters: [large] }, [[1]]],
    [{ dimensions: [`${of}.id`], filters: [large] }, [[1]]],
    [{ measures: [`${of}.count`], segments: [`${of}.large`] }, [[1]]],
    [{ measures: [`${of}.count`], timeDimensions: [range] }, [[1]]],
    [{ measures: [`${of}.filtered`] }, [[1]]],
    [
      { measures: [`${of}.rolling`], timeDimensions: [{ ...range, granularity: 'day' }] },
      [
        ['1970-01-05T00:00:00.000', 0],
        ['1970-01-06T00:00:00.000', 1],
        ['1970-01-07T00:00:00.000', 1],
      ],
    ],
    [
      {
        measures: [`${of}.count`],
        filters: [{ or: [large, { member: `${of}.amount`, operator: 'equals', values: ['1'] }] }],
      },
      [[2]],
    ],
  ];
};

test.for(heldForms)('a barrier holds around %s', async (form) => {
  const open = await Promise.all(queries(form).map(([query]) => ask(query, false)));
  expect(open.some((answer) => answer instanceof DriverError)).toBe(true);
  for (const [query, rows] of queries(form)) {
    expect(await ask(query, true), JSON.stringify(query)).toEqual(rows);
  }
});

test.for(refusedForms)(
  'a filter that would be evaluated inside the barrier of %s is refused',
  async (form) => {
    const [query, rows] = queries(form)[0]!;
    expect(await ask(query, true)).toMatchObject({
      code: 'query/filter-inside-barrier',
      message: expect.stringContaining('FILTER_PARAMS') as string,
    });
    // What pushes nothing is answered.
    expect(await ask({ measures: [`${form}.count`] }, true)).toEqual([[2]]);
    const open = await ask(query, false);
    if (!(open instanceof DriverError)) expect(open).toEqual(rows);
  },
);
