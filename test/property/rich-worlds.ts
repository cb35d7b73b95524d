import fc from 'fast-check';
import { membersOfCube } from './naive-evaluator/members.ts';
import { viewMembers } from './naive-evaluator/views.ts';
import type { World, WorldPolicy, WorldView, WorldViewCube } from './naive-evaluator/world.ts';
import { paths } from './paths.ts';
import { rowTimes } from './times.ts';
import { worlds } from './worlds.ts';

/** What all worlds of one compile have in common. */
export type CompileSetting = Pick<World, 'joinTies' | 'now'>;

const nows = [
  '2024-03-31T01:15:00.000Z',
  '2024-01-01T00:30:00.000Z',
  '2024-10-27T01:20:30.000Z',
  '2024-02-29T12:00:00.000Z',
  '2024-11-03T06:10:00.000Z',
  '2024-03-31T12:00:00.000Z',
];

/** Settings that differ from one compile to the next. */
export function settingOf(index: number): CompileSetting {
  const now = nows[index % nows.length]!;
  return index % 3 === 1 ? { now, joinTies: 'first-declared' } : { now };
}

/** Worlds with sub-queries, windows, stages, granularities and views. */
export function richWorlds(prefix: string, setting: CompileSetting): fc.Arbitrary<World> {
  return fc
    .tuple(worlds(prefix, rowTimes), fc.array(policies(['a', 'b']), { minLength: 6, maxLength: 6 }))
    .map(([{ cubes }, found]): World => ({
      cubes: cubes.map((cube, index) => ({ ...cube, policies: found[index]! })),
      isRich: true,
      ...setting,
    }))
    .chain((world) =>
      fc.array(views(world), { maxLength: 2 }).map((found) => ({
        ...world,
        views: found.map((view, index): WorldView => ({ name: `${prefix}V${index}`, ...view })),
      })),
    );
}

/** Most cubes and views have no policies. */
function policies(members: readonly string[]): fc.Arbitrary<readonly WorldPolicy[]> {
  const filters = members.map((member): WorldPolicy['filter'] =>
    member.endsWith('b')
      ? { member, operator: 'equals', claim: 'word' }
      : { member, operator: 'gt', claim: 'least' },
  );
  const policy = fc.record({
    group: fc.constantFrom('*', 'a', 'b'),
    filter: fc.constantFrom(null, ...filters),
  });
  const open: WorldPolicy = { group: '*', filter: filters[0] ?? null };
  return fc.oneof(
    { weight: 9, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(policy, { minLength: 1, maxLength: 2 }) },
    { weight: 2, arbitrary: policy.map((item) => [item, open]) },
  );
}

function views(world: World): fc.Arbitrary<Omit<WorldView, 'name'>> {
  return viewCubes(world).chain((cubes) => {
    const members = viewMembers(world, { name: '', cubes })
      .filter(({ member }) => member === 'a' || member === 'b')
      .map(({ name }) => name.slice(1));
    return policies(members).map((found) => ({ cubes, policies: found }));
  });
}

function viewCubes(world: World): fc.Arbitrary<WorldViewCube[]> {
  const members = (path: readonly string[]) =>
    membersOfCube(world, path.at(-1)!).map(({ name }) => name);
  const part = paths(world).chain((path) =>
    fc.record({
      path: fc.constant(path),
      prefix: fc.constant(null),
      includes: fc.oneof(
        { weight: 2, arbitrary: fc.constant('*' as const) },
        { weight: 1, arbitrary: fc.subarray(members(path), { minLength: 1 }) },
      ),
      excludes: fc.oneof(fc.constant([]), fc.subarray(members(path), { maxLength: 3 })),
    }),
  );
  return fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) =>
    parts.map(({ path, includes, excludes }, index): WorldViewCube => ({
      path,
      prefix: index === 0 ? null : `p${index}`,
      includes,
      excludes: includes === '*' ? excludes : [],
    })),
  );
}
