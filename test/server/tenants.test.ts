import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { createDuckDbDriver, type Driver } from '../../src/drivers/index.ts';
import { compileSchema } from '../../src/index.ts';
import { capturingLog, load, ordersDriver, sign, start } from './support.ts';

const count = { measures: ['Orders.count'] };
const twoSources = [
  {
    fileName: 'Two.js',
    content: `cube('Orders', { sql: 'SELECT * FROM orders', measures: { count: { type: 'count' } } });
      cube('Leads', { dataSource: 'crm', sql: 'SELECT * FROM leads', measures: { count: { type: 'count' } } });
      cube('Both', { dataSource: 'crm', sql: \`SELECT * FROM \${Orders.sql()} AS o\`, measures: { count: { type: 'count' } } });`,
  },
];
const files = (list: readonly { fileName: string; content: string }[]) => () => ({
  dataSchemaFiles: async () => list,
});

/** A database whose only order is of this amount; counts its runs. */
function databaseOf(amount: number) {
  const inner = createDuckDbDriver({
    setup: [`CREATE TABLE orders AS SELECT ${amount} AS amount, 42 AS user_id`],
  });
  const seen = { runs: 0, most: 0, now: 0 };
  const driver: Driver = {
    dialect: 'duckdb',
    query: async (sql, params, options) => {
      seen.runs++;
      seen.most = Math.max(seen.most, ++seen.now);
      await new Promise((resolve) => setTimeout(resolve, 50));
      return inner.query(sql, params, options).finally(() => seen.now--);
    },
    close: () => inner.close(),
  };
  return { driver, seen };
}

describe('results', () => {
  const revenue = { measures: ['Orders.revenue'] };

  test('are shared when statement, values and database are equal, and not otherwise', async () => {
    const databases = new Map(['a', 'b'].map((name, index) => [name, databaseOf(index + 1)]));
    const running = await start({
      contextToAppId: ({ securityContext }) => String(securityContext['app']),
      driverFactory: ({ securityContext }) => databases.get(String(securityContext['db']))!.driver,
    });
    const ask = async (app: string, db: string, id: unknown) =>
      (await running.get(load(revenue), await sign({ app, db, id }))).body.data[0][
        'Orders.revenue'
      ];
    expect(await Promise.all([ask('1', 'a', 42), ask('2', 'b', 42)])).toEqual(['1', '2']);
    expect(databases.get('a')!.seen.runs).toBe(1);
    // Another tenant of the same database.
    expect(await ask('3', 'a', 42)).toBe('1');
    expect(databases.get('a')!.seen.runs).toBe(1);
    // Another user, and one whose id is a text.
    expect([await ask('1', 'a', 7), await ask('1', 'a', '42')]).toEqual([null, '1']);
    expect(databases.get('a')!.seen.runs).toBe(3);
    await running.server.close();
  });

  test('are kept within a bound in bytes', async () => {
    const { driver, seen } = databaseOf(1);
    const running = await start({
      driverFactory: () => driver,
      limits: { resultCacheBytes: 1_000 },
    });
    const ask = async (id: number) => running.get(load(revenue), await sign({ id }));
    for (const id of [1, 2, 1]) await ask(id);
    expect(seen.runs).toBe(3);
    await ask(1);
    expect(seen.runs).toBe(3);
    await running.server.close();
  });

  test('come from so many statements at once, whatever tenants ask', async () => {
    const { driver, seen } = databaseOf(1);
    const running = await start({
      contextToAppId: ({ securityContext }) => String(securityContext['id']),
      driverFactory: () => driver,
      limits: { concurrency: 2 },
    });
    const tokens = await Promise.all([1, 2, 3, 4, 5, 6].map((id) => sign({ id })));
    await Promise.all(tokens.map((token) => running.get(load(revenue), token)));
    expect(seen).toMatchObject({ runs: 6, most: 2 });
    await running.server.close();
  });
});

describe('data sources', () => {
  test('each has a driver of its own, and one query is of one of them', async () => {
    const asked: string[] = [];
    const running = await start({
      repositoryFactory: files(twoSources),
      driverFactory: ({ dataSource }) => {
        asked.push(dataSource);
        return dataSource === 'crm'
          ? createDuckDbDriver({ setup: ['CREATE TABLE leads AS SELECT * FROM range(3)'] })
          : ordersDriver();
      },
    });
    const token = await sign({});
    const leads = await running.get(load({ measures: ['Leads.count'] }), token);
    expect(leads.body).toMatchObject({ dataSource: 'crm', data: [{ 'Leads.count': '3' }] });
    expect((await running.get(load(count), token)).body.data).toEqual([{ 'Orders.count': '4' }]);
    expect(asked).toEqual(['crm', 'default']);
    const both = await running.get(load({ measures: ['Both.count'] }), token);
    expect(both).toMatchObject({ status: 400, body: { code: 'query/several-data-sources' } });
    expect(both.body.error).toContain('Both (crm), Orders (default)');
    await running.server.close();
  });

  test('one that nobody has configured is an error of the server', async () => {
    const running = await start({
      repositoryFactory: files(twoSources),
      driverFactory: undefined as never,
    });
    const { status, body } = await running.get(load({ measures: ['Leads.count'] }), await sign({}));
    expect([status, body.error]).toEqual([500, 'the data source of this query is not configured']);
    await running.server.close();
  });

  test('are told by a schema without a server', async () => {
    await using schema = await compileSchema({
      files: twoSources.map(({ fileName, content }) => ({ path: fileName, content })),
    });
    expect(schema.dataSource({ measures: ['Leads.count'] })).toBe('crm');
    await expect(schema.generateSql({ measures: ['Both.count'] })).rejects.toThrow(
      'ask each data source in a query of its own',
    );
  });

  test('a dialect can be of the tenant', async () => {
    const running = await start({
      contextToAppId: () => 'one',
      dialect: ({ securityContext }) => (securityContext['old'] ? 'mysql' : 'duckdb'),
    });
    const sql = async (claims: object) =>
      (await running.get(load(count).replace('/load', '/sql'), await sign(claims))).body.sql.sql[0];
    expect(await sql({ old: true, id: 42 })).toContain('`orders.count`');
    expect(await sql({ id: 42 })).toContain('"orders.count"');
    await running.server.close();
  });
});

describe('a hook whose answer is kept for everybody', () => {
  test.for(['driverFactory', 'repositoryFactory'] as const)(
    '%s reads no claim unless something tells tenants apart',
    async (name) => {
      const { lines, logger } = capturingLog();
      const reading = {
        driverFactory: ({ securityContext }: { securityContext: object }) =>
          'id' in securityContext ? ordersDriver() : ordersDriver(),
        repositoryFactory: ({ authInfo }: { authInfo: object | null }) =>
          files(authInfo ? twoSources : [])(),
      };
      const running = await start({ logger, [name]: reading[name] });
      const token = await sign({ id: 42 });
      expect((await running.get(load(count), token)).status).toBe(500);
      expect(lines.join('')).toContain(`the hook ${name} reads`);
      await running.server.close();
      const told = await start({ [name]: reading[name], contextToAppId: () => 'one' });
      expect((await told.get(load(count), token)).status).toBe(200);
      await told.server.close();
    },
  );

  test('an id of a tenant is a text', async () => {
    const running = await start({ contextToAppId: () => undefined as never });
    expect((await running.get(load(count), await sign({}))).status).toBe(500);
    await running.server.close();
  });
});

describe('the audit record', () => {
  interface Record {
    msg: string;
    who: string | null;
    refused: string | null;
    status: number;
    milliseconds: number;
    queries: { members: string[]; filters: object[]; sqlHash: string; dataSource: string }[];
  }

  test('is written once for each request, and says who asked what under which filters', async () => {
    const { lines, logger } = capturingLog();
    const running = await start({ logger });
    const query = {
      measures: ['Orders.count'],
      filters: [{ or: [{ member: 'Orders.status', operator: 'equals', values: ['hush'] }] }],
    };
    await running.get(load(query), await sign({ u: { id: 4711 } }));
    await running.get(load(query), await sign({ u: { id: 4711 } }, undefined, '2h'));
    await running.get(load(query), await sign({ u: { id: 4712 } }));
    await running.get(load(query), 'not a token');
    await running.get(load({ measures: ['Orders.cuont'] }), await sign({ u: { id: 4711 } }));
    await running.get('/cubejs-api/v1/meta', await sign({ u: { id: 4711 } }));
    await running.get('/a/path/of/an/attacker', await sign({}));
    await running.server.close();
    const records = lines
      .map((line) => JSON.parse(line) as Record)
      .filter((record) => record.msg === 'request');
    expect(records.map(({ status, refused }) => [status, refused])).toEqual([
      [200, null],
      [200, null],
      [200, null],
      [403, 'ERR_JWS_INVALID'],
      [400, 'query/unknown-member'],
      [200, null],
      [404, 'there is no such route'],
    ]);
    const [first, second, third, bad] = records;
    expect(first!.queries).toEqual([
      {
        members: ['Orders.count', 'Orders.status'],
        filters: [{ member: 'Orders', claim: 'id', applied: 'bound', status: 'ok' }],
        dataSource: 'default',
        sqlHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
    ]);
    expect(first!.who).toMatch(/^[0-9a-f]{32}$/);
    expect(second!.who).toBe(first!.who);
    expect(third!.who).not.toBe(first!.who);
    expect(bad).toMatchObject({ who: null, queries: [] });
    expect(first!.milliseconds).toBeGreaterThan(0);
    expect(lines.join('')).not.toMatch(/4711|4712|hush|attacker/);
  });
});

describe('a schema that reads the compile context', () => {
  const reading = (sql: string) => ({
    fileName: 'T.js',
    content: `cube('T', { sql: \`${sql}\`, dimensions: { x: { type: 'string', sql: 'x' } } });`,
  });
  const asked = load({ dimensions: ['T.x'] });

  /** How often files are evaluated: a host function counts them. */
  async function startCounting(file: { fileName: string; content: string }) {
    let compiles = 0;
    const counter = {
      fileName: 'Counter.js',
      content: 'asyncModule(async () => { await evaluated({}); });',
    };
    const running = await start({
      repositoryFactory: files([file, counter]),
      contextToAppId: ({ securityContext }) => String(securityContext['id']),
      sandbox: { timeoutMs: 20_000, functions: { evaluated: () => void compiles++ } },
    });
    const ask = async (claims: object): Promise<unknown> =>
      (await running.get(asked, await sign(claims))).body.data?.[0]['T.x'];
    return { ask, compiles: () => compiles, close: () => running.server.close() };
  }

  test('is shared by those whose contexts are equal where it reads them', async () => {
    const { ask, compiles, close } = await startCounting(
      reading("SELECT '${COMPILE_CONTEXT.securityContext.role}' AS x"),
    );
    const answers = await Promise.all(
      [1, 2, 3].flatMap((id) => [ask({ id, role: 'admin' }), ask({ id: id + 10, role: 'user' })]),
    );
    expect(answers).toEqual(['admin', 'user', 'admin', 'user', 'admin', 'user']);
    expect(compiles()).toBe(2);
    // Absent is not null, and neither is a text.
    expect(await ask({ id: 20 })).toBe('undefined');
    expect(await ask({ id: 21, role: null })).toBe('null');
    expect(await ask({ id: 22, role: 'null' })).toBe('null');
    expect(compiles()).toBe(5);
    expect(await ask({ id: 23, role: 'admin' })).toBe('admin');
    expect(compiles()).toBe(5);
    await close();
  });

  test('is shared by nobody when it reads who asks, and by all when it reads nothing', async () => {
    const own = await startCounting(
      reading("SELECT '${Object.values(COMPILE_CONTEXT.securityContext).join()}' AS x"),
    );
    expect(await Promise.all([own.ask({ id: 1 }), own.ask({ id: 2 })])).toEqual([
      expect.stringContaining('1'),
      expect.stringContaining('2'),
    ]);
    expect(own.compiles()).toBe(2);
    await own.close();
    const all = await startCounting(reading("SELECT 'COMPILE_CONTEXT' AS x"));
    await Promise.all([1, 2, 3].map((id) => all.ask({ id })));
    expect(all.compiles()).toBe(1);
    await all.close();
  });

  test('is told of nobody else by values that are evaluated for each user', async () => {
    const { ask, compiles, close } = await startCounting(
      reading(
        "SELECT '${SECURITY_CONTEXT.names.unsafeValue().map((name) => name + COMPILE_CONTEXT.securityContext.suffix)}' AS x",
      ),
    );
    expect(await ask({ id: 1, names: ['a'], suffix: '1' })).toBe('a1');
    expect(await ask({ id: 2, names: ['a'], suffix: '2' })).toBe('a2');
    expect(await ask({ id: 1, names: ['a'], suffix: '1' })).toBe('a1');
    expect(compiles()).toBeLessThan(12);
    await close();
  });

  test('fails for those alone whose context makes it fail', async () => {
    const { ask, close } = await startCounting(
      reading("SELECT '${COMPILE_CONTEXT.securityContext.role === 'bad' ? null.x : 'fine'}' AS x"),
    );
    expect(await Promise.all([ask({ id: 1, role: 'bad' }), ask({ id: 2, role: 'good' })])).toEqual([
      undefined,
      'fine',
    ]);
    await close();
  });
});

test('a reload serves what has been changed, added and removed, once all of it compiles', async () => {
  const schemaPath = mkdtempSync(path.join(tmpdir(), 'cubewright-reload-'));
  const write = (name: string, content: string): void =>
    writeFileSync(path.join(schemaPath, `${name}.js`), content);
  const cube = (name: string, value: string, more = '') =>
    `cube('${name}', { ${more} sql: "SELECT ${value} AS x", dimensions: { x: { type: 'string', sql: 'x' } } });`;
  for (let n = 0; n < 6; n++) write(`Quiet${n}`, cube(`Quiet${n}`, "'quiet'"));
  write('Base', cube('Base', "'base'"));
  write('Child', "cube('Child', { extends: Base });");
  const running = await start({
    repositoryFactory: undefined as never,
    schemaPath,
    sandbox: { timeoutMs: 20_000 },
  });
  const token = await sign({});
  const ask = async (name: string): Promise<unknown> =>
    (await running.get(load({ dimensions: [`${name}.x`] }), token)).body.data?.[0][`${name}.x`];
  await running.server.reload();
  expect(await Promise.all(['Child', 'Quiet0', 'Added'].map(ask))).toEqual([
    'base',
    'quiet',
    undefined,
  ]);
  write('Base', cube('Base', "'changed'"));
  write('Added', cube('Added', "'added'"));
  await running.server.reload();
  expect(await Promise.all(['Child', 'Quiet0', 'Added'].map(ask))).toEqual([
    'changed',
    'quiet',
    'added',
  ]);
  // What does not compile is told, and the last good schema is served on.
  write('Added', "cube('Added', {");
  write('Base', cube('Base', "'unseen'"));
  await expect(running.server.reload()).rejects.toThrow('Added.js');
  expect(await Promise.all(['Child', 'Added'].map(ask))).toEqual(['changed', 'added']);
  rmSync(path.join(schemaPath, 'Added.js'));
  // Two at once come to the same end as one after the other.
  const first = running.server.reload();
  write('Base', cube('Base', "'last'"));
  await Promise.all([first, running.server.reload()]);
  expect(await Promise.all(['Child', 'Added'].map(ask))).toEqual(['last', undefined]);
  await running.server.close();
  rmSync(schemaPath, { recursive: true });
});
