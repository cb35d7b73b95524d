import { memberOf } from './members.ts';
import { cubeOf, type World, type WorldJoin } from './world.ts';

/** Why a query has no answer: every reason, by the planner's codes. */
export class Refusal extends Error {
  readonly codes: ReadonlySet<string>;

  constructor(codes: Iterable<string>) {
    const list = [...codes];
    super(list.join(', '));
    this.codes = new Set(list);
  }
}

/** A cube reached from a root over declared joins: the names on the way, the last one is its own. */
export type Place = readonly string[];

/** A cube's member as a query names it, and how a view comes to the cube; null: the shortest way. */
export interface Named {
  readonly name: string;
  readonly cube: string;
  readonly member: string;
  readonly via: Place | null;
}

export const keyOf = (place: Place): string => place.join('.');

/** The paths over declared joins, found by trying everything, and what a query's hints make of them. */
export class Paths {
  readonly world: World;
  readonly hintedRoots: ReadonlySet<string>;
  readonly #sources: ReadonlyMap<string, string>;
  readonly #found = new Map<string, readonly Place[]>();

  constructor(world: World, hints: readonly Place[] = []) {
    this.world = world;
    this.hintedRoots = new Set(hints.map((hint) => hint[0]!));
    this.#sources = new Map(
      hints.flatMap((hint) => hint.slice(1).map((name, index) => [name, hint[index]!] as const)),
    );
  }

  /** The shortest; of several the one that follows the hints. In order of declaration where that tells, else of names. */
  between(from: string, to: string): readonly Place[] {
    const paths = this.#sorted(shortest(this.#all(from, to)));
    const hinted = paths.filter((path) => this.#isHinted(path));
    return hinted.length === 1 ? hinted : paths;
  }

  /** The shortest of those that follow the hints, where there is one. */
  fromRoot(root: string, to: string): readonly Place[] {
    if (this.#sources.size === 0) return this.between(root, to);
    const found = this.#all(root, to).filter((path) => this.#isHinted(path));
    const hinted = this.#sorted(shortest(found));
    return hinted.length > 0 ? hinted : this.between(root, to);
  }

  #sorted(paths: readonly Place[]): readonly Place[] {
    if (this.world.joinTies) return paths;
    return [...paths].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  }

  /** A cube that a hint names is reached from the one before it alone. */
  #isHinted(path: Place): boolean {
    return path.every((name, index) => {
      const source = this.#sources.get(name);
      return index === 0 || source === undefined || source === path[index - 1];
    });
  }

  #all(from: string, to: string): readonly Place[] {
    const key = `${from} ${to}`;
    const known = this.#found.get(key);
    if (known) return known;
    const found: Place[] = [];
    const walk = (path: Place): void => {
      const last = path.at(-1)!;
      if (last === to) {
        found.push(path);
        return;
      }
      for (const { target } of cubeOf(this.world, last).joins) {
        if (!path.includes(target)) walk([...path, target]);
      }
    };
    walk([from]);
    this.#found.set(key, found);
    return found;
  }
}

function shortest(paths: readonly Place[]): Place[] {
  const least = Math.min(...paths.map((path) => path.length));
  return paths.filter((path) => path.length === least);
}

/** The places that some members need from a root. */
export class Reach {
  readonly root: string;
  readonly ties = new Set<string>();
  isComplete = true;
  /** Dimensions that are computed in queries of their own. */
  readonly subQueries = new Set<string>();
  readonly #paths: Paths;
  readonly #way: Place;
  readonly #places = new Map<string, Place>();
  readonly #resolved = new Map<string, Place | null>();
  readonly #walked = new Set<string>();

  /** @param way how a view comes to the root: what it comes to on the same way starts there. */
  constructor(paths: Paths, root: string, way: Place | null = null) {
    this.root = root;
    this.#paths = paths;
    this.#way = way ?? [root];
    this.#places.set(root, [root]);
  }

  add(...members: readonly Named[]): this {
    for (const named of members) {
      const place = this.placeOf(named);
      if (place) this.#walk(`${named.cube}.${named.member}`, place);
    }
    return this;
  }

  /** Each after the one that it continues, the root first. */
  places(): readonly Place[] {
    return [...this.#places.values()].sort((a, b) => a.length - b.length);
  }

  has(cube: string): boolean {
    return this.places().some((place) => place.at(-1) === cube);
  }

  toManySteps(): number {
    const steps = this.places().filter((place) => place.length > 1);
    return steps.filter((place) => this.relationshipOf(place) === 'one-to-many').length;
  }

  relationshipOf(place: Place): WorldJoin['relationship'] {
    return this.joinTo(place).relationship;
  }

  joinTo(place: Place): WorldJoin {
    const { joins } = cubeOf(this.#paths.world, place.at(-2)!);
    return joins.find(({ target }) => target === place.at(-1))!;
  }

  placeOf({ cube, via }: Pick<Named, 'cube' | 'via'>): Place | null {
    const path = via ?? [cube];
    const isRelative = this.#way.every((name, index) => path[index] === name);
    const [start, ...rest] = isRelative ? path.slice(this.#way.length - 1) : path;
    let place = this.#placeOfStart(start!);
    for (const name of rest) place = place && this.#step(place, name);
    return place;
  }

  /** The cubes on the way from the root to the one at which a member's own way begins. */
  wayTo({ cube, via }: Pick<Named, 'cube' | 'via'>): Place {
    const path = via ?? [cube];
    const isRelative = this.#way.every((name, index) => path[index] === name);
    return this.#placeOfStart(isRelative ? path[this.#way.length - 1]! : path[0]!)!;
  }

  /** Where a cube that the query names stands: where hints lead to it, else as for its members. */
  #placeOfStart(name: string): Place | null {
    const hinted = this.#paths.fromRoot(this.root, name);
    const plain = this.#paths.between(this.root, name);
    if (hinted.length === 0 || keyOf(hinted[0]!) === keyOf(plain[0]!)) {
      return this.resolve([this.root], name);
    }
    if (hinted.length > 1) this.ties.add(`${this.root} ${name}`);
    return hinted[0]!.slice(1).reduce<Place>((place, next) => this.#step(place, next), [this.root]);
  }

  /**
   * Where `name` stands for a member at `place`: on the way to it; else where its own cube leads;
   * else where the root leads. null: nowhere.
   */
  resolve(place: Place, name: string): Place | null {
    const key = `${keyOf(place)} ${name}`;
    let found = this.#resolved.get(key);
    if (found === undefined) this.#resolved.set(key, (found = this.#find(place, name)));
    return found;
  }

  #find(place: Place, name: string): Place | null {
    if (place.includes(name)) return upTo(place, name);
    for (const begin of [place, [this.root]]) {
      const start = begin.at(-1)!;
      const paths = this.#paths.between(start, name);
      if (paths.length === 0) continue;
      if (paths.length > 1) this.ties.add(`${start} ${name}`);
      return paths[0]!
        .slice(1)
        .reduce<Place>(
          (here, next) => (here.includes(next) ? upTo(here, next) : this.#step(here, next)),
          begin,
        );
    }
    this.isComplete = false;
    return null;
  }

  #step(place: Place, name: string): Place {
    const next = [...place, name];
    if (this.#places.has(keyOf(next))) return next;
    this.#places.set(keyOf(next), next);
    const { beside } = this.joinTo(next);
    if (beside) this.resolve(place, beside.cube);
    return next;
  }

  #walk(path: string, place: Place): void {
    const key = `${path} ${keyOf(place)}`;
    if (this.#walked.has(key)) return;
    this.#walked.add(key);
    const found = memberOf(this.#paths.world, path);
    if (found.kind === 'dimension' && found.subQuery) this.subQueries.add(path);
    for (const [cube, member] of found.references) {
      const there = this.resolve(place, cube);
      if (there && member !== null) this.#walk(`${cube}.${member}`, there);
    }
  }
}

function upTo(place: Place, name: string): Place {
  return place.slice(0, place.lastIndexOf(name) + 1);
}
