import fc from 'fast-check';
import { membersOfCube } from './naive-evaluator/members.ts';
import type { World, WorldView, WorldViewCube } from './naive-evaluator/world.ts';
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
  return worlds(prefix, rowTimes)
    .map(({ cubes }): World => ({ cubes, isRich: true, ...setting }))
    .chain((world) =>
      fc.array(viewCubes(world), { maxLength: 2 }).map((views) => ({
        ...world,
        views: views.map((cubes, index): WorldView => ({ name: `${prefix}V${index}`, cubes })),
      })),
    );
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
