import fc from 'fast-check';
import { membersOf } from './naive-evaluator/schema-text.ts';
import {
  plainDimensions,
  plainMeasures,
  type World,
  type WorldQuery,
  type WorldTime,
} from './naive-evaluator/world.ts';
import { measureFilters, ordered, rowFilters, selectsSomething } from './query-parts.ts';

/** Queries over cubes and joins alone. */
export function plainQueries(world: World): fc.Arbitrary<WorldQuery> {
  const names = world.cubes.map((cube) => cube.name);
  const { foreign, foreignSums, composed } = membersOf(world);
  const own = (members: readonly string[]) =>
    fc.tuple(fc.constantFrom(...names), fc.constantFrom(...members)).map((path) => path.join('.'));
  const or = (plain: fc.Arbitrary<string>, other: readonly string[]) =>
    other.length === 0
      ? plain
      : fc.oneof(
          { weight: 5, arbitrary: plain },
          { weight: 1, arbitrary: fc.constantFrom(...other) },
        );
  const measure = or(own(plainMeasures), [...foreignSums, ...composed]);
  const dimension = or(own(plainDimensions), foreign);
  const time: fc.Arbitrary<WorldTime> = fc.record({
    dimension: own(['t']),
    granularity: fc.constantFrom('day', 'month', 'year', null),
    dateRange: fc.option(
      fc.constantFrom<[string, string]>(['2024-01-01', '2024-01-31'], ['2023-01-01', '2024-01-01']),
    ),
  });
  const some = (values: fc.Arbitrary<string>, maxLength: number) =>
    fc.uniqueArray(values, { maxLength });
  return fc
    .record({
      measures: some(measure, 3),
      dimensions: some(dimension, 2),
      timeDimensions: fc.array(time, { maxLength: 1 }),
      segments: fc.oneof(
        { weight: 4, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: some(own(['big']), 1) },
      ),
      filters: fc.array(fc.oneof(rowFilters(own), measureFilters(measure)), { maxLength: 2 }),
      isUngrouped: fc.integer({ min: 0, max: 9 }).map((value) => value === 0),
      directions: fc.array(fc.constantFrom<'asc' | 'desc'>('asc', 'desc'), { maxLength: 3 }),
    })
    .map(ordered)
    .filter(selectsSomething);
}
