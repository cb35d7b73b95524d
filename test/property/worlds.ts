import fc from 'fast-check';
import type {
  World,
  WorldCase,
  WorldContext,
  WorldCube,
  WorldJoin,
} from './naive-evaluator/world.ts';
import { plainQueries } from './plain-queries.ts';
import { namings, withOthersCompared } from './join-conditions.ts';
import { nullable } from './query-parts.ts';
import { richQueries } from './rich-queries.ts';

/** Two cubes that are linked: `holder` has a column that refers to the other one. */
interface Link {
  readonly holder: number;
  readonly other: number;
  readonly isUnique: boolean;
  /** Which of the two declares the join. */
  readonly declared: 'holder' | 'other' | 'both';
}

/** A tree of links, and some that close circles: chains, hubs, diamonds, cycles. */
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
    { maxLength: 4 },
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

const plainTimes = [
  '2023-12-31T23:59:59.000',
  '2024-01-01T00:00:00.000',
  '2024-01-31T12:00:00.000',
  '2024-02-29T00:00:00.000',
];

function rowsFor(links: readonly (Link & { readonly target: string })[], times: readonly string[]) {
  const row = fc.record({
    a: nullable(fc.integer({ min: -2, max: 6 })),
    b: nullable(fc.constantFrom('x', 'y', '')),
    t: nullable(fc.constantFrom(...times)),
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

/**
 * `prefix` keeps the cubes of several worlds apart in one schema; `times` are those that rows have.
 */
export function worlds(prefix: string, times: readonly string[] = plainTimes): fc.Arbitrary<World> {
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
          rows: rowsFor(held, times),
        });
      });
      const compared = fc.array(fc.tuple(fc.nat(20), fc.constantFrom(...namings)), {
        maxLength: 2,
      });
      return fc
        .tuple(fc.tuple(...cubes), fc.oneof(fc.constant([]), compared))
        .map(([list, picks]) => withOthersCompared({ cubes: list }, picks));
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

/** Contexts that policies read as well. */
const users: fc.Arbitrary<WorldContext> = fc
  .record(
    {
      groups: fc.subarray(['a', 'b']),
      word: fc.constantFrom('x', '', null, [], ['x', 'y']),
      least: fc.integer({ min: -1, max: 3 }),
    },
    { requiredKeys: [] },
  )
  .chain((claims) => contexts.map((context) => ({ ...context, ...claims })));

export function casesOf(world: World): fc.Arbitrary<WorldCase> {
  return fc.record({
    world: fc.constant(world),
    query: world.isRich ? richQueries(world) : plainQueries(world),
    context: world.isRich ? users : contexts,
  });
}
