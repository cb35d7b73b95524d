import { keyOf, Reach, type Named, type Paths, type Place } from './places.ts';
import type { Scope } from './scope.ts';

/** A cube that is measured, and the way on which a view comes to it. */
export interface Owner {
  readonly cube: string;
  readonly via: Place | null;
}

export function ownReach({ cube, via }: Owner, paths: Paths): Reach {
  return new Reach(paths, cube, via);
}

/**
 * The root for some members, with the cube whose measures are asked for, by trying every cube; as
 * `docs/planning.md` says. null: refused.
 */
export function rootFor(
  members: readonly Named[],
  owner: Owner | null,
  scope: Scope,
): Reach | null {
  const { world, paths, refuse } = scope;
  const isPlainOwner = (name: string): boolean => owner?.cube === name && owner.via === null;
  const reaches = [
    ...(owner ? [ownReach(owner, paths)] : []),
    ...world.cubes.flatMap(({ name }) => (isPlainOwner(name) ? [] : [new Reach(paths, name)])),
  ];
  for (const [index, reach] of reaches.entries()) {
    if (owner && index > 0) reach.placeOf(owner);
    reach.add(...members);
  }
  const asked = [...(owner ? [owner] : []), ...members];
  const ranks = reaches
    .filter((reach) => reach.isComplete)
    .map((reach) => ({ reach, rank: rankOf(reach, owner, asked) }))
    .sort((a, b) => compare(a.rank, b.rank) || (a.reach.root < b.reach.root ? -1 : 1));
  const [first] = ranks;
  if (!first) return refuse('query/no-join-path');
  const best = ranks.filter(({ rank }) => compare(rank, first.rank) === 0);
  const hinted = best.filter(({ reach }) => paths.hintedRoots.has(reach.root));
  const chosen = hinted.length === 1 ? hinted : best;
  if (chosen.length > 1 && !world.joinTies) return refuse('query/ambiguous-root');
  return settled(chosen[0]!.reach, scope);
}

/** The less the better, the first number first. */
function rankOf(
  reach: Reach,
  owner: Owner | null,
  asked: readonly Pick<Named, 'cube' | 'via'>[],
): readonly number[] {
  const cubes = new Set(asked.flatMap(({ cube, via }) => [cube, ...(via ?? [])]));
  const passed = asked.flatMap((item) => reach.wayTo(item).slice(0, -1));
  const others = [reach.root, ...passed].filter((cube) => !cubes.has(cube));
  const measured = owner ? reach.placeOf(owner)! : [reach.root];
  return [
    Math.min(others.length, 1),
    repeating(reach, measured),
    new Set(asked.flatMap((item) => waysTo(reach.placeOf(item)!))).size,
    owner && measured.length === 1 ? 0 : 1,
  ];
}

function waysTo(place: Place): string[] {
  return place.map((_, index) => keyOf(place.slice(0, index + 1)));
}

/** Joins that give a row at a place several rows, looking away from it. */
function repeating(reach: Reach, place: Place): number {
  const many = reach.places().filter((to) => {
    if (to.length === 1) return false;
    const isBehind = keyOf(place.slice(0, to.length)) === keyOf(to);
    return reach.relationshipOf(to) === (isBehind ? 'many-to-one' : 'one-to-many');
  });
  return many.length;
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    if (value !== b[index]) return value - b[index]!;
  }
  return 0;
}

function settled(tree: Reach, { world, refuse }: Scope): Reach | null {
  if (tree.ties.size > 0 && !world.joinTies) return refuse('query/ambiguous-join-path');
  return tree;
}
