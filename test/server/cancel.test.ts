import cubejs from '@cubejs-client/core';
import { expect, test } from 'vitest';
import { DriverError, type Driver } from '../../src/drivers/index.ts';
import { capturingLog, clientOf2020, load, ordersDriver, sign, start } from './support.ts';

const count = { measures: ['Orders.count'] };
const slow = { measures: ['Slow.count'] };
/** More pairs than a machine counts in an hour. */
const schema = [
  {
    fileName: 'Slow.js',
    content: `cube('Slow', {
      sql: 'SELECT 1 AS one FROM range(10000000) AS a, range(10000000) AS b WHERE a.range * b.range = -1',
      measures: { count: { type: 'count' } },
    });
    cube('Orders', { sql: 'SELECT * FROM orders', measures: { count: { type: 'count' } } });`,
  },
];
const repositoryFactory = () => ({ dataSchemaFiles: async () => schema });

/** DuckDB, and how each of its runs has ended; one that is not slow takes `delayMs` longer. */
function watchedDriver(delayMs = 0) {
  const inner = ordersDriver();
  const ends: string[] = [];
  let runs = 0;
  const driver: Driver = {
    dialect: 'duckdb',
    query: async (sql, params, options) => {
      runs++;
      try {
        await new Promise((resolve) => setTimeout(resolve, delayMs));
        const result = await inner.query(sql, params, options);
        ends.push('done');
        return result;
      } catch (error) {
        ends.push(error instanceof DriverError ? error.code : String(error));
        throw error;
      }
    },
    close: () => inner.close(),
  };
  return { driver, ends, runs: () => runs };
}

async function until(check: () => boolean, milliseconds = 10_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!check()) {
    if (Date.now() > end) throw new Error('it never came to that');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('a client that goes ends what nobody else waits for, in the database too', async () => {
  const { driver, ends } = watchedDriver();
  const { lines, logger } = capturingLog();
  const running = await start({ driverFactory: () => driver, repositoryFactory, logger });
  const token = await sign({});
  const gone = new AbortController();
  const client = cubejs(token, { apiUrl: `${running.url}/cubejs-api/v1` });
  const asked = client.load(slow, { signal: gone.signal });
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(ends).toEqual([]);
  gone.abort();
  await expect(asked).rejects.toThrow();
  await until(() => ends.length > 0);
  expect(ends).toEqual(['driver/aborted']);
  await until(() => lines.some((line) => line.includes('"status":499')));
  // Its connection is free again, and nothing remembers the failure.
  expect((await running.get(load(count), token)).body.data).toEqual([{ 'Orders.count': '4' }]);
  await running.server.close();
});

test('a query that the client of 2020 has replaced by another one is cancelled', async () => {
  const { driver, ends } = watchedDriver();
  const limits = { continueWaitMs: 50, abandonedMs: 300 };
  const running = await start({ driverFactory: () => driver, repositoryFactory, limits });
  const client = (await clientOf2020())(await sign({}), { apiUrl: `${running.url}/cubejs-api/v1` });
  const mutexObj = {};
  // Replaced, it never answers.
  void client.load(slow, { mutexObj });
  await new Promise((resolve) => setTimeout(resolve, 400));
  const result = await client.load(count, { mutexObj });
  expect(result.rawData()).toEqual([{ 'Orders.count': '4' }]);
  await until(() => ends.includes('driver/aborted'));
  await running.server.close();
});

test('a client that goes ends nothing for another one', async () => {
  const { driver, ends, runs } = watchedDriver(600);
  const running = await start({ driverFactory: () => driver, repositoryFactory });
  const token = await sign({});
  const gone = new AbortController();
  const asked = fetch(running.url + load(count), {
    headers: { authorization: token },
    signal: gone.signal,
  });
  const other = running.get(load(count), token);
  await new Promise((resolve) => setTimeout(resolve, 200));
  gone.abort();
  await expect(asked).rejects.toThrow();
  expect((await other).body.data).toEqual([{ 'Orders.count': '4' }]);
  expect([runs(), ends]).toEqual([1, ['done']]);
  await running.server.close();
});

test('one that was told to wait may ask again, and gets the same run', async () => {
  const { driver, ends, runs } = watchedDriver(900);
  const limits = { continueWaitMs: 100, abandonedMs: 5_000, resultCacheMs: 0 };
  const running = await start({ driverFactory: () => driver, repositoryFactory, limits });
  const token = await sign({});
  const first = await running.get(load({ ...count, renewQuery: true }), token);
  expect(first.body.error).toBe('Continue wait');
  // The result comes while nobody waits, and is the answer to the next request, although that renews.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const second = await running.get(load({ ...count, renewQuery: true }), token);
  expect(second.body.data).toEqual([{ 'Orders.count': '4' }]);
  expect([runs(), ends]).toEqual([1, ['done']]);
  // Once it has been read it is used up.
  const third = await running.get(load({ ...count, renewQuery: true }), token);
  expect(third.body.error).toBe('Continue wait');
  const client = cubejs(token, { apiUrl: `${running.url}/cubejs-api/v1` });
  expect((await client.load(count)).rawData()).toEqual([{ 'Orders.count': '4' }]);
  expect(runs()).toBe(2);
  await running.server.close();
});

test('one that was told to wait and never asks again is not waited for', async () => {
  const { driver, ends } = watchedDriver();
  const limits = { continueWaitMs: 100, abandonedMs: 500 };
  const running = await start({ driverFactory: () => driver, repositoryFactory, limits });
  const started = performance.now();
  expect((await running.get(load(slow), await sign({}))).body.error).toBe('Continue wait');
  await until(() => ends.length > 0);
  expect(ends).toEqual(['driver/aborted']);
  expect(performance.now() - started).toBeGreaterThan(500);
  await running.server.close();
});

test('a statement that takes too long is given up, and closing waits for nobody who has gone', async () => {
  const { driver, ends } = watchedDriver();
  const limits = { queryTimeoutMs: 300, continueWaitMs: 5_000 };
  const running = await start({ driverFactory: () => driver, repositoryFactory, limits });
  expect(await running.get(load(slow), await sign({}))).toMatchObject({
    status: 504,
    body: { code: 'driver/aborted' },
  });
  expect(ends).toEqual(['driver/aborted']);
  await running.server.close();
  const lazy = await start({
    driverFactory: () => watchedDriver().driver,
    repositoryFactory,
    limits: { continueWaitMs: 100, abandonedMs: 600_000 },
  });
  await lazy.get(load(slow), await sign({}));
  const started = performance.now();
  await lazy.server.close();
  expect(performance.now() - started).toBeLessThan(5_000);
});

test('what waits for others is bounded', async () => {
  const { driver } = watchedDriver(300);
  const limits = { concurrency: 1, queuedQueries: 2 };
  const running = await start({ driverFactory: () => driver, repositoryFactory, limits });
  const token = await sign({});
  const answers = await Promise.all(
    [1, 2, 3, 4, 5].map((limit) => running.get(load({ ...count, limit }), token)),
  );
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, 200, 200, 503, 503]);
  const { body } = await running.get('/metrics');
  expect(body).toMatch(/cubewright_queries_running 0\b/);
  await running.server.close();
});
