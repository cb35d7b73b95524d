import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkServerOptions } from '../../src/server/settings.ts';
import type { RequestContext } from '../../src/server/index.ts';
import { load, ordersDriver, start, type Running } from './support.ts';

const content = `cube('Orders', {
  sql_table: 'orders',
  measures: { count: { type: 'count' }, revenue: { type: 'sum', sql: 'amount', mask: -1 } },
  dimensions: { status: { type: 'string', sql: 'status' }, owner: { type: 'number', sql: 'user_id' },
    createdAt: { type: 'time', sql: 'created_at' } },
  access_policy: [
    { role: 'own', member_level: { includes: [count, status, createdAt] }, member_masking: { includes: [revenue] },
      row_level: { filters: [{ member: owner, operator: 'equals', values: [securityContext.id] }] } },
    { group: 'new', member_level: { includes: [count] },
      row_level: { filters: [{ member: status, operator: 'equals', values: ['new'] }] } },
    { groups: ['all', 'audit'] },
  ],
});`;
const count = { measures: ['Orders.count'] };

/** Tokens are the names of users here. */
const users: Readonly<Record<string, unknown>> = {
  own: ['own'],
  other: ['own'],
  new: ['new'],
  both: ['own', 'new'],
  all: ['all', '__proto__'],
  nobody: [],
  star: ['*'],
  prototype: ['__proto__', 'constructor', 'toString'],
  text: 'all',
  object: { all: true },
  mixed: ['all', 1],
  nothing: undefined,
  sparse: Array.from({ length: 1 }),
};

async function groupsOf({ securityContext: { user } }: RequestContext): Promise<readonly string[]> {
  if (user === 'throws') throw new Error('the directory is down');
  if (user === 'silent') await new Promise(() => undefined);
  return users[String(user)] as readonly string[];
}

const options = {
  checkAuth: (_request: unknown, user: string | undefined) => ({
    // The hook decides, whatever a token says.
    security_context: { user, id: user === 'other' ? 7 : 42, groups: ['all'] },
  }),
  repositoryFactory: () => ({
    dataSchemaFiles: async () => [{ fileName: 'Orders.js', content }],
  }),
  driverFactory: ordersDriver,
  limits: { hookTimeoutMs: 400 },
};

describe('contextToGroups', () => {
  let running: Running;
  const asked: unknown[] = [];
  beforeAll(async () => {
    running = await start({
      ...options,
      contextToGroups: (context) => {
        asked.push(context.securityContext['user']);
        return groupsOf(context);
      },
    });
  });
  afterAll(() => running.server.close());

  test('says whose policies take part, for rows and for meta', async () => {
    const counts: unknown[] = [];
    for (const user of ['own', 'other', 'new', 'both', 'all']) {
      const { body } = await running.get(load(count), user);
      counts.push([user, body.data[0]['Orders.count']]);
    }
    expect(counts).toEqual([
      ['own', '2'],
      ['other', '1'],
      ['new', '3'],
      ['both', '4'],
      ['all', '4'],
    ]);
    const seen = async (user: string) => {
      const { body } = await running.get('/cubejs-api/v1/meta', user);
      return body.cubes.flatMap((cube: { measures: object[]; dimensions: object[] }) =>
        [...cube.measures, ...cube.dimensions].map((item) => {
          const { name, masked } = item as { name: string; masked?: boolean };
          return masked ? `${name} masked` : name;
        }),
      );
    };
    expect(await seen('own')).toEqual([
      'Orders.count',
      'Orders.revenue masked',
      'Orders.status',
      'Orders.createdAt',
    ]);
    expect(await seen('new')).toEqual(['Orders.count']);
    expect(await seen('nobody')).toEqual([]);
    expect(await seen('all')).toHaveLength(5);
  });

  test('users in no group, or in groups that only sound like one, are denied', async () => {
    for (const user of ['nobody', 'star', 'prototype']) {
      for (const path of [load(count), `/cubejs-api/v1/sql?query=${JSON.stringify(count)}`]) {
        const { status, body } = await running.get(path, user);
        expect([user, status, body.code]).toEqual([user, 400, 'query/unknown-cube']);
      }
    }
  });

  test('a hook that throws, hangs or answers nonsense costs its own request', async () => {
    const wrong = ['throws', 'silent', 'text', 'object', 'mixed', 'nothing', 'sparse'];
    const answers = await Promise.all(
      [...wrong, 'own'].map(async (user) => {
        const { status, body } = await running.get(load(count), user);
        return [user, status, JSON.stringify(body)];
      }),
    );
    expect(answers.map(([user, status]) => [user, status])).toEqual([
      ...wrong.map((user) => [user, 500]),
      ['own', 200],
    ]);
    for (const [, , body] of answers) expect(body).not.toContain('directory');
    const { status } = await running.get('/cubejs-api/v1/meta', 'throws');
    expect(status).toBe(500);
  });

  test('is asked once for each request, whose answers no other user shares', async () => {
    asked.length = 0;
    const compareDateRange = [
      ['2024-01-01', '2024-01-01'],
      ['2024-01-01', '2024-12-31'],
    ];
    const timeDimensions = [{ dimension: 'Orders.createdAt', compareDateRange }];
    const path = load({ ...count, timeDimensions }, '&queryType=multi');
    const { body } = await running.get(path, 'own');
    const found = body.results.map(
      ({ data }: { data: Record<string, string>[] }) => data[0]!['Orders.count'],
    );
    expect(found).toEqual(['1', '2']);
    expect(asked).toEqual(['own']);
    const both = await Promise.all(
      ['own', 'other', 'own', 'new'].map((user) => running.get(load(count), user)),
    );
    expect(both.map(({ body }) => body.data[0]['Orders.count'])).toEqual(['2', '1', '2', '3']);
  });

  test('a masked measure is one mask, and no filter sees through it', async () => {
    const revenue = { measures: ['Orders.revenue'] };
    const above = (values: string[]) => ({
      ...count,
      filters: [{ member: 'Orders.revenue', operator: 'gt', values }],
    });
    const { body } = await running.get(load(revenue), 'own');
    expect(body.data).toEqual([{ 'Orders.revenue': '-1' }]);
    const low = await running.get(load(above(['-2'])), 'own');
    const high = await running.get(load(above(['0'])), 'own');
    expect([low.body.data, high.body.data]).toEqual([[{ 'Orders.count': '2' }], []]);
  });
});

test('contextToRoles is its old name; without either the claim says the groups', async () => {
  const old = await start({ ...options, contextToRoles: groupsOf });
  expect((await old.get(load(count), 'own')).body.data).toEqual([{ 'Orders.count': '2' }]);
  await old.server.close();
  const claims = await start(options);
  expect((await claims.get(load(count), 'nobody')).body.data).toEqual([{ 'Orders.count': '4' }]);
  await claims.server.close();
  expect(() =>
    checkServerOptions({ apiSecret: 'x', contextToGroups: groupsOf, contextToRoles: groupsOf }, {}),
  ).toThrow(/contextToRoles is the old name/);
});
