import { parseMemberPath } from '../core/names.ts';
import { innerPieces } from './fragments-of.ts';
import type { Cube, CubeJoin, Dimension, FragmentPiece, Measure } from './model.ts';
import { NearerCubes } from './nearer-cubes.ts';
import { inverted, strongComponents, type Graph } from './strong-components.ts';

/** What queries of a cube without a primary key are refused for. */
export type Keyless =
  /** A join through which a row of the cube can come more than once. */
  | { readonly kind: 'measure'; readonly member: Measure; readonly join: DeclaredJoin }
  | { readonly kind: 'sub-query'; readonly member: Dimension };

type Cubes = ReadonlyMap<string, Cube>;

export interface DeclaredJoin {
  readonly from: string;
  readonly to: string;
}

/**
 * Cubes without a primary key that the planner needs one of. A measure is counted once for each row of
 * its cube: that takes a key where a to-many join can be reached from the cube, and where the cube is
 * reached from one that it does not reach itself, or on a longer way, whose rows then say which groups there are.
 */
export function findKeylessCubes(cubes: Cubes): Keyless[] {
  const found: Keyless[] = [];
  let repeats: ((cube: string) => DeclaredJoin | undefined) | undefined;
  for (const cube of cubes.values()) {
    if (cube.primaryKeys.length > 0) continue;
    const members = [...cube.members.values()];
    for (const member of members) {
      if (member.kind === 'dimension' && member.subQuery) found.push({ kind: 'sub-query', member });
    }
    const member = members.find((item) => item.kind === 'measure' && isAggregated(item, cubes));
    if (member?.kind !== 'measure') continue;
    const join = (repeats ??= repeatingJoins(cubes))(cube.name);
    if (join) found.push({ kind: 'measure', member, join });
  }
  return found;
}

/** Whether a measure is computed from rows, and not from other measures. */
function isAggregated({ sql, multiStage }: Measure, cubes: Cubes): boolean {
  return multiStage === null && !(sql && namesMeasure(sql.pieces, cubes));
}

function namesMeasure(pieces: readonly FragmentPiece[], cubes: Cubes): boolean {
  return pieces.some((piece) => {
    if (piece.kind !== 'member') {
      return innerPieces(piece).some((inner) => namesMeasure(inner, cubes));
    }
    const { cube, member } = parseMemberPath(piece.path)!;
    return cubes.get(cube)?.members.get(member)?.kind === 'measure';
  });
}

function repeatingJoins(cubes: Cubes): (cube: string) => DeclaredJoin | undefined {
  const graph: Graph = new Map(
    [...cubes].map(([name, { joins }]) => [name, joins.map(({ target }) => target)]),
  );
  const toMany = new ToManyJoins(cubes, graph);
  const entering = joinsFromOutside(graph);
  const nearer = new NearerCubes(cubes, graph);
  return (cube) =>
    entering.joins.get(entering.components.get(cube)!) ?? nearer.joinTo(cube) ?? toMany.from(cube);
}

/** Joins followed to find them; a schema in which that is not enough gets fewer warnings. */
const mostSteps = 300_000;

class ToManyJoins {
  readonly #graph: Graph;
  readonly #targets: ReadonlyMap<string, readonly string[]>;
  readonly #leading: ReadonlySet<string>;
  #steps = 0;

  constructor(cubes: Cubes, graph: Graph) {
    this.#graph = graph;
    const targets = [...cubes.values()].map(
      ({ name, joins }) =>
        [name, joins.filter((join) => isToMany(join, name)).map(({ target }) => target)] as const,
    );
    this.#targets = new Map(targets.filter(([, found]) => found.length > 0));
    this.#leading = this.#reached(this.#targets.keys(), inverted(graph));
  }

  /** The nearest to-many join on a way from a cube that does not come back to where it was. */
  from(cube: string): DeclaredJoin | undefined {
    if (!this.#leading.has(cube)) return undefined;
    for (const from of this.#reached([cube], this.#graph)) {
      const to = this.#targets
        .get(from)
        ?.find((target) => target !== cube && this.#reached([cube], this.#graph, target).has(from));
      if (to !== undefined) return { from, to };
    }
    return undefined;
  }

  /** Nearest first. */
  #reached(starts: Iterable<string>, graph: Graph, without?: string): ReadonlySet<string> {
    const found = new Set(starts);
    for (const name of found) {
      for (const next of graph.get(name) ?? []) {
        if ((this.#steps += 1) > mostSteps) return new Set();
        if (next !== without) found.add(next);
      }
    }
    return found;
  }
}

function isToMany({ relationship, target }: CubeJoin, cube: string): boolean {
  return relationship === 'one-to-many' && target !== cube;
}

/** By component: a join to one of its cubes from a cube that none of them reaches. */
function joinsFromOutside(graph: Graph) {
  const components = strongComponents(graph);
  const joins = new Map<number, DeclaredJoin>();
  for (const [from, targets] of graph) {
    for (const to of targets) {
      const component = components.get(to)!;
      if (component !== components.get(from) && !joins.has(component))
        joins.set(component, { from, to });
    }
  }
  return { components, joins };
}
