import cubejs from '@cubejs-client/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  capturingLog,
  clientOf2020,
  load,
  ordersDriver,
  schema,
  sign,
  start,
  type Running,
} from './support.ts';

const count = { measures: ['Orders.count'] };

describe('a token decides what is seen', () => {
  let running: Running;
  const { lines, logger } = capturingLog();
  beforeAll(async () => {
    running = await start({ logger });
  });
  afterAll(() => running.server.close());

  test.for([
    [{ u: { id: 42 } }, '2'],
    [{ id: 7 }, '1'],
    [{ id: 7, u: { id: 42 } }, '2'],
    [{ u: { id: 0 } }, '1'],
    [{ u: { id: null } }, '0'],
    [{ u: { id: [7, 0] } }, '2'],
    [{}, '4'],
  ] as const)('%o sees %s orders', async ([payload, expected]) => {
    const token = await sign(payload);
    for (const header of [token, `Bearer ${token}`]) {
      const { status, body } = await running.get(load(count), header);
      expect(status).toBe(200);
      expect(body.data).toEqual([{ 'Orders.count': expected }]);
    }
  });

  test.for([
    ['no token', async () => undefined, 403],
    ['garbage', async () => 'garbage', 403],
    ['another secret', () => sign({}, 'x'.repeat(40)), 403],
    ['expired', () => sign({}, undefined, 1), 403],
    ['no signature', async () => 'eyJhbGciOiJub25lIn0.eyJ1Ijp7ImlkIjo0Mn19.', 403],
    ['a text as u', () => sign({ u: 'x' }), 400],
    ['null as u', () => sign({ u: null }), 400],
    ['a list as u', () => sign({ u: [1] }), 400],
    ['a claim that is an object', () => sign({ u: { id: {} } }), 400],
  ] as readonly (readonly [string, () => Promise<string | undefined>, number])[])(
    '%s is refused',
    async ([, make, expected]) => {
      const { status, body } = await running.get(load(count), await make());
      expect(status).toBe(expected);
      if (expected === 403)
        expect(body.error).toMatch(/^(Invalid token|Authorization header isn't set)$/);
    },
  );

  test('a context that is no object is told so with the known text', async () => {
    const { body } = await running.get(load(count), await sign({ u: 'x' }));
    expect(body.error).toContain('Cannot create proxy with a non-object as target or handler');
  });

  test('the log says why, and has no token and no value', async () => {
    const token = await sign({ u: { id: 987654321 } }, 'x'.repeat(40));
    await running.get(load(count), token);
    await running.get(load(count), await sign({ u: { id: 987654321 } }));
    const text = lines.join('');
    expect(text).toContain('ERR_JWS_SIGNATURE_VERIFICATION_FAILED');
    expect(text).toContain('"sqlHash"');
    expect(text).not.toContain(token.slice(0, 40));
    expect(text).not.toContain('987654321');
  });

  test("the original page's token is one of the secret 'secret', and expired", async () => {
    const page = await start({ apiSecret: 'secret', logger });
    const token =
      'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1Ijp7ImlkIjo0Mn0sImlhdCI6MTU1NjAyNTM1MiwiZXhwIjoxNTU4NjE3MzUyfQ._8QBL6nip6SkIrFzZzGq2nSF8URhl5BSSSGZYp7IJZ4';
    expect((await page.get(load(count), token)).status).toBe(403);
    expect(lines.join('')).toContain('ERR_JWT_EXPIRED');
    await page.server.close();
  });
});

describe('routes', () => {
  let running: Running;
  let token: string;
  beforeAll(async () => {
    running = await start();
    token = await sign({ u: { id: 42 } });
  });
  afterAll(() => running.server.close());

  test('load says how many rows there are without the limit, when it is asked', async () => {
    const query = { dimensions: ['Orders.paid'], limit: 1, total: true };
    const { body } = await running.get(load(query), token);
    expect(body.data).toHaveLength(1);
    expect(body).toMatchObject({ total: 2, query: { total: true } });
    expect((await running.get(load(count), token)).body).not.toHaveProperty('total');
  });

  test('load answers in the shape that clients expect', async () => {
    const query = {
      measures: ['Orders.revenue'],
      dimensions: ['Orders.paid'],
      timeDimensions: [
        {
          dimension: 'Orders.createdAt',
          granularity: 'day',
          dateRange: ['2024-01-01', '2024-01-31'],
        },
      ],
    };
    const { body } = await running.get(load(query, '&queryType=multi'), token);
    expect(body).toMatchObject({
      queryType: 'regularQuery',
      pivotQuery: { queryType: 'regularQuery' },
    });
    expect(body.results[0].data).toEqual([
      {
        'Orders.paid': true,
        'Orders.createdAt.day': '2024-01-01T00:00:00.000',
        'Orders.createdAt': '2024-01-01T00:00:00.000',
        'Orders.revenue': '100.50',
      },
      {
        'Orders.paid': false,
        'Orders.createdAt.day': '2024-01-02T00:00:00.000',
        'Orders.createdAt': '2024-01-02T00:00:00.000',
        'Orders.revenue': '40.00',
      },
    ]);
    expect(body.results[0].query.timeDimensions[0].dateRange).toEqual([
      '2024-01-01T00:00:00.000',
      '2024-01-31T23:59:59.999',
    ]);
    expect(body.results[0].annotation.measures['Orders.revenue']).toMatchObject({
      title: 'Orders Revenue',
      format: 'currency',
    });
  });

  test('a queryType that is not known is refused', async () => {
    const answer = await running.get(load(count, '&queryType=mutli'), token);
    expect(answer).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('queryType') as string },
    });
  });

  test('sql previews what load executes', async () => {
    const { body } = await running.get(load(count).replace('/load', '/sql'), token);
    expect(body.sql.sql).toEqual([
      'SELECT\n  count(*) "orders.count"\nFROM (\n  SELECT * FROM orders WHERE (user_id = $1 AND CAST(user_id AS VARCHAR) COLLATE C = $2)\n) AS "orders"\nLIMIT 10000',
      [42, '42'],
    ]);
    expect(body.sql.security).toMatchObject([{ member: 'Orders', claim: 'id', applied: 'bound' }]);
  });

  test('meta and dry-run', async () => {
    const { body } = await running.get('/cubejs-api/v1/meta', token);
    expect(body.cubes[0].measures.map((item: { name: string }) => item.name)).toEqual([
      'Orders.count',
      'Orders.revenue',
    ]);
    const dry = await running.get(
      load({ ...count, order: { 'Orders.count': 'desc' } }).replace('/load', '/dry-run'),
      token,
    );
    expect(dry.body).toMatchObject({
      queryType: 'regularQuery',
      queryOrder: [{ 'Orders.count': 'desc' }],
    });
    expect((await running.get('/cubejs-api/v1/meta')).status).toBe(403);
  });

  test('a comparison of ranges', async () => {
    const compare = {
      ...count,
      timeDimensions: [
        {
          dimension: 'Orders.createdAt',
          compareDateRange: [
            ['2024-01-01', '2024-01-01'],
            ['2024-01-02', '2024-01-02'],
          ],
        },
      ],
    };
    const { body } = await running.get(load(compare, '&queryType=multi'), token);
    expect(body.queryType).toBe('compareDateRangeQuery');
    expect(body.results.map((item: { data: object[] }) => item.data[0])).toEqual([
      {
        compareDateRange: '2024-01-01T00:00:00.000 - 2024-01-01T23:59:59.999',
        'Orders.count': '1',
      },
      {
        compareDateRange: '2024-01-02T00:00:00.000 - 2024-01-02T23:59:59.999',
        'Orders.count': '1',
      },
    ]);
    expect((await running.get(load(compare), token)).status).toBe(400);
  });

  test('a comparison of ranges by month, beside a range of another time', async () => {
    const compare = {
      measures: ['Orders.count', 'Orders.revenue'],
      timeDimensions: [
        { dimension: 'Orders.paidAt', dateRange: ['2024-01-03', '2024-02-28'] },
        {
          dimension: 'Orders.createdAt',
          granularity: 'month',
          compareDateRange: [
            ['2024-01-01', '2024-01-31'],
            '2024-02-01',
            ['2023-01-01', '2023-12-31'],
          ],
        },
      ],
    };
    const everything = await sign({});
    const { body } = await running.get(load(compare, '&queryType=multi'), everything);
    const row = (month: string, count: string, revenue: string, range: string) => ({
      compareDateRange: range,
      'Orders.createdAt.month': month,
      'Orders.createdAt': month,
      'Orders.count': count,
      'Orders.revenue': revenue,
    });
    const [january, february] = ['2024-01-01T00:00:00.000', '2024-02-01T00:00:00.000'] as const;
    expect(body.results.map((item: { data: object[] }) => item.data)).toEqual([
      [row(january, '1', '40.00', `${january} - 2024-01-31T23:59:59.999`)],
      [row(february, '2', '61.00', `${february} - 2024-02-01T23:59:59.999`)],
      [],
    ]);
  });

  test('a granularity of the schema is annotated as it is declared', async () => {
    const query = (granularity: string) => ({
      ...count,
      timeDimensions: [{ dimension: 'Orders.createdAt', granularity }],
    });
    const annotated = async (granularity: string) => {
      const { body } = await running.get(load(query(granularity)), token);
      return body.annotation.timeDimensions[`Orders.createdAt.${granularity}`]
        .granularity as object;
    };
    expect(await annotated('fiscal_year')).toEqual({
      name: 'fiscal_year',
      title: 'Fiscal year',
      interval: '1 year',
      offset: '-3 months',
    });
    expect(await annotated('quarter')).toEqual({
      name: 'quarter',
      title: 'quarter',
      interval: '1 quarter',
    });
  });

  test('a blend of queries, by HTTP and by the client', async () => {
    const daily = {
      ...count,
      timeDimensions: [
        {
          dimension: 'Orders.createdAt',
          granularity: 'day' as const,
          dateRange: ['2024-01-01', '2024-01-02'] as [string, string],
        },
      ],
    };
    const blended = [daily, { ...daily, measures: ['Orders.revenue'] }];
    const { body } = await running.get(load(blended, '&queryType=multi'), token);
    expect(body.queryType).toBe('blendingQuery');
    expect(body.results.map((item: { data: object[] }) => item.data.length)).toEqual([2, 2]);
    const client = cubejs(token, { apiUrl: `${running.url}/cubejs-api/v1` });
    const pivot: object[] = (await client.load(blended)).chartPivot();
    expect(pivot).toMatchObject([
      { 'Orders.count': 1, 'Orders.revenue': 100.5 },
      { 'Orders.count': 1, 'Orders.revenue': 40 },
    ]);
    const blend = [
      { ...count, timeDimensions: [{ dimension: 'Orders.createdAt', granularity: 'day' }] },
      count,
    ];
    const refused = await running.get(load(blend, '&queryType=multi'), token);
    expect(refused).toMatchObject({
      status: 400,
      body: { error: 'Data blending query without granularity is not supported' },
    });
  });

  test('POST is GET', async () => {
    const response = await fetch(`${running.url}/cubejs-api/v1/load`, {
      method: 'POST',
      headers: { authorization: token, 'content-type': 'application/json' },
      body: JSON.stringify({ query: count }),
    });
    expect(((await response.json()) as { data: object[] }).data).toEqual([{ 'Orders.count': '2' }]);
  });

  test.for([
    ['/cubejs-api/v1/load', 400, 'query param is required'],
    ['/cubejs-api/v1/load?query=%7B', 400, 'the query is not valid JSON'],
    ['/cubejs-api/v1/load?query=7', 400, 'a query is an object'],
    ['/cubejs-api/v1/nothing', 404, 'there is no such route'],
    [load({ measures: ['Orders.cuont'] }), 400, "did you mean 'Orders.count'"],
    [load({ ...count, timezone: "UTC' OR 1=1" }), 400, 'IANA'],
  ] as const)('%s: %s', async ([path, status, text]) => {
    const answer = await running.get(path, token);
    expect(answer.status).toBe(status);
    expect(answer.body.error).toContain(text);
    expect(JSON.stringify(answer.body)).not.toMatch(/SELECT|node_modules|\.ts:/);
  });

  test('large bodies and broken JSON are refused', async () => {
    const post = (body: string) =>
      fetch(`${running.url}/cubejs-api/v1/load`, {
        method: 'POST',
        headers: { authorization: token, 'content-type': 'application/json' },
        body,
      });
    expect((await post('x'.repeat(2_000_000))).status).toBe(413);
    expect((await post('{')).status).toBe(400);
    expect(
      (await post('{"query": {"__proto__": {"polluted": 1}, "measures": ["Orders.count"]}}'))
        .status,
    ).toBe(400);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test('the API describes itself, from the tables that queries are checked with', async () => {
    const { body } = await running.get('/cubejs-api/v1/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    expect(Object.keys(body.paths)).toContain('/cubejs-api/v1/load');
    expect(body.components.schemas.Query.properties.limit.maximum).toBe(50_000);
    for (const schema of Object.values(body.components.schemas.Query.properties)) {
      expect(Object.keys(schema as object).length).toBeGreaterThan(0);
    }
  });

  test('health, metrics and headers', async () => {
    expect((await running.get('/livez')).body).toEqual({ health: 'HEALTH' });
    expect((await running.get('/readyz')).status).toBe(200);
    const { body, headers } = await running.get('/metrics');
    expect(body).toContain('cubewright_requests_total{route="/cubejs-api/v1/load",status="200"}');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  test('the JavaScript client works unchanged', async () => {
    let asked = 0;
    const client = cubejs(
      () => {
        asked++;
        return Promise.resolve(token);
      },
      { apiUrl: `${running.url}/cubejs-api/v1` },
    );
    const result = await client.load({
      measures: ['Orders.count'],
      timeDimensions: [
        {
          dimension: 'Orders.createdAt',
          granularity: 'day',
          dateRange: ['2024-01-01', '2024-01-03'],
        },
      ],
    });
    expect(result.chartPivot().map((row) => row['Orders.count'])).toEqual([1, 1, 0]);
    expect(result.tablePivot().length).toBe(3);
    const sql = await client.sql({ measures: ['Orders.count'] });
    expect(sql.sql()).toContain('WHERE (user_id = $1 AND ');
    const meta = await client.meta();
    expect(meta.cubes[0]!.name).toBe('Orders');
    const dry = await client.dryRun({ measures: ['Orders.count'] });
    expect(dry.queryType).toBe('regularQuery');
    expect(asked).toBeGreaterThan(2);
    await expect(client.load({ measures: ['Orders.nope'] })).rejects.toThrow('Orders.nope');
  });
});

test('the JavaScript client of 2020 works unchanged', async () => {
  const running = await start();
  const token = await sign({ u: { id: 42 } });
  const old = await clientOf2020();
  const client = old(token, { apiUrl: `${running.url}/cubejs-api/v1` });
  const result = await client.load({
    measures: ['Orders.count'],
    timeDimensions: [
      {
        dimension: 'Orders.createdAt',
        granularity: 'day',
        dateRange: ['2024-01-01', '2024-01-03'],
      },
    ],
  });
  expect(result.chartPivot().map((row) => row['Orders.count'])).toEqual([1, 1, 0]);
  expect((await client.sql({ measures: ['Orders.count'] })).sql()).toContain(
    'WHERE (user_id = $1 AND ',
  );
  await running.server.close();
});

describe('tenants', () => {
  test('hooks decide, and one that throws or hangs costs its own request', async () => {
    const running = await start({
      checkAuth: (request, authorization) => {
        if (authorization === 'bad') throw new Error('denied');
        request.securityContext = { id: Number(authorization) };
      },
      contextToAppId: (context) => {
        if (context.securityContext['id'] === 13) return new Promise<string>(() => undefined);
        return `app-${String(context.securityContext['id'])}`;
      },
      queryRewrite: (query) => ({
        ...query,
        filters: [{ member: 'Orders.status', operator: 'equals', values: ['new'] }],
      }),
      limits: { hookTimeoutMs: 200 },
    });
    expect((await running.get(load(count), '42')).body.data).toEqual([{ 'Orders.count': '1' }]);
    expect((await running.get(load(count), 'bad')).status).toBe(403);
    expect((await running.get(load(count), '13')).status).toBe(500);
    expect((await running.get(load(count), '7')).body.data).toEqual([{ 'Orders.count': '1' }]);
    await running.server.close();
  });

  test('a schema that reads the compile context is compiled for each tenant, another once for all', async () => {
    const files = {
      shared: schema,
      own: [
        {
          fileName: 'T.js',
          content:
            "cube('T', { sql: `SELECT '${COMPILE_CONTEXT.securityContext.id}' AS tenant`, dimensions: { tenant: { type: 'string', sql: 'tenant' } } });",
        },
      ],
    };
    const running = await start({
      contextToAppId: (context) => String(context.securityContext['id']),
      repositoryFactory: (context) => ({
        dataSchemaFiles: async () => files[context.securityContext['own'] ? 'own' : 'shared'],
      }),
    });
    const tenant = async (id: number) =>
      (await running.get(load({ dimensions: ['T.tenant'] }), await sign({ id, own: true }))).body
        .data;
    expect(await Promise.all([tenant(1), tenant(2)])).toEqual([
      [{ 'T.tenant': '1' }],
      [{ 'T.tenant': '2' }],
    ]);
    expect((await running.get(load(count), await sign({ id: 42 }))).body.data).toEqual([
      { 'Orders.count': '2' },
    ]);
    await running.server.close();
  });

  test('a slow query is told to ask again, and equal ones run once', async () => {
    let runs = 0;
    const inner = ordersDriver();
    const running = await start({
      limits: { continueWaitMs: 50 },
      driverFactory: () => ({
        dialect: 'duckdb',
        query: async (sql, params, options) => {
          runs++;
          await new Promise((resolve) => setTimeout(resolve, 400));
          return inner.query(sql, params, options);
        },
        close: () => inner.close(),
      }),
    });
    const token = await sign({ u: { id: 42 } });
    const first = await running.get(load(count), token);
    expect(first).toMatchObject({ status: 200, body: { error: 'Continue wait' } });
    const client = cubejs(token, { apiUrl: `${running.url}/cubejs-api/v1` });
    expect((await client.load({ measures: ['Orders.count'] })).rawData()).toEqual([
      { 'Orders.count': '2' },
    ]);
    expect(runs).toBe(1);
    await running.server.close();
  });
});

test('development mode needs no token, and refuses a bad one', async () => {
  const running = await start({ devMode: true });
  expect((await running.get(load(count))).body.data).toEqual([{ 'Orders.count': '4' }]);
  expect((await running.get(load(count), 'garbage')).status).toBe(403);
  await running.server.close();
  await running.server.close();
});

test('everything that is wrong at start is told at once', async () => {
  await expect(
    start({
      apiSecret: [],
      prt: 1,
      port: 99_999,
      basePath: 'x',
      limits: { concurency: 1 } as never,
    } as never),
  ).rejects.toThrow(
    /prt[\s\S]*concurency; did you mean 'concurrency'[\s\S]*apiSecret[\s\S]*basePath[\s\S]*port/,
  );
});
