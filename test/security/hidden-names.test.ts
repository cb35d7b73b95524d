import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { compileSchema, QueryError, SecurityContextError, type Schema } from '../../src/index.ts';
import { visibleQuery } from '../../src/server/query/visible-query.ts';
import { createDuckDbDriver } from '../../src/drivers/index.ts';
import { capturingLog, sign, start, type Running } from '../server/support.ts';
import { hiddenFiles, hiddenName } from './hidden-names.data.ts';

type Query = Record<string, unknown>;

const claims = { groups: ['guests'], broken: ['1', '2'], name: 'a; b', role: ['x', 'y'] };
const visible = {
  measures: [
    'Orders.count',
    'Orders.revenue',
    'Orders.perPay',
    'Orders.perDenied',
    'Orders.mixed',
    'Orders.calls',
    'Orders.column',
    'Orders.many',
    'Orders.lost',
    'Orders.far',
    'Orders.approximate',
    'Orders.rolling',
    'Orders.staged',
    'Orders.ranked',
    'Orders.grouped',
    'Orders.shifted',
    'Orders.ofMasked',
    'Users.count',
    'Users.orders',
    'Items.count',
    'Cities.count',
    'Guarded.count',
    'Unsafe.count',
    'Sales.count',
    'Sales.payments',
    'Sales.perPay',
  ],
  dimensions: [
    'Orders.id',
    'Orders.status',
    'Orders.at',
    'Orders.masked',
    'Orders.paid',
    'Orders.keyless',
    'Orders.claimed',
    'Orders.pushed',
    'Orders.city',
    'Users.name',
    'Users.bought',
    'Items.id',
    'Cities.name',
    'Sales.status',
    'Sales.town',
    'Sales.masked',
    'Sales.at',
  ],
  segments: ['Orders.late', 'Sales.late'],
};
const hidden = {
  measures: [
    'Orders.zqTotal',
    'Orders.zqSum',
    'ZqPay.count',
    'ZqPay.total',
    'ZqDenied.count',
    'ZqAlone.count',
    'Sales.zqTotalPaid',
    'Sales.zqRights',
    'Sales.zqSum',
    'ZqView.count',
  ],
  dimensions: [
    'Orders.zqPrivate',
    'Orders.zqPolicy',
    'Orders.zqTime',
    'ZqPay.id',
    'ZqPay.zqAmount',
    'ZqDenied.id',
    'Sales.zqPolicy',
    'Sales.zqPrivate',
  ],
  segments: ['Orders.zqSegment', 'Sales.zqSegment', 'ZqPay.zqSegment'],
};

/** As the schema has it, with a letter less, and with one that is another. */
const misspelt = (name: string) =>
  fc.constantFrom(name, name.slice(0, -1), `${name}x`, name.replace(/.$/, 'e'));

function names(kind: keyof typeof visible) {
  return fc.oneof(
    fc.constantFrom(...visible[kind]),
    fc.constantFrom(...hidden[kind]).chain(misspelt),
    fc.constantFrom(...visible[kind]).chain(misspelt),
  );
}

const anyName = fc.oneof(names('measures'), names('dimensions'), names('segments'));
const cubes = fc.constantFrom(
  'Orders',
  'Users',
  'Cities',
  'Items',
  'ZqPay',
  'ZqLeft',
  'ZqRight',
  'ZqDenied',
  'ZqPey',
  'Order',
  'Sales',
  'ZqView',
);
const few = <T>(item: fc.Arbitrary<T>, maxLength = 2) => fc.array(item, { maxLength });
const leaf = fc.record(
  {
    member: anyName,
    operator: fc.constantFrom(
      'equals',
      'set',
      'contains',
      'gt',
      'measureFilter',
      'inDateRange',
      'equal',
    ),
    values: few(fc.constantFrom('a', '1', '2024-01-01', null)),
  },
  { requiredKeys: ['member', 'operator'] },
);
const query: fc.Arbitrary<Query> = fc.record(
  {
    measures: few(names('measures')),
    dimensions: few(
      fc.oneof(
        names('dimensions'),
        fc.constantFrom(
          'Orders.zqTime.zqWeek',
          'Orders.zqTime.zqWeak',
          'Orders.at.zqWeek',
          'Orders.at.day',
        ),
      ),
    ),
    segments: few(names('segments'), 1),
    timeDimensions: few(
      fc.record({
        dimension: fc.oneof(
          fc.constantFrom('Orders.at', 'Sales.at', 'Orders.zqTime'),
          names('dimensions'),
        ),
        granularity: fc.constantFrom('day', 'zqWeek', 'zqWeak', null),
        dateRange: fc.constantFrom(undefined, ['2024-01-01', '2024-01-03'], 'last week'),
      }),
      1,
    ),
    filters: few(fc.oneof(leaf, fc.record({ or: few(leaf) }), fc.record({ and: few(leaf) }))),
    order: fc.oneof(
      fc.dictionary(anyName, fc.constantFrom('asc', 'desc'), { maxKeys: 1 }),
      few(fc.tuple(anyName, fc.constant('asc')), 1),
    ),
    joinHints: few(few(cubes, 3), 1),
    ungrouped: fc.boolean(),
    total: fc.boolean(),
  },
  { requiredKeys: [] },
);

/** What else a query has, so that each kind of plan is made. */
const extras: readonly Query[] = [
  {},
  {
    segments: ['Orders.late'],
    filters: [{ member: 'Orders.count', operator: 'gt', values: ['1'] }],
  },
  {
    timeDimensions: [
      { dimension: 'Orders.at', granularity: 'day', dateRange: ['2024-01-01', '2024-01-02'] },
    ],
  },
  {
    timeDimensions: [{ dimension: 'Sales.at', granularity: 'day' }],
    order: { 'Orders.status': 'asc' },
  },
  { ungrouped: true, joinHints: [['Orders', 'Users']] },
];

/** Where messages name cubes and members behind those that were asked for. */
const tellingCodes = [
  'context/list-not-supported',
  'context/missing-claim',
  'context/unsafe-text',
  'query/access-denied',
  'query/ambiguous-join-path',
  'query/mixed-measure',
  'query/multi-stage',
  'query/multiplied-measure',
  'query/no-join-path',
  'query/no-primary-key',
  'query/rolling-window',
  'query/ungrouped-without-key',
];

/** The query with other names, which do not exist, in the place of those that are hidden: as far from all that is visible. */
const unlike = (text: string) =>
  text.replaceAll('zq', 'xw').replaceAll('Zq', 'Xw').replaceAll('ZQ', 'XW');

/** What the text says of hidden names beside what the query itself says. */
function leaked(text: string, asked: Query): boolean {
  const said = new Set(JSON.stringify(asked).match(/\w*zq\w*/gi) ?? []);
  return (text.match(/\w*zq\w*/gi) ?? []).some((word) => !said.has(word));
}

describe('what a user may not see is named nowhere', () => {
  let schema: Schema;
  let server: Running;
  let token = '';
  const log = capturingLog();
  beforeAll(async () => {
    schema = await compileSchema({ files: hiddenFiles }, { dialect: 'duckdb' });
    server = await start({
      logger: log.logger,
      repositoryFactory: () => ({
        dataSchemaFiles: async () =>
          hiddenFiles.map(({ path, content }) => ({ fileName: path, content })),
      }),
      driverFactory: () => createDuckDbDriver(),
    });
    token = await sign({ u: claims });
  });
  afterAll(async () => {
    await server.server.close();
    await schema.close();
  });

  /** What the library tells; the SQL itself is not for users. */
  async function told(asked: Query): Promise<string> {
    const texts: unknown[] = [];
    for (const ask of [
      async () => (await schema.generateSql(asked, { securityContext: claims })).columns,
      async () => schema.dataSource(asked, { securityContext: claims }),
    ]) {
      const answer = await ask().catch((error: unknown) => {
        if (error instanceof QueryError)
          return [error, error.message, error.stack?.split('\n    at ')[0]];
        if (error instanceof SecurityContextError) return [error, error.message];
        throw error;
      });
      texts.push(answer);
    }
    return JSON.stringify(texts);
  }

  async function answer(path: string): Promise<{ status: number; body: Query }> {
    // A connection that rests while a property works is closed at any moment.
    const headers = { authorization: token, connection: 'close' };
    const response = await fetch(server.url + path, { headers });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, body: isJson ? (JSON.parse(text) as Query) : { text } };
  }

  async function served(route: string, asked: Query): Promise<string> {
    const { status, body } = await answer(
      `/cubejs-api/v1/${route}?query=${encodeURIComponent(JSON.stringify(asked))}`,
    );
    const { requestId: _id, lastRefreshTime: _time, ...rest } = body;
    if (route === 'sql' && status === 200) delete (rest['sql'] as Query)['sql'];
    if (route === 'sql' && status === 200) delete (rest['sql'] as Query)['hash'];
    return JSON.stringify([status, rest]);
  }

  test('in meta, of a user or of nobody but for policies', async () => {
    expect(JSON.stringify(schema.meta({ securityContext: claims }))).not.toMatch(hiddenName);
    expect(JSON.stringify(schema.meta())).not.toMatch(
      /ZqPay|ZqLeft|zqPrivate|zqTotal"|ZqView|ZqFile/,
    );
    const { body } = await answer('/cubejs-api/v1/meta');
    expect(JSON.stringify(body)).not.toMatch(hiddenName);
    expect(JSON.stringify(body)).toContain('"Sales.payments"');
    for (const path of ['/cubejs-api/v1/openapi.json', '/metrics', '/cubejs-api/v1/nothing']) {
      expect(JSON.stringify((await answer(path)).body)).not.toMatch(hiddenName);
    }
  });

  test('in any answer of the library to any query, which is the same for a name that does not exist', async () => {
    await fc.assert(
      fc.asyncProperty(query, async (asked) => {
        const text = await told(asked);
        expect(leaked(text, asked), text).toBe(false);
        const other = JSON.parse(unlike(JSON.stringify(asked))) as Query;
        expect(unlike(text)).toBe(await told(other));
      }),
      { numRuns: 800 },
    );
  }, 300_000);

  test('in any refusal of members that are visible, for what stands behind them', async () => {
    const codes = new Set<string>();
    const lists = (items: readonly string[]) => [[], ...items.map((item) => [item])];
    for (const measures of lists(visible.measures)) {
      for (const dimensions of lists(visible.dimensions)) {
        for (const more of extras) {
          const asked = { measures, dimensions, ...more };
          const text = await told(asked);
          expect(leaked(text, asked), text).toBe(false);
          for (const [code] of text.matchAll(/(query|context)\/[a-z-]+/g)) codes.add(code);
        }
      }
    }
    // They come to where names are told.
    for (const code of tellingCodes) expect([...codes]).toContain(code);
  }, 300_000);

  test('in any answer of the server', async () => {
    await fc.assert(
      fc.asyncProperty(query, fc.constantFrom('load', 'sql', 'dry-run'), async (asked, route) => {
        const text = await served(route, asked);
        expect(leaked(text, asked), text).toBe(false);
        const other = JSON.parse(unlike(JSON.stringify(asked))) as Query;
        expect(unlike(text)).toBe(await served(route, other));
      }),
      { numRuns: 150 },
    );
    for (const measure of visible.measures) {
      for (const route of ['load', 'sql', 'dry-run']) {
        for (const more of extras) {
          const asked = { measures: [measure], ...more };
          expect(leaked(await served(route, asked), asked), measure).toBe(false);
        }
      }
    }
  }, 300_000);

  test('but the operator is told: in the detail of an error, and in the log', async () => {
    const asked = {
      dimensions: ['Orders.zqPolicy', 'Orders.zqPrivate', 'ZqDenied.id', 'ZqPay.id'],
    };
    const error = await refused(asked);
    const isPublic = 'only cubes and members that are public can be asked for';
    expect(error.detail).toEqual([
      {
        code: 'query/access-denied',
        path: 'dimensions[0]',
        message: 'Orders.zqPolicy is hidden by the access policies of Orders',
      },
      {
        code: 'query/hidden-member',
        path: 'dimensions[1]',
        message: `Orders.zqPrivate is hidden; ${isPublic}`,
      },
      {
        code: 'query/access-denied',
        path: 'dimensions[2]',
        message: 'ZqDenied is not shown: no access policy of ZqDenied covers this user',
      },
      {
        code: 'query/hidden-member',
        path: 'dimensions[3]',
        message: `ZqPay is hidden; ${isPublic}`,
      },
    ]);
    // A serializer, a copy and a logger see what users see.
    expect(JSON.stringify({ ...error })).not.toContain('hidden by');
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('hidden by');
    log.lines.length = 0;
    await served('load', asked);
    await vi.waitFor(() =>
      expect(log.lines.join('')).toContain('Orders.zqPolicy is hidden by the access policies of'),
    );
    const keyless = await refused({ dimensions: ['Users.bought'] });
    expect(keyless.detail[0]!.message).toContain('declare one in ZqFolder/ZqFile.js: ');
    expect(keyless.message).toContain('which needs a primary key for it; declare one: ');
    const far = await refused({ dimensions: ['Orders.keyless'] });
    expect(far.message).toContain('no cube reaches a cube that is not shown, Orders');
    expect(far.detail[0]!.message).toContain('no cube reaches ZqKeyless, Orders');
  });

  async function refused(asked: Query): Promise<QueryError> {
    const error: unknown = await schema
      .generateSql(asked, { securityContext: claims })
      .catch((caught: unknown) => caught);
    if (error instanceof QueryError) return error;
    throw error;
  }

  test('in the error of a policy that cannot compare a claim', async () => {
    const error: unknown = await schema
      .generateSql(
        { measures: ['Orders.count'] },
        { securityContext: { ...claims, groups: ['broken'] } },
      )
      .catch((caught: unknown) => caught);
    if (!(error instanceof SecurityContextError)) throw error;
    expect(error.code).toBe('context/bad-policy-value');
    expect(error.message).not.toMatch(hiddenName);
    expect(error.detail).toContain('cannot compare Orders.zqNumber by gt');
  });

  test('the log has no value of a query', async () => {
    log.lines.length = 0;
    const filters = [{ member: 'Orders.id', operator: 'gt', values: ['a secret value'] }];
    await served('load', { measures: ['ZqPay.count'], filters });
    await vi.waitFor(() => expect(log.lines.join('')).toContain('withheld'));
    expect(log.lines.join('')).not.toContain('a secret value');
  });
});

test('a query is repeated without what a hook has put into it that the user may not see', () => {
  const status = { member: 'Orders.status', operator: 'set' };
  const added = { member: 'Orders.zq', operator: 'equals', values: ['acme'] };
  const own = {
    measures: ['Orders.count'],
    dimensions: [],
    segments: [],
    timeDimensions: [],
    limit: 1,
    rowLimit: 1,
    timezone: 'UTC',
    filters: [status],
    order: [{ id: 'Orders.count', desc: true }],
  };
  const seen = new Set(['Orders.count', 'Orders.status']);
  expect(visibleQuery(own, seen)).toBe(own);
  const rewritten = {
    ...own,
    segments: ['Orders.zq'],
    filters: [added, status, { or: [added, status] }, { and: [added, status] }],
    order: [...own.order, { id: 'Orders.zq', desc: true }],
  };
  expect(visibleQuery(rewritten, seen)).toEqual({ ...own, filters: [status, { and: [status] }] });
});
