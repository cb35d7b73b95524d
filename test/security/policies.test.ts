import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDuckDbDriver, type Driver } from '../../src/drivers/index.ts';
import { compileSchema, QueryError, SecurityContextError, type Schema } from '../../src/index.ts';

const content = `
cube('Orders', {
  sql: \`SELECT * FROM orders WHERE \${FILTER_PARAMS.Orders.email.filter('email')} AND \${FILTER_PARAMS.Orders.paidAt.filter('paid_at')}\`,
  joins: { Secrets: { relationship: 'many_to_one', sql: \`\${CUBE}.id = \${Secrets.id}\` } },
  measures: {
    count: { type: 'count', drillMembers: [id, email, secret, amount] },
    total: { type: 'sum', sql: 'amount' },
    hiddenTotal: { type: 'sum', sql: 'amount' },
    rich: { type: 'count', filters: [{ sql: \`\${CUBE}.amount > 50\` }] },
    running: { type: 'runningTotal', sql: 'amount' },
    recent: { type: 'sum', sql: 'amount', rolling_window: { trailing: '1 month' } },
    place: { type: 'rank', multi_stage: true, order_by: [{ sql: \`\${total}\`, dir: 'desc' }] },
  },
  dimensions: {
    id: { type: 'number', sql: 'id', primaryKey: true, public: true },
    email: { type: 'string', sql: 'email' },
    amount: { type: 'number', sql: 'amount', mask: 0 },
    secret: { type: 'string', sql: 'secret' },
    paidAt: { type: 'time', sql: 'paid_at', granularities: { fiscal: { interval: '1 year', offset: '1 month' } } },
    createdAt: { type: 'time', sql: 'created_at' },
  },
  segments: { large: { sql: \`\${CUBE}.amount > 50\` } },
  hierarchies: { way: { levels: [email, secret] } },
  access_policy: [{
    group: '*',
    member_level: { includes: ['count', 'id', 'createdAt'] },
    member_masking: { includes: '*', excludes: ['secret', 'hiddenTotal'] },
  }],
});
cube('Secrets', {
  sql_table: 'secrets',
  measures: { count: { type: 'count' } },
  dimensions: { id: { type: 'number', sql: 'id', primaryKey: true, public: true }, code: { type: 'string', sql: 'code' } },
  access_policy: [{ group: 'boss' }, { groups: ['__proto__', 'constructor'], conditions: [{ if: securityContext.__proto__ }] }],
});
view('Open', {
  cubes: [{ join_path: Orders, includes: '*' }, { join_path: Orders.Secrets, includes: ['code'] }],
});`;

/** Two databases that differ in nothing but what the user must not see. */
const ordersOf = (rows: string): string[] => [
  `CREATE TABLE orders AS SELECT id, email, amount, secret, paid_at::TIMESTAMP AS paid_at, '2024-01-05'::TIMESTAMP AS created_at
   FROM (VALUES ${rows}) AS t (id, email, amount, secret, paid_at)`,
  "CREATE TABLE secrets AS SELECT 1 AS id, 'x' AS code",
];

const names = ['email', 'amount', 'total', 'rich', 'running', 'recent', 'place', 'paidAt'];
const comparisons: readonly { readonly operator: string; readonly values?: readonly string[] }[] = [
  { operator: 'equals', values: ['1'] },
  { operator: 'notEquals', values: ['a@x'] },
  { operator: 'equals', values: ['a@x'] },
  { operator: 'contains', values: ['a'] },
  { operator: 'notContains', values: ['a'] },
  { operator: 'startsWith', values: ['a'] },
  { operator: 'gt', values: ['10'] },
  { operator: 'lte', values: ['10'] },
  { operator: 'set' },
  { operator: 'notSet' },
  { operator: 'inDateRange', values: ['2024-01-01', '2024-01-31'] },
  { operator: 'notInDateRange', values: ['2024-01-01', '2024-01-31'] },
  { operator: 'beforeDate', values: ['2024-02-01'] },
  { operator: 'measureFilter' },
];
const year = ['2024-01-01', '2024-12-31'];

function attacks(): object[] {
  const found: object[] = [];
  for (const owner of ['Orders', 'Open']) {
    const count = `${owner}.count`;
    for (const name of names) {
      const member = `${owner}.${name}`;
      for (const comparison of comparisons) {
        const filter = { member, ...comparison };
        found.push(
          { measures: [count], filters: [filter] },
          {
            measures: [count],
            filters: [{ or: [filter, { member: count, operator: 'gt', values: ['0'] }] }],
          },
          { dimensions: [`${owner}.id`], filters: [filter], ungrouped: true, total: true },
          {
            measures: [count],
            filters: [
              { or: [filter, { member: `${owner}.id`, operator: 'equals', values: ['1'] }] },
            ],
          },
        );
      }
      found.push(
        { measures: [count], dimensions: [member], total: true },
        { measures: [member], dimensions: [`${owner}.id`], order: { [member]: 'desc' }, limit: 1 },
        {
          measures: [member, count],
          timeDimensions: [
            { dimension: `${owner}.createdAt`, granularity: 'month', dateRange: year },
          ],
        },
        { dimensions: [`${owner}.id`, member], order: [[member, 'desc']], limit: 1, offset: 1 },
        {
          dimensions: [`${owner}.id`, member],
          ungrouped: true,
          order: { [member]: 'asc' },
          limit: 1,
        },
        { dimensions: [`${owner}.id`], order: { [member]: 'asc' }, limit: 1 },
      );
    }
    for (const granularity of ['day', 'month', 'fiscal', undefined]) {
      const time = { dimension: `${owner}.paidAt`, ...(granularity && { granularity }) };
      found.push(
        {
          measures: [count],
          timeDimensions: [{ ...time, dateRange: year, fillMissingDates: true }],
        },
        {
          measures: [count],
          timeDimensions: [{ ...time, dateRange: ['2024-01-01', '2024-01-20'] }],
        },
        {
          measures: [count, `${owner}.recent`],
          timeDimensions: [{ ...time, dateRange: year }],
          timezone: 'Asia/Kolkata',
        },
        { measures: [count], timeDimensions: [{ ...time, compareDateRange: [year, year] }] },
      );
    }
    for (const name of ['secret', 'hiddenTotal', 'large']) {
      const member = `${owner}.${name}`;
      found.push(
        { measures: [count], segments: [member] },
        { measures: [count, member] },
        { measures: [count], dimensions: [member] },
        { measures: [count], filters: [{ member, operator: 'set' }] },
        { measures: [count], filters: [{ and: [{ or: [{ member, operator: 'notSet' }] }] }] },
        { measures: [count], timeDimensions: [{ dimension: member, granularity: 'day' }] },
      );
    }
  }
  return [
    ...found,
    { measures: ['Orders.count'], joinHints: [['Orders', 'Secrets']] },
    { measures: ['Orders.count'], dimensions: ['Secrets.code'] },
    { measures: ['Orders.count'], dimensions: ['Open.code'] },
    {
      measures: ['Orders.count'],
      filters: [{ member: 'Secrets.code', operator: 'equals', values: ['x'] }],
    },
    { measures: ['Secrets.count', 'Orders.count'] },
    { measures: ['Orders.email masked'] },
    {
      dimensions: ['Orders.email masked', 'Orders.email', 'Orders.__proto__', 'Orders.constructor'],
    },
    { measures: ['Orders.count'], timezone: "UTC' OR amount > 10 --" },
    {
      measures: ['Orders.count'],
      timeDimensions: [{ dimension: 'Orders.paidAt', granularity: "day', amount) --" }],
    },
  ];
}

describe('a user who looks for what policies hide', () => {
  let schema: Schema;
  let databases: readonly Driver[];
  beforeAll(async () => {
    schema = await compileSchema(
      { files: [{ path: 'Orders.js', content }] },
      { dialect: 'duckdb', now: Date.UTC(2024, 5, 1) },
    );
    databases = [
      createDuckDbDriver({
        setup: ordersOf(
          "(1, 'a@x', 10, 's', '2024-01-10'), (2, 'b@x', 90, 't', '2024-02-10'), (3, NULL, 1, 'u', NULL)",
        ),
      }),
      createDuckDbDriver({
        setup: ordersOf(
          "(1, NULL, 77, 'v', '2023-01-10'), (2, 'a@x', -5, NULL, NULL), (3, 'a@x', NULL, 'u', '2024-01-11')",
        ),
      }),
    ];
  });
  afterAll(() => Promise.all([schema.close(), ...databases.map((database) => database.close())]));

  const users: readonly object[] = [
    {},
    { groups: ['__proto__', 'constructor', '*'] },
    { groups: { boss: true } },
    { groups: [['boss']] },
  ];
  test.for(users)(
    'learns nothing from any answer, as %j',
    { timeout: 120_000 },
    async (securityContext) => {
      let answered = 0;
      for (const query of attacks()) {
        try {
          const made = await schema.generateSql(query, { securityContext });
          const [first, second] = await Promise.all(
            databases.map(async (database) => {
              const { rows } = await database.query(made.sql, made.params);
              const total = made.total && (await database.query(made.total.sql, made.total.params));
              return String([rows, total?.rows].map((part) => JSON.stringify(part, shown)));
            }),
          );
          expect(first, JSON.stringify(query)).toBe(second);
          expect(made.params.join(), JSON.stringify(query)).not.toContain('boss');
          answered++;
        } catch (error) {
          const isRefused = error instanceof QueryError || error instanceof SecurityContextError;
          if (!isRefused) throw error;
        }
      }
      // A list or an object in the groups is no context at all.
      const isContext = Object.values(securityContext).every(
        (item) => Array.isArray(item) && item.every((name) => typeof name === 'string'),
      );
      if (isContext) expect(answered).toBeGreaterThan(150);
      else expect(answered).toBe(0);
    },
  );

  test('finds no hidden name in meta', () => {
    const text = JSON.stringify(schema.meta({ securityContext: {} }));
    expect(text).not.toMatch(/secret\b|hiddenTotal|large/);
    expect(text).toContain('"name":"Orders.email"');
    expect(text).not.toContain('Secrets.code');
  });

  test('is denied before the joins of a query are planned', async () => {
    const query = {
      measures: ['Secrets.count', 'Orders.nothing'],
      joinHints: [['Secrets', 'Orders']],
    };
    const error = await schema
      .generateSql({ measures: ['Secrets.count'] }, { securityContext: {} })
      .catch((thrown: unknown) => thrown);
    expect((error as QueryError).detail.map(({ code }) => code)).toEqual(['query/access-denied']);
    await expect(schema.generateSql(query, { securityContext: {} })).rejects.toThrow(
      'there is no cube "Secrets"',
    );
    const unreachable = {
      measures: ['Orders.count'],
      dimensions: ['Secrets.code', 'Orders.secret'],
    };
    const denied = await schema
      .generateSql(unreachable, { securityContext: {} })
      .catch((thrown: unknown) => thrown);
    expect((denied as QueryError).problems.map(({ code }) => code)).toEqual([
      'query/unknown-cube',
      'query/unknown-member',
    ]);
    expect((denied as QueryError).detail.map(({ code }) => code)).toEqual([
      'query/access-denied',
      'query/access-denied',
    ]);
  });
});

function shown(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

test('a cube on the path of a view denies a query when it is read, and not otherwise', async () => {
  const files = [
    {
      path: 'a.js',
      content: `
      cube('Papers', { sql_table: 'papers', measures: { best: { type: 'max', sql: 'score' } },
        dimensions: { id: { type: 'number', sql: 'id', primary_key: true }, title: { type: 'string', sql: 'title' } } });
      cube('Authors', { sql_table: 'authors', joins: { Papers: { relationship: 'one_to_one', sql: \`\${CUBE}.id = \${Papers}.author\` } },
        dimensions: { id: { type: 'number', sql: 'id', primary_key: true }, name: { type: 'string', sql: 'name' } },
        access_policy: [{ group: 'staff' }] });
      view('Works', { cubes: [{ join_path: Authors.Papers, includes: ['best', 'title'] }] });`,
    },
  ];
  await using schema = await compileSchema({ files });
  const user = { securityContext: { groups: ['guests'] } };
  const { sql } = await schema.generateSql({ measures: ['Works.best'] }, user);
  expect(sql).not.toContain('authors');
  await expect(schema.generateSql({ dimensions: ['Works.title'] }, user)).rejects.toMatchObject({
    code: 'query/access-denied',
  });
});
