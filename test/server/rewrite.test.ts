import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileSchema } from '../../src/index.ts';
import { load, sign, start, type Running } from './support.ts';

const content = `
cube('Orders', {
  sql: "SELECT * FROM (VALUES (1, 1), (2, 2), (3, 2)) AS t (id, user_id)",
  joins: { Users: { relationship: 'belongsTo', sql: \`\${CUBE}.user_id = \${Users}.id\` } },
  measures: { count: { type: 'count' } },
  dimensions: { id: { type: 'number', sql: 'id', primaryKey: true } },
});
cube('Users', {
  sql: "SELECT * FROM (VALUES (1, 10, TIMESTAMP '2024-01-01'), (2, 20, TIMESTAMP '2025-01-01')) AS t (id, tenant, since)",
  shown: false,
  dimensions: {
    id: { type: 'number', sql: 'id', primaryKey: true },
    tenant: { type: 'number', sql: 'tenant', shown: false },
    since: { type: 'time', sql: 'since', shown: false },
  },
  segments: { big: { sql: 'tenant > 15', shown: false } },
});`;

interface Rewritable {
  filters: unknown[];
  segments: unknown[];
  timeDimensions: unknown[];
  measures: unknown[];
}
let rewrite: (query: Rewritable, claims: Readonly<Record<string, unknown>>) => unknown;
const seen: unknown[] = [];
let running: Running;
beforeAll(async () => {
  running = await start({
    repositoryFactory: () => ({ dataSchemaFiles: async () => [{ fileName: 'O.js', content }] }),
    queryRewrite: (query, { securityContext }) => {
      seen.push(structuredClone(query));
      return rewrite(query as Rewritable, securityContext) as object;
    },
  });
});
afterAll(() => running.server.close());

const count = { measures: ['Orders.count'] };
const byTenant = (query: Rewritable, claims: Readonly<Record<string, unknown>>) => {
  query.filters.push({ member: 'Users.tenant', operator: 'equals', values: [claims['tenant']] });
  return query;
};
const rows = async (query: object, claims: object = { tenant: 20 }) =>
  (
    await running.get(
      load(query, Array.isArray(query) ? '&queryType=multi' : ''),
      await sign(claims),
    )
  ).body;

test('a hook is given lists, in a copy of its own, and may filter by members that are not public', async () => {
  rewrite = byTenant;
  for (let time = 0; time < 2; time++)
    expect((await rows({ ...count, order: { 'Orders.count': 'asc' } })).data).toEqual([
      { 'Orders.count': '2' },
    ]);
  expect((await rows(count, { tenant: 10 })).data).toEqual([{ 'Orders.count': '1' }]);
  expect(seen[0]).toMatchObject({
    filters: [],
    segments: [],
    dimensions: [],
    timeDimensions: [],
    order: [['Orders.count', 'asc']],
  });
  expect(seen[1]).toEqual(seen[0]);
  rewrite = (query) => ({ ...query, segments: ['Users.big'] });
  expect((await rows(count)).data).toEqual([{ 'Orders.count': '2' }]);
  rewrite = (query) => {
    query.timeDimensions.push({
      dimension: 'Users.since',
      dateRange: ['2024-01-01', '2024-12-31'],
    });
    return query;
  };
  expect((await rows(count)).data).toEqual([{ 'Orders.count': '1' }]);
});

const smuggled: readonly object[] = [
  { ...count, filters: [{ member: 'Users.tenant', operator: 'equals', values: [10] }] },
  { ...count, filters: [{ dimension: 'Users.tenant', operator: 'equals', values: [20] }] },
  { ...count, filters: [{ or: [{ and: [{ member: 'Users.id', operator: 'set' }] }] }] },
  { ...count, filters: [{ member: 'Orders.id', operator: 'set' }] },
  { ...count, segments: ['Users.big'] },
  {
    ...count,
    timeDimensions: [{ dimension: 'Users.since', dateRange: ['2024-01-01', '2025-12-31'] }],
  },
  {
    ...count,
    timeDimensions: [
      {
        dimension: 'Users.since',
        compareDateRange: [
          ['2024-01-01', '2024-12-31'],
          ['2025-01-01', '2025-12-31'],
        ],
      },
    ],
  },
  { ...count, dimensions: ['Users.tenant'] },
  { ...count, dimensions: ['Users.since.day'] },
  { ...count, order: { 'Users.tenant': 'asc' } },
];

test.for(smuggled)(
  'a caller does not name what is hidden, beside a hook that does: %j',
  async (query) => {
    rewrite = byTenant;
    const token = await sign({ tenant: 20 });
    for (const route of ['load', 'sql', 'dry-run']) {
      const { status } = await running.get(load(query).replace('/load?', `/${route}?`), token);
      expect([route, status]).toEqual([route, 400]);
    }
  },
);

test('what a hook adds is not shown: it selects nothing hidden', async () => {
  rewrite = (query) => ({ ...query, dimensions: ['Users.tenant'] });
  expect(await rows(count)).toMatchObject({ problems: expect.anything() as unknown });
  rewrite = (query) => ({
    ...query,
    timeDimensions: [{ dimension: 'Users.since', granularity: 'year' }],
  });
  expect(await rows(count)).toMatchObject({ problems: expect.anything() as unknown });
});

test('a claim that is absent never means all rows', async () => {
  for (const operator of ['equals', 'notEquals', 'contains', 'set']) {
    rewrite = (query, claims) => {
      query.filters.push({ member: 'Users.tenant', operator, values: [claims['tenant']] });
      return query;
    };
    const { error } = await rows(count, {});
    expect(error).toContain('values');
  }
  rewrite = (query, claims) => ({
    ...query,
    filters: [
      { member: 'Users.tenant', operator: 'notEquals', values: [Number(claims['tenant'])] },
    ],
  });
  expect((await rows(count, {})).error).toContain('value');
  rewrite = (query) => ({ ...query, filters: [{ or: [] }] });
  expect((await rows(count, {})).error).toBe('internal error');
  for (const answer of [undefined, null, 'all', [count]]) {
    rewrite = () => answer;
    expect((await rows(count)).error).toBe('internal error');
  }
});

test('the library knows what a caller asked from what a server added', async () => {
  await using schema = await compileSchema(
    { files: [{ path: 'O.js', content }] },
    { dialect: 'duckdb' },
  );
  const hidden = {
    ...count,
    filters: [{ member: 'Users.tenant', operator: 'equals' as const, values: [20] }],
  };
  await expect(schema.generateSql(hidden)).rejects.toThrow('Users');
  await expect(schema.generateSql(hidden, { askedQuery: hidden })).rejects.toThrow('Users');
  const { params } = await schema.generateSql(hidden, { askedQuery: count });
  expect(params).toEqual([20]);
  await expect(schema.generateSql(hidden)).rejects.toThrow('Users');
});
