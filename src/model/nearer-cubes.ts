import type { DeclaredJoin } from './find-keyless-cubes.ts';
import type { Cube } from './model.ts';
import { inverted, type Graph } from './strong-components.ts';

/** Joins followed to find them; a schema in which that is not enough gets fewer warnings. */
const mostSteps = 1_000_000;

/**
 * Cubes that come to another one on fewer joins than that one to them, and repeat none of its rows: of both
 * they are the root.
 */
export class NearerCubes {
  readonly #cubes: ReadonlyMap<string, Cube>;
  readonly #graph: Graph;
  readonly #backwards: Graph;
  #steps = 0;

  constructor(cubes: ReadonlyMap<string, Cube>, graph: Graph) {
    this.#cubes = cubes;
    this.#graph = graph;
    this.#backwards = inverted(graph);
  }

  /** The join to a cube that such a way ends with. */
  joinTo(cube: string): DeclaredJoin | undefined {
    const sources = this.#backwards.get(cube) ?? [];
    if (sources.length === 0) return undefined;
    const own = new Set(this.#graph.get(cube));
    // Whatever a single join repeats, no way over other cubes is taken in its place.
    const direct = sources.find((source) => source !== cube && !own.has(source));
    if (direct !== undefined) return { from: direct, to: cube };
    const away = this.#distances(cube, this.#graph, () => true);
    const toward = this.#distances(cube, this.#backwards, (to, from) => !this.#repeats(from, to));
    for (const [from, { distance, first }] of toward) {
      const back = away.get(from)?.distance;
      if (back !== undefined && distance < back) return { from: first, to: cube };
    }
    return undefined;
  }

  #distances(start: string, graph: Graph, isFollowed: (from: string, to: string) => boolean) {
    const found = new Map([[start, { distance: 0, first: start }]]);
    for (const [name, { distance, first }] of found) {
      for (const next of graph.get(name) ?? []) {
        if ((this.#steps += 1) > mostSteps) return new Map<string, never>();
        if (found.has(next) || !isFollowed(name, next)) continue;
        found.set(next, { distance: distance + 1, first: name === start ? next : first });
      }
    }
    return found;
  }

  #repeats(from: string, to: string): boolean {
    const join = this.#cubes.get(from)!.joins.find(({ target }) => target === to);
    return join?.relationship === 'many-to-one';
  }
}
