import type { Filter, Query } from '../../src/index.ts';
import fc from 'fast-check';
import { plainValue } from '../support/rows-of-case.ts';
import {
  dimensionNames,
  measureNames,
  segmentNames,
  type NaiveFilter,
  type NaiveQuery,
} from './naive-evaluator/shop.ts';

const texts = fc.constantFrom(
  'new',
  'closed',
  'shipped',
  'first',
  '',
  "it's",
  '100%',
  '\\',
  '_',
  'x',
);
const numbers = fc.integer({ min: -5, max: 120 });
const nullable = <T>(values: fc.Arbitrary<T>) => fc.option(values, { freq: 5, nil: null });

const leaf: fc.Arbitrary<NaiveFilter> = fc.oneof(
  filter(
    ['status', 'note', 'band'],
    ['equals', 'notEquals'],
    fc.array(nullable(texts), { minLength: 1, maxLength: 3 }),
  ),
  filter(
    ['status', 'note'],
    ['contains', 'notContains'],
    fc.array(texts, { minLength: 1, maxLength: 2 }),
  ),
  filter(
    ['amount', 'id', 'userId'],
    ['equals', 'notEquals'],
    fc.array(nullable(numbers), { minLength: 1, maxLength: 3 }),
  ),
  filter(['amount', 'id', 'userId'], ['gt', 'lte'], fc.tuple(numbers)),
  filter(['paid'], ['equals', 'notEquals'], fc.tuple(fc.boolean())),
  filter(['status', 'paid', 'amount', 'note'], ['set', 'notSet'], fc.constant(undefined)),
);

function filter(
  members: readonly string[],
  operators: readonly string[],
  values: fc.Arbitrary<readonly unknown[] | undefined>,
): fc.Arbitrary<NaiveFilter> {
  return fc
    .tuple(fc.constantFrom(...members), fc.constantFrom(...operators), values)
    .map(([member, operator, list]) => ({
      member: `Orders.${member}`,
      operator,
      ...(list && { values: list }),
    }));
}

const filters = fc.letrec<{ tree: NaiveFilter }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('tree'), { maxLength: 3 }).map((and) => ({ and })),
    fc.array(tie('tree'), { maxLength: 3 }).map((or) => ({ or })),
  ),
})).tree;

/** Any query that the naive evaluator understands, with at least one member. */
export const naiveQueries: fc.Arbitrary<NaiveQuery> = fc
  .record({
    measures: fc.subarray(measureNames),
    dimensions: fc.subarray(dimensionNames),
    segments: fc.subarray(segmentNames),
    filters: fc.array(filters, { maxLength: 3 }),
  })
  .filter((query) => query.measures.length + query.dimensions.length > 0);

export function toQuery(query: NaiveQuery): Query {
  const named = (names: readonly string[]) => names.map((name) => `Orders.${name}`);
  return {
    measures: named(query.measures),
    dimensions: named(query.dimensions),
    segments: named(query.segments),
    filters: query.filters as readonly Filter[],
    limit: 50_000,
  };
}

/** Rows of a query as texts that are equal on every engine, in no order. */
export function plainRows(
  { dimensions, measures }: NaiveQuery,
  rows: readonly (readonly unknown[])[],
): string[] {
  const types = [...dimensions, ...measures].map(typeOf);
  return rows
    .map((row) => row.map((value, index) => plainValue(value, types[index]!)).join(' | '))
    .sort();
}

function typeOf(name: string): string {
  if (name === 'paid') return 'boolean';
  return ['status', 'note', 'band'].includes(name) ? 'string' : 'number';
}
