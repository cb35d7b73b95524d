import { invariant } from '../core/invariant.ts';
import type { CubeJoin, Model } from '../model/model.ts';
import type { JoinTies } from './choose-root.ts';
import { JoinDistances, type CubeNumbers } from './join-distances.ts';
import { tooManyJoins } from './too-large.ts';

/** Which cube another one is reached from, where a query says it: target to source. */
export type JoinHints = ReadonlyMap<string, string>;

const noHints: JoinHints = new Map();

/** A tie that is printed lists no more paths than this. */
const mostPaths = 5;

/** More joins than any database plans. */
export const mostJoins = 500;

/** Cubes to which the distances of all others are remembered. */
const mostRemembered = 200;

/** A cube from which some others can be reached. */
export interface Reaching {
  readonly cube: string;
  /** How many joins lead to the furthest of them. */
  readonly distance: number;
  /** How many joins at least, on the way to one of them, repeat the rows of that one. */
  readonly repeats: number;
}

/** The declared joins of a model. They are followed in the direction in which they are declared. */
export class JoinGraph {
  readonly #model: Model;
  readonly #hints: JoinHints;
  readonly #ties: JoinTies;
  readonly #numbers: CubeNumbers;
  readonly #distances = new Map<string, JoinDistances>();
  readonly #hinted = new Map<string, JoinDistances>();

  constructor(model: Model, numbers: CubeNumbers, ties: JoinTies, hints: JoinHints = noHints) {
    this.#model = model;
    this.#numbers = numbers;
    this.#ties = ties;
    this.#hints = hints;
  }

  get hasHints(): boolean {
    return this.#hints.size > 0;
  }

  join(from: string, to: string): CubeJoin {
    const found = this.#joinOf(from, to);
    invariant(found, `${from} declares no join to ${to}`);
    return found;
  }

  reaches(from: string, to: string): boolean {
    return from === to || this.#toward(to, false).distance(from) !== null;
  }

  /**
   * The shortest paths between two cubes, both included, at most a few: those whose joins are declared
   * first; where ties are an error, by name. None: there is no path. Of several, the one that the hints follow.
   */
  shortestPaths(from: string, to: string): readonly (readonly string[])[] {
    if (from === to) return [[from]];
    if (this.#joinOf(from, to)) return [[from, to]];
    const paths = this.#paths(from, to, false);
    if (paths.length < 2 || !this.hasHints) return paths;
    const hinted = this.#paths(from, to, true);
    return hinted.length === 1 && hinted[0]!.length === paths[0]!.length ? hinted : paths;
  }

  /** The shortest paths that follow the hints, which may be longer than others; else as without hints. */
  hintedPaths(from: string, to: string): readonly (readonly string[])[] {
    const paths = this.hasHints && from !== to ? this.#paths(from, to, true) : [];
    return paths.length > 0 ? paths : this.shortestPaths(from, to);
  }

  /** Every cube from which all of these can be reached. */
  cubesReaching(targets: readonly string[]): Reaching[] {
    const found = targets.map((target) => this.#toward(target, false));
    const [first] = found;
    if (!first) return [];
    return first.cubes().flatMap((cube): Reaching[] => {
      const distances = found.map((item) => item.distance(cube));
      if (distances.includes(null)) return [];
      const distance = distances.reduce<number>((most, item) => Math.max(most, item!), 0);
      const repeats = found.map((item) => item.repeats(cube));
      return [{ cube, distance, repeats: repeats.reduce((least, item) => Math.min(least, item)) }];
    });
  }

  #joinOf(from: string, to: string): CubeJoin | undefined {
    return this.#model.cubes.get(from)!.joins.find((join) => join.target === to);
  }

  #toward(target: string, isHinted: boolean): JoinDistances {
    const memory = isHinted ? this.#hinted : this.#distances;
    const known = memory.get(target);
    if (known) return known;
    if (memory.size >= mostRemembered) memory.clear();
    const isAllowed = (from: string, to: string): boolean => this.#isAllowed(from, to);
    const made = new JoinDistances(target, this.#numbers, isHinted ? isAllowed : null);
    memory.set(target, made);
    return made;
  }

  /** In order; each path that is begun has an end, so that the first few beginnings have the first few ends. */
  #paths(from: string, to: string, isHinted: boolean): string[][] {
    const toward = this.#toward(to, isHinted);
    const distance = toward.distance(from);
    if (distance === null) return [];
    if (distance > mostJoins) throw tooManyJoins(from, to);
    let paths: string[][] = [[from]];
    for (let left = distance; left > 0; left--) {
      paths = paths
        .flatMap((path) => this.#next(path.at(-1)!, toward).map((cube) => [...path, cube]))
        .slice(0, mostPaths);
    }
    return paths;
  }

  #next(cube: string, toward: JoinDistances): string[] {
    const found = toward.next(cube).map(({ target }) => target);
    return this.#ties === 'error' ? found.sort() : found;
  }

  /** A cube that a hint names is reached from its source alone. */
  #isAllowed(from: string, to: string): boolean {
    const source = this.#hints.get(to);
    return source === undefined || source === from;
  }
}

interface Graphs {
  readonly numbers: CubeNumbers;
  readonly byTies: Map<JoinTies, JoinGraph>;
}

const graphs = new WeakMap<Model, Graphs>();

/** The graph of a (frozen) model, made once: searching it is remembered there. */
export function joinGraphOf(model: Model, hints: JoinHints, ties: JoinTies): JoinGraph {
  let known = graphs.get(model);
  if (!known) graphs.set(model, (known = { numbers: numbersOf(model), byTies: new Map() }));
  if (hints.size > 0) return new JoinGraph(model, known.numbers, ties, hints);
  let graph = known.byTies.get(ties);
  if (!graph) known.byTies.set(ties, (graph = new JoinGraph(model, known.numbers, ties)));
  return graph;
}

/** Cubes by number; their joins are read when a search first needs them. */
function numbersOf({ cubes }: Model): CubeNumbers {
  const names = [...cubes.keys()];
  const numbers = new Map(names.map((name, index) => [name, index]));
  let sources: number[][] | null = null;
  const joinsOf = (index: number): readonly CubeJoin[] => {
    const name = names[index]!;
    return cubes.get(name)!.joins.filter((join) => join.target !== name);
  };
  return {
    names,
    numberOf: (name) => numbers.get(name)!,
    joinsOf,
    sourcesOf: (target) => {
      sources ??= inverted(names, numbers, joinsOf);
      return sources[target]!;
    },
  };
}

function inverted(
  names: readonly string[],
  numbers: ReadonlyMap<string, number>,
  joinsOf: CubeNumbers['joinsOf'],
): number[][] {
  const sources: number[][] = names.map(() => []);
  for (const from of names.keys()) {
    for (const { target } of joinsOf(from)) sources[numbers.get(target)!]!.push(from);
  }
  return sources;
}
