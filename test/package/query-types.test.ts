import { expectTypeOf, test } from 'vitest';
import type { Filter, Query, Schema, TimeDimension } from '../../src/index.ts';

test('a misspelt key of a query does not compile', () => {
  type Argument = Parameters<Schema['generateSql']>[0];
  expectTypeOf<Argument>().toEqualTypeOf<Query>();
  expectTypeOf<{ measure: string[] }>().not.toExtend<Query>();
  // @ts-expect-error `measure` is no key of a query
  const misspelt: Query = { measure: ['Orders.count'] };
  // @ts-expect-error `granularty` is no key of a time dimension
  const time: TimeDimension = { dimension: 'Orders.createdAt', granularty: 'day' };
  // @ts-expect-error `equal` is no operator
  const filter: Filter = { member: 'Orders.status', operator: 'equal', values: ['new'] };
  expectTypeOf([misspelt, time, filter]).toBeArray();
});

test('every shape of a query compiles', () => {
  const query: Query = {
    measures: ['Orders.count'],
    dimensions: ['Orders.createdAt.month'],
    segments: ['Orders.paid'],
    timeDimensions: [{ dimension: 'Orders.createdAt', granularity: null, dateRange: 'last week' }],
    filters: [
      { or: [{ member: 'Orders.status', operator: 'set' }, { and: [] }] },
      { dimension: 'Orders.status', operator: 'equals', values: ['new', null] },
    ],
    order: [['Orders.count', 'desc'], { id: 'Orders.status', desc: true }],
    limit: 10,
    timezone: 'Europe/Berlin',
    joinHints: [['Orders', 'Users']],
  };
  expectTypeOf(query).toExtend<Query>();
  expectTypeOf<{ order: { 'Orders.count': 'asc' } }>().toExtend<Query>();
});
