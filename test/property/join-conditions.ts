import { Paths, type Place } from './naive-evaluator/places.ts';
import { cubeOf, type World, type WorldJoin } from './naive-evaluator/world.ts';

type Naming = NonNullable<WorldJoin['beside']>['named'];

export const namings: readonly Naming[] = ['column', 'dimension', 'own-dimension'];

/**
 * A world in which the conditions of some joins also compare a cube that is neither end: one of which each row of the
 * source has one, on a single shortest way that needs none of these joins.
 */
export function withOthersCompared(
  world: World,
  picks: readonly (readonly [number, Naming])[],
): World {
  return picks.reduce((before, [pick, named]) => {
    const found = choices(before);
    const choice = found[pick % Math.max(found.length, 1)];
    return choice ? compared(before, choice, named) : before;
  }, world);
}

interface Choice {
  readonly from: string;
  readonly target: string;
  readonly other: string;
}

function choices(world: World): Choice[] {
  const paths = new Paths(world);
  const isCompared = (from: string, to: string) =>
    cubeOf(world, from).joins.some((join) => join.target === to && join.beside);
  return world.cubes.flatMap(({ name: from, joins }) =>
    joins.flatMap(({ target, beside }) =>
      beside
        ? []
        : world.cubes.flatMap(({ name: other }): Choice[] => {
            if (other === from || other === target) return [];
            const [way, ...others] = paths.between(from, other);
            const isPlain = (path: Place) =>
              path.every((cube, at) => {
                const next = path[at + 1];
                if (next === undefined) return true;
                const join = cubeOf(world, cube).joins.find((item) => item.target === next)!;
                const isSame = cube === from && next === target;
                return join.relationship !== 'one-to-many' && !isSame && !isCompared(cube, next);
              });
            const isUsed = world.cubes.some((cube) =>
              cube.joins.some(
                (join) =>
                  join.beside &&
                  paths
                    .between(cube.name, join.beside.cube)[0]!
                    .some((at, index, all) => at === from && all[index + 1] === target),
              ),
            );
            return way && others.length === 0 && isPlain(way) && !isUsed
              ? [{ from, target, other }]
              : [];
          }),
    ),
  );
}

function compared(world: World, { from, target, other }: Choice, named: Naming): World {
  const isJoined = cubeOf(world, from).joins.some((join) => join.target === other);
  const beside = { cube: other, named: isJoined || named !== 'own-dimension' ? named : 'column' };
  return {
    ...world,
    cubes: world.cubes.map((cube) => ({
      ...cube,
      joins: cube.joins.map((join) =>
        cube.name === from && join.target === target ? { ...join, beside } : join,
      ),
    })),
  };
}
