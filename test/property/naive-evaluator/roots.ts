import { Reach, type Named, type Paths, type Place } from './places.ts';
import type { Scope } from './scope.ts';

/** A cube that is measured, and the way on which a view comes to it. */
export interface Owner {
  readonly cube: string;
  readonly via: Place | null;
}

export function ownReach({ cube, via }: Owner, paths: Paths): Reach {
  return new Reach(paths, cube, via);
}

/** The root for some members, with the cube whose measures are asked for; as `docs/planning.md` says. null: refused. */
export function rootFor(
  members: readonly Named[],
  owner: Owner | null,
  scope: Scope,
): Reach | null {
  const { world, paths, refuse } = scope;
  if (owner) {
    const own = ownReach(owner, paths).add(...members);
    if (own.isComplete) return settled(own, scope);
  }
  const trees = world.cubes
    .map(({ name }) => {
      const tree = new Reach(paths, name);
      if (owner) tree.placeOf(owner);
      return tree.add(...members);
    })
    .filter((tree) => tree.isComplete);
  const nearest = trees.filter(
    (tree) => !trees.some((other) => tree.has(other.root) && !other.has(tree.root)),
  );
  if (nearest.length === 0) return refuse('query/no-join-path');
  const least = Math.min(...nearest.map((tree) => tree.toManySteps()));
  const best = nearest.filter((tree) => tree.toManySteps() === least);
  const hinted = best.filter((tree) => paths.hintedRoots.has(tree.root));
  const chosen = hinted.length === 1 ? hinted : best;
  if (chosen.length > 1 && !world.joinTies) return refuse('query/ambiguous-root');
  return settled(chosen[0]!, scope);
}

function settled(tree: Reach, { world, refuse }: Scope): Reach | null {
  if (tree.ties.size > 0 && !world.joinTies) return refuse('query/ambiguous-join-path');
  return tree;
}
