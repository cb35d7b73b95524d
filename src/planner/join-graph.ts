import { invariant } from '../core/invariant.ts';
import type { CubeJoin, Model } from '../model/model.ts';

/** Which cube another one is reached from, where a query says it: target to source. */
export type JoinHints = ReadonlyMap<string, string>;

const noHints: JoinHints = new Map();

/** How far a cube is from a start, and the cubes that stand before it on the shortest paths. */
interface Reached {
  readonly distance: number;
  /** In the order in which a search along the declared joins finds them. */
  readonly before: string[];
}

/** A tie that is printed lists no more paths than this. */
const mostPaths = 5;

/** The declared joins of a model. They are followed in the direction in which they are declared. */
export class JoinGraph {
  readonly #model: Model;
  readonly #hints: JoinHints;
  readonly #reached = new Map<string, ReadonlyMap<string, Reached>>();
  readonly #hinted = new Map<string, ReadonlyMap<string, Reached>>();
  #sources: ReadonlyMap<string, readonly string[]> | null = null;

  constructor(model: Model, hints: JoinHints = noHints) {
    this.#model = model;
    this.#hints = hints;
  }

  join(from: string, to: string): CubeJoin {
    const found = this.#model.cubes.get(from)!.joins.find((join) => join.target === to);
    invariant(found, `${from} declares no join to ${to}`);
    return found;
  }

  reaches(from: string, to: string): boolean {
    return this.#from(from, false).has(to);
  }

  /**
   * The shortest paths between two cubes, both included, at most a few; the first is the one whose
   * joins are declared first. None: there is no path. Of several, the one that the hints follow.
   */
  shortestPaths(from: string, to: string): readonly (readonly string[])[] {
    const paths = pathsIn(this.#from(from, false), from, to);
    const hinted = paths.filter((path) =>
      path.every((cube, index) => index === 0 || this.#isAllowed(path[index - 1]!, cube)),
    );
    return hinted.length === 1 ? hinted : paths;
  }

  /** The shortest paths that follow the hints, which may be longer than others; else as without hints. */
  hintedPaths(from: string, to: string): readonly (readonly string[])[] {
    const paths = this.#hints.size === 0 ? [] : pathsIn(this.#from(from, true), from, to);
    return paths.length > 0 ? paths : this.shortestPaths(from, to);
  }

  /** Every cube, by name, from which all of these can be reached. */
  cubesReaching(targets: readonly string[]): string[] {
    const [first, ...others] = targets.map((target) => this.#reaching(target));
    return [...(first ?? [])].filter((cube) => others.every((other) => other.has(cube))).sort();
  }

  #from(start: string, isHinted: boolean): ReadonlyMap<string, Reached> {
    const memory = isHinted ? this.#hinted : this.#reached;
    const known = memory.get(start);
    if (known) return known;
    const reached = new Map<string, Reached>([[start, { distance: 0, before: [] }]]);
    const queue = [start];
    for (const cube of queue) {
      const distance = reached.get(cube)!.distance + 1;
      for (const { target } of this.#joinsOf(cube, isHinted)) {
        const found = reached.get(target);
        if (!found) {
          reached.set(target, { distance, before: [cube] });
          queue.push(target);
        } else if (found.distance === distance) found.before.push(cube);
      }
    }
    memory.set(start, reached);
    return reached;
  }

  #joinsOf(cube: string, isHinted: boolean): readonly CubeJoin[] {
    return this.#model.cubes
      .get(cube)!
      .joins.filter(
        ({ target }) => target !== cube && (!isHinted || this.#isAllowed(cube, target)),
      );
  }

  /** A cube that a hint names is reached from its source alone. */
  #isAllowed(from: string, to: string): boolean {
    const source = this.#hints.get(to);
    return source === undefined || source === from;
  }

  #reaching(target: string): ReadonlySet<string> {
    this.#sources ??= this.#invert();
    const found = new Set([target]);
    for (const cube of found) for (const source of this.#sources.get(cube) ?? []) found.add(source);
    return found;
  }

  #invert(): ReadonlyMap<string, readonly string[]> {
    const sources = new Map<string, string[]>();
    for (const cube of this.#model.cubes.keys()) {
      for (const { target } of this.#joinsOf(cube, false)) {
        sources.set(target, [...(sources.get(target) ?? []), cube]);
      }
    }
    return sources;
  }
}

function pathsIn(
  reached: ReadonlyMap<string, Reached>,
  from: string,
  to: string,
): readonly (readonly string[])[] {
  const paths: string[][] = [];
  const collect = (cube: string, rest: readonly string[]): void => {
    if (paths.length === mostPaths) return;
    const path = [cube, ...rest];
    if (cube === from) paths.push(path);
    else for (const before of reached.get(cube)!.before) collect(before, path);
  };
  if (reached.has(to)) collect(to, []);
  return paths;
}

const graphs = new WeakMap<Model, JoinGraph>();

/** The graph of a (frozen) model, made once: searching it is remembered there. */
export function joinGraphOf(model: Model, hints: JoinHints): JoinGraph {
  if (hints.size > 0) return new JoinGraph(model, hints);
  let graph = graphs.get(model);
  if (!graph) graphs.set(model, (graph = new JoinGraph(model)));
  return graph;
}
