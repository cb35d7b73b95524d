import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeQuery } from '../../../src/planner/decode-query.ts';
import { QueryError } from '../../../src/planner/query-error.ts';

const valid = {
  measures: ['Orders.count'],
  dimensions: ['Orders.status', 'Orders.createdAt.day'],
  timeDimensions: [
    { dimension: 'Orders.createdAt', granularity: 'day', dateRange: ['2024-01-01', '2024-01-31'] },
  ],
  filters: [{ or: [{ member: 'Orders.status', operator: 'equals', values: ['new'] }] }],
  order: { 'Orders.count': 'desc' },
  limit: 10,
  timezone: 'Europe/Berlin',
};

test('nothing but a QueryError is thrown, with a place for each problem', () => {
  const keys = fc.constantFrom(
    ...Object.keys(valid),
    'offset',
    'segments',
    'ungrouped',
    '__proto__',
    'x',
  );
  const mutated = fc
    .tuple(keys, fc.jsonValue({ maxDepth: 4 }))
    .map(([key, value]) => ({ ...valid, [key]: value }));
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), mutated), (query) => {
      try {
        decodeQuery(query);
      } catch (error) {
        expect(error).toBeInstanceOf(QueryError);
        const { problems } = error as QueryError;
        expect(problems.length).toBeGreaterThan(0);
        for (const problem of problems) expect(problem.code).toMatch(/^query\/[a-z-]+$/);
      }
    }),
    { numRuns: 3000 },
  );
});

test('a granularity at the end of a dimension makes a time dimension', () => {
  const { dimensions, timeDimensions } = decodeQuery({
    dimensions: ['Orders.status', 'Orders.createdAt.day'],
  });
  expect(dimensions.map((item) => item.name)).toEqual(['Orders.status']);
  expect(timeDimensions).toEqual([
    {
      name: 'Orders.createdAt',
      path: 'dimensions[1]',
      granularity: { path: 'dimensions[1]', name: 'day' },
      dateRange: null,
      fill: null,
    },
  ]);
});

test('each member is taken once', () => {
  expect(decodeQuery({ measures: ['A.b', 'A.b'] }).measures).toHaveLength(1);
});
