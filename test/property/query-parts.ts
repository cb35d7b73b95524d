import fc from 'fast-check';
import type { WorldFilter, WorldQuery } from './naive-evaluator/world.ts';

export const nullable = <T>(values: fc.Arbitrary<T>) => fc.option(values, { freq: 4, nil: null });

type Drawn = Omit<WorldQuery, 'order' | 'ungrouped'> & {
  readonly isUngrouped: boolean;
  readonly directions: readonly ('asc' | 'desc')[];
};

/** A query in order of what it selects; where it groups nothing, without measures. */
export function ordered({ isUngrouped, directions, ...query }: Drawn): WorldQuery {
  const ungrouped = isUngrouped && query.dimensions.length > 0;
  const isOfMeasures = (filter: WorldFilter) => JSON.stringify(filter).includes('"gt"');
  const kept = ungrouped
    ? { ...query, measures: [], filters: query.filters.filter((item) => !isOfMeasures(item)) }
    : query;
  const selected = [...kept.dimensions, ...kept.measures];
  return {
    ...kept,
    ungrouped,
    order: directions.flatMap((direction, index) =>
      selected[index] === undefined ? [] : [[selected[index], direction] as const],
    ),
  };
}

export function selectsSomething({ measures, dimensions, timeDimensions }: WorldQuery): boolean {
  return (
    measures.length + dimensions.length > 0 ||
    timeDimensions.some((item) => item.granularity !== null)
  );
}

/** Some member of these names. */
type Own = (members: readonly string[]) => fc.Arbitrary<string>;

export function rowFilters(own: Own): fc.Arbitrary<WorldFilter> {
  const number = nullable(fc.integer({ min: -1, max: 5 }));
  const leaf: fc.Arbitrary<WorldFilter> = fc.oneof(
    fc.record({
      member: own(['a', 'id']),
      operator: fc.constantFrom('equals', 'notEquals'),
      values: fc.array(number, { minLength: 1, maxLength: 2 }),
    }),
    fc.record({
      member: own(['b', 'band']),
      operator: fc.constantFrom('equals', 'notEquals'),
      values: fc.array(nullable(fc.constantFrom('x', 'y', '', 'big')), {
        minLength: 1,
        maxLength: 2,
      }),
    }),
    fc.record({
      member: own(['a', 'id']),
      operator: fc.constantFrom('lte'),
      values: fc.tuple(fc.integer({ min: 0, max: 4 })),
    }),
    fc.record({
      member: own(['a', 'b', 't']),
      operator: fc.constantFrom('set', 'notSet'),
      values: fc.constant([]),
    }),
  );
  return fc.oneof(
    { weight: 4, arbitrary: leaf },
    { weight: 1, arbitrary: fc.array(leaf, { maxLength: 2 }).map((or) => ({ or })) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(leaf, fc.array(leaf, { maxLength: 2 }))
        .map(([first, and]) => ({ or: [first, { and }] })),
    },
  );
}

export function measureFilters(measure: fc.Arbitrary<string>): fc.Arbitrary<WorldFilter> {
  const leaf: fc.Arbitrary<WorldFilter> = fc.record({
    member: measure,
    operator: fc.constant('gt' as const),
    values: fc.tuple(fc.integer({ min: -1, max: 5 })),
  });
  return fc.oneof(
    { weight: 3, arbitrary: leaf },
    { weight: 1, arbitrary: fc.tuple(leaf, leaf).map((or) => ({ or })) },
  );
}
