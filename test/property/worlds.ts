import fc from 'fast-check';
import { membersOf } from './naive-evaluator/schema-text.ts';
import {
  plainDimensions,
  plainMeasures,
  type World,
  type WorldCase,
  type WorldCube,
  type WorldFilter,
  type WorldJoin,
  type WorldQuery,
  type WorldTime,
} from './naive-evaluator/world.ts';

/** Two cubes that are linked: `holder` has a column that refers to the other one. */
interface Link {
  readonly holder: number;
  readonly other: number;
  readonly isUnique: boolean;
  /** Which of the two declares the join. */
  readonly declared: 'holder' | 'other' | 'both';
}

const nullable = <T>(values: fc.Arbitrary<T>) => fc.option(values, { freq: 4, nil: null });

/** A tree of links, and some that close circles: chains, hubs, diamonds. */
function links(count: number): fc.Arbitrary<Link[]> {
  const link = (pair: fc.Arbitrary<readonly [number, number]>) =>
    fc
      .record({
        pair,
        isFlipped: fc.boolean(),
        isUnique: fc.boolean(),
        declared: fc.constantFrom('holder', 'holder', 'other', 'both', 'both'),
      })
      .map(({ pair: [first, second], isFlipped, isUnique, declared }): Link => ({
        holder: isFlipped ? second : first,
        other: isFlipped ? first : second,
        isUnique,
        declared: declared as Link['declared'],
      }));
  const tree = Array.from({ length: count - 1 }, (_, index) =>
    link(fc.nat(index).map((parent) => [index + 1, parent] as const)),
  );
  const extra = fc.array(
    link(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)).filter(([a, b]) => a !== b)),
    { maxLength: 2 },
  );
  return fc.tuple(fc.tuple(...tree), extra).map(([first, second]) => {
    const seen = new Set<string>();
    return [...first, ...second].filter(({ holder, other }) => {
      const pair = [holder, other].sort().join();
      if (seen.has(pair)) return false;
      seen.add(pair);
      return true;
    });
  });
}

function rowsFor(links: readonly (Link & { readonly target: string })[]) {
  const row = fc.record({
    a: nullable(fc.integer({ min: -2, max: 6 })),
    b: nullable(fc.constantFrom('x', 'y', '')),
    t: nullable(
      fc.constantFrom(
        '2023-12-31T23:59:59.000',
        '2024-01-01T00:00:00.000',
        '2024-01-31T12:00:00.000',
        '2024-02-29T00:00:00.000',
      ),
    ),
    tenant: nullable(fc.nat(2)),
    refers: fc.tuple(...links.map(() => nullable(fc.integer({ min: 1, max: 7 })))),
  });
  return fc.array(row, { maxLength: 6 }).map((rows) =>
    rows.map(({ refers, ...values }, index) => ({
      id: index + 1,
      ...values,
      refers: Object.fromEntries(
        links.map(({ target, isUnique }, position) => {
          const value = refers[position] ?? null;
          const isTaken =
            isUnique && rows.slice(0, index).some((item) => item.refers[position] === value);
          return [target, isTaken ? null : value];
        }),
      ),
    })),
  );
}

/** `prefix` keeps the cubes of several worlds apart in one schema. */
export function worlds(prefix: string): fc.Arbitrary<World> {
  return fc
    .integer({ min: 2, max: 6 })
    .chain((count) => links(count).map((found) => ({ count, found })))
    .chain(({ count, found }) => {
      const nameOf = (index: number) => `${prefix}C${index}`;
      const cubes = Array.from({ length: count }, (_, index): fc.Arbitrary<WorldCube> => {
        const held = found
          .filter((link) => link.holder === index)
          .map((link) => ({ ...link, target: nameOf(link.other) }));
        return fc.record({
          name: fc.constant(nameOf(index)),
          isProtected: fc.boolean(),
          key: fc.constantFrom('id', 'id', 'id', 'composite', 'none'),
          joins: fc.constant(found.flatMap((link) => joinOf(link, index, nameOf))),
          rows: rowsFor(held),
        });
      });
      return fc.tuple(...cubes).map((list) => ({ cubes: list }));
    });
}

function joinOf(link: Link, cube: number, nameOf: (index: number) => string): WorldJoin[] {
  const { holder, other, isUnique, declared } = link;
  if (cube === holder && declared !== 'other') {
    const relationship = isUnique ? 'one-to-one' : 'many-to-one';
    return [{ target: nameOf(other), relationship, holder: 'source' }];
  }
  if (cube === other && declared !== 'holder') {
    const relationship = isUnique ? 'one-to-one' : 'one-to-many';
    return [{ target: nameOf(holder), relationship, holder: 'target' }];
  }
  return [];
}

const contexts = fc.constantFrom<WorldCase['context']>(
  {},
  { tenant: 1 },
  { tenant: 0 },
  { tenant: [0, 1] },
  { tenant: null },
);

export function casesOf(world: World): fc.Arbitrary<WorldCase> {
  return fc.record({ world: fc.constant(world), query: queries(world), context: contexts });
}

function queries(world: World): fc.Arbitrary<WorldQuery> {
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
    .map(({ isUngrouped, directions, ...query }): WorldQuery => {
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
    })
    .filter(
      ({ measures, dimensions, timeDimensions }) =>
        measures.length + dimensions.length > 0 || timeDimensions.some((item) => item.granularity),
    );
}

type Own = (members: readonly string[]) => fc.Arbitrary<string>;

function rowFilters(own: Own): fc.Arbitrary<WorldFilter> {
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

function measureFilters(measure: fc.Arbitrary<string>): fc.Arbitrary<WorldFilter> {
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
