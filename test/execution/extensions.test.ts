import type { Query } from '../../src/index.ts';
import { afterAll, expect, test } from 'vitest';
import { createDuckDbDriver } from '../../src/drivers/index.ts';
import { compileSchema } from '../../src/index.ts';

const driver = createDuckDbDriver();
afterAll(() => driver.close());

const events = `(SELECT * FROM (VALUES
  (1, 'a', 'view', TIMESTAMP '2024-01-01 10:00:00'),
  (1, 'a', 'buy', TIMESTAMP '2024-01-01 12:00:00'),
  (1, 'b', 'view', TIMESTAMP '2024-01-01 10:00:00'),
  (1, 'b', 'buy', TIMESTAMP '2024-01-05 10:00:00'),
  (1, 'c', 'view', TIMESTAMP '2024-01-02 10:00:00'),
  (2, 'd', 'view', TIMESTAMP '2024-01-02 10:00:00')
) AS rows_of_events(tenant, person, kind, at_time))`;

const funnel = `import Funnels from 'Funnels';

cube('Events', {
  sql: \`SELECT * FROM ${events} AS e WHERE \${SECURITY_CONTEXT.tenant.filter('tenant')}\`,
  measures: { count: { type: 'count' } },
});
cube('Purchases', {
  extends: Funnels.eventFunnel({
    userId: { sql: \`person\` },
    time: { sql: \`at_time\` },
    steps: [
      {
        name: 'view product',
        eventsView: {
          sql: \`SELECT * FROM ${events} AS v WHERE kind = 'view' AND \${SECURITY_CONTEXT.tenant.filter('tenant')}\`,
        },
      },
      {
        name: 'buy',
        eventsView: { sql: \`SELECT * FROM ${events} AS b WHERE kind = 'buy'\` },
        timeToConvert: '1 day',
      },
      { name: 'anyEvent', eventsCube: Events },
    ],
  }),
});`;

test('a funnel counts who took each step in time, within the rows of the user', async () => {
  await using schema = await compileSchema(
    { files: [{ path: 'Funnel.js', content: funnel }] },
    { dialect: 'duckdb' },
  );
  const query: Query = {
    measures: ['Purchases.conversions', 'Purchases.conversionsPercent'],
    dimensions: ['Purchases.step'],
    order: { 'Purchases.step': 'asc' },
  };
  const rowsFor = async (tenant: number) => {
    const { sql, params } = await schema.generateSql(query, { securityContext: { tenant } });
    const { rows } = await driver.query(sql, params);
    return rows.map((row) => [row[0], Number(row[1]), Number(Number(row[2]).toFixed(2))]);
  };
  expect(await rowsFor(1)).toEqual([
    ['Any Event', 1, 0.33],
    ['Buy', 1, 0.33],
    ['View Product', 3, 1],
  ]);
  expect(await rowsFor(2)).toEqual([
    ['Any Event', 0, 0],
    ['Buy', 0, 0],
    ['View Product', 1, 1],
  ]);
});

test('what is wrong with a funnel is reported where it is made', async () => {
  const content =
    "import { eventFunnel } from 'Funnels';\ncube('P', { extends: eventFunnel({}) });";
  const refused = compileSchema({ files: [{ path: 'P.js', content }] });
  await expect(refused).rejects.toMatchObject({
    diagnostics: expect.arrayContaining([
      expect.objectContaining({ code: 'schema/throws', file: 'P.js', line: 2 }),
    ]) as unknown,
  });
});

test('references by name, and a base without a name', async () => {
  const content = `import { dynRef } from 'Reflection';
    import RefreshKeys from 'RefreshKeys';
    const numbers = cube({
      sql: \`SELECT * FROM (VALUES (1, 5), (2, 7)) AS numbers(tenant, n) WHERE \${SECURITY_CONTEXT.tenant.filter('tenant')}\`,
      measures: { total: { type: 'sum', sql: \`n\` } },
    });
    const doubled = (name) => ({ type: 'number', sql: dynRef(name, (measure) => \`\${measure} * 2\`) });
    const [kind] = Object.keys(RefreshKeys.immutablePartitionedRollupKey('1'));
    if (kind !== 'sql') throw new Error('a key is SQL');
    cube('Numbers', { extends: numbers, measures: { twice: doubled('total') } });`;
  await using schema = await compileSchema(
    { files: [{ path: 'Numbers.js', content }] },
    { dialect: 'duckdb' },
  );
  const { sql, params } = await schema.generateSql(
    { measures: ['Numbers.total', 'Numbers.twice'] },
    { securityContext: { tenant: 2 } },
  );
  const { rows } = await driver.query(sql, params);
  expect(rows[0]!.map(Number)).toEqual([7, 14]);
});

test('what an extension cannot make of its input is told where the cube stands', async () => {
  const content = `import { eventFunnel } from 'Funnels';

cube('Signups', {
  extends: eventFunnel({
    userId: { sql: 'user_id' },
    time: { sql: 'at' },
    steps: [
      { name: 'visit', eventsView: { sql: 'SELECT * FROM visits' } },
      { name: 'order', eventsView: { sql: 'SELECT * FROM orders' }, timeToConvert: '1,day' },
    ],
  }),
});`;
  await expect(compileSchema({ files: [{ path: 'S.js', content }] })).rejects.toMatchObject({
    diagnostics: [{ code: 'schema/throws', file: 'S.js', line: 3, column: 6 }],
  });
});
