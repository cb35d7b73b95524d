import { afterAll, beforeAll, expect, test } from 'vitest';
import { load, sign, start, type Running } from './support.ts';

let running: Running;
beforeAll(async () => {
  running = await start({});
});
afterAll(() => running.server.close());

/** Hours of December, 744 for each of so many years. */
function hours(years: number) {
  const ranges = Array.from({ length: years }, (_, index) => [
    `${1950 + index}-12-01`,
    `${1950 + index}-12-31`,
  ]);
  return {
    measures: ['Orders.count'],
    timeDimensions: [
      {
        dimension: 'Orders.createdAt',
        granularity: 'hour',
        compareDateRange: ranges,
        fillMissingDates: true,
      },
    ],
  };
}

test('the queries of a request share one budget of periods', async () => {
  const token = await sign({});
  const asked = async (years: number) => {
    const path = load(hours(years)).replace('/load?', '/dry-run?');
    return running.get(`${path}&queryType=multi`, token);
  };
  expect((await asked(26)).status).toBe(200);
  const refused = await asked(27);
  expect(refused.status).toBe(400);
  expect(refused.body.error).toContain(
    'the request needs 20088 rows of periods, and 20000 are the limit',
  );
});
