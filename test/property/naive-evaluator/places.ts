import { cubeOf, type World } from './world.ts';

/** Why a query has no answer: every reason, by the planner's codes. */
export class Refusal extends Error {
  readonly codes: ReadonlySet<string>;

  constructor(...codes: readonly string[]) {
    super(codes.join(', '));
    this.codes = new Set(codes);
  }
}

/** A cube reached from a root over declared joins: the names on the way, the last one is its own. */
export type Place = readonly string[];

const key = (place: Place) => place.join('.');

/** All simple paths, found by trying everything; the shortest of them. */
export function shortest(world: World, from: string, to: string): Place[] {
  const found: Place[] = [];
  const walk = (path: Place): void => {
    const last = path.at(-1)!;
    if (last === to) {
      found.push(path);
      return;
    }
    for (const { target } of cubeOf(world, last).joins) {
      if (!path.includes(target)) walk([...path, target]);
    }
  };
  walk([from]);
  const least = Math.min(...found.map((path) => path.length));
  return found.filter((path) => path.length === least);
}

/**
 * Where `name` stands for a member at `place`: on the way to it; else where its own cube leads; else
 * where the root leads. null: nowhere.
 */
export function placeOf(world: World, place: Place, name: string, ties: Set<string>): Place | null {
  if (place.includes(name)) return place.slice(0, place.lastIndexOf(name) + 1);
  for (const [start, begin] of [
    [place.at(-1)!, place],
    [place[0]!, place.slice(0, 1)],
  ] as const) {
    const paths = shortest(world, start, name);
    if (paths.length === 0) continue;
    if (paths.length > 1) ties.add(`${start} ${name}`);
    let here: Place = begin;
    for (const next of paths[0]!.slice(1)) {
      here = here.includes(next) ? here.slice(0, here.lastIndexOf(next) + 1) : [...here, next];
    }
    return here;
  }
  return null;
}

/** Members that a member names, as `[cube, member]`; `null` for the cube's table alone. */
export function namesOf(member: string, world: World): (readonly [string, string | null])[] {
  const [cube, name] = member.split('.') as [string, string];
  const targets = cubeOf(world, cube).joins.map((join) => join.target);
  for (const target of targets) {
    if (name === `its${target}` || name === `sum${target}`) return [[target, 'a']];
    if (name === `with${target}`) return [[target, null]];
  }
  return [];
}

/** All places that some members need from a root, the root among them. */
export interface Needed {
  readonly places: readonly Place[];
  readonly ties: ReadonlySet<string>;
  readonly isComplete: boolean;
}

export function needed(
  world: World,
  root: string,
  members: readonly string[],
  owner?: string,
): Needed {
  const ties = new Set<string>();
  const places = new Map<string, Place>([[root, [root]]]);
  let isComplete = true;
  const reach = (from: Place, name: string): Place | null => {
    const place = placeOf(world, from, name, ties);
    if (!place) isComplete = false;
    else
      for (let end = 1; end <= place.length; end++) {
        places.set(key(place.slice(0, end)), place.slice(0, end));
      }
    return place;
  };
  if (owner !== undefined) reach([root], owner);
  for (const member of members) {
    const place = reach([root], member.split('.')[0]!);
    for (const [cube] of namesOf(member, world)) if (place) reach(place, cube);
  }
  return { places: [...places.values()], ties, isComplete };
}

export function toManySteps(world: World, places: readonly Place[]): number {
  return places.filter((place) => place.length > 1 && relationship(world, place) === 'one-to-many')
    .length;
}

function relationship(world: World, place: Place): string {
  const join = cubeOf(world, place.at(-2)!).joins.find(({ target }) => target === place.at(-1));
  return join!.relationship;
}

/** The root for some members, with the cube whose measures are asked for; as `docs/planning.md` says. */
export function rootFor(world: World, members: readonly string[], owner?: string): string {
  if (owner !== undefined) {
    const own = needed(world, owner, members);
    if (own.isComplete) return settled(own, owner);
  }
  const trees = world.cubes
    .map(({ name }) => ({ name, ...needed(world, name, members, owner) }))
    .filter((tree) => tree.isComplete);
  const has = (tree: Needed, name: string) => tree.places.some((place) => place.at(-1) === name);
  const nearest = trees.filter(
    (tree) => !trees.some((other) => has(tree, other.name) && !has(other, tree.name)),
  );
  if (nearest.length === 0) throw new Refusal('query/no-join-path');
  const least = Math.min(...nearest.map((tree) => toManySteps(world, tree.places)));
  const best = nearest.filter((tree) => toManySteps(world, tree.places) === least);
  if (best.length > 1) throw new Refusal('query/ambiguous-root');
  return settled(best[0]!, best[0]!.name);
}

function settled(tree: Needed, root: string): string {
  if (tree.ties.size > 0) throw new Refusal('query/ambiguous-join-path');
  return root;
}
