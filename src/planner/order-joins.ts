import { invariant } from '../core/invariant.ts';
import type { MemberPath } from '../core/names.ts';
import { cubeName, memberName, pathName, say, type Told } from '../core/told.ts';
import type { JoinPath, JoinStep, SubQueryStep } from './plan.ts';
import { QueryError } from './query-error.ts';

/** Paths of joins, and keys of sub-queries (their place and dimension), that a condition names. */
export type JoinUses = ReadonlySet<string>;

type PlacedSubQuery = Omit<SubQueryStep, 'groups' | 'conditions'>;

/** The joins of a tree as they stand in a statement. */
export interface Joined {
  readonly joins: readonly JoinStep[];
  readonly subQueries: readonly PlacedSubQuery[];
}

/**
 * Each join after all that its condition names, and otherwise by path; a sub-query as soon as what its key is
 * calculated from is joined.
 */
export function orderJoins(
  root: JoinPath,
  steps: ReadonlyMap<JoinPath, JoinStep>,
  subQueries: ReadonlyMap<string, PlacedSubQuery>,
  uses: ReadonlyMap<string, JoinUses>,
): Joined {
  const isOrdered = [...uses].every(([key, names]) => {
    const at = subQueries.get(key)?.at;
    return at !== undefined && [...names].every((name) => name === at);
  });
  const byPath = [...steps.keys()].sort();
  const keys = [...subQueries.keys()].sort();
  if (isOrdered) {
    return {
      joins: byPath.map((path) => steps.get(path)!),
      subQueries: keys.map((key) => subQueries.get(key)!),
    };
  }
  return new Ordering(root, steps, subQueries, uses).joined(byPath, keys);
}

class Ordering {
  readonly #steps: ReadonlyMap<JoinPath, JoinStep>;
  readonly #subQueries: ReadonlyMap<string, PlacedSubQuery>;
  readonly #uses: ReadonlyMap<string, JoinUses>;
  readonly #done: Set<string>;

  constructor(
    root: JoinPath,
    steps: ReadonlyMap<JoinPath, JoinStep>,
    subQueries: ReadonlyMap<string, PlacedSubQuery>,
    uses: ReadonlyMap<string, JoinUses>,
  ) {
    this.#steps = steps;
    this.#subQueries = subQueries;
    this.#uses = uses;
    this.#done = new Set([root]);
  }

  joined(paths: readonly JoinPath[], keys: readonly string[]): Joined {
    const joins: JoinStep[] = [];
    const subQueries: PlacedSubQuery[] = [];
    let [restPaths, restKeys] = [paths, keys];
    let last: JoinPath | null = null;
    for (;;) {
      const ready = restKeys.filter((key) => this.#isReady(key, this.#subQueries.get(key)!.at));
      for (const key of ready) {
        this.#done.add(key);
        const step = this.#subQueries.get(key)!;
        subQueries.push(last === null || step.at === last ? step : { ...step, after: last });
      }
      restKeys = restKeys.filter((key) => !this.#done.has(key));
      const next = restPaths.find((path) => this.#isReady(path, this.#steps.get(path)!.from));
      if (next === undefined && ready.length > 0) continue;
      if (next === undefined) break;
      this.#done.add(next);
      restPaths = restPaths.filter((path) => path !== next);
      last = next;
      joins.push(this.#withBeside(this.#steps.get(next)!));
    }
    if (restPaths.length + restKeys.length > 0) throw this.#circle(restPaths[0] ?? restKeys[0]!);
    return { joins, subQueries };
  }

  #isReady(item: string, from: JoinPath): boolean {
    return (
      this.#done.has(from) && [...(this.#uses.get(item) ?? [])].every((use) => this.#done.has(use))
    );
  }

  #withBeside(step: JoinStep): JoinStep {
    const beside = [...(this.#uses.get(step.path) ?? [])]
      .filter((use) => !use.includes(' '))
      .sort();
    return beside.length === 0 ? step : { ...step, beside };
  }

  #circle(item: string): QueryError {
    const needs = (name: string): string[] =>
      [...(this.#uses.get(name) ?? [])].filter((use) => !this.#done.has(use));
    const way = [item];
    for (let [next] = needs(item); next !== undefined; [next] = needs(next)) {
      const isClosed = way.includes(next);
      way.push(next);
      if (isClosed) break;
    }
    return circularJoin(way.map(useName));
  }
}

/** A path of joins, or a sub-query by its place and dimension. */
function useName(use: string): Told {
  const [place, dimension] = use.split(' ') as [JoinPath, string?];
  const path = pathName(place.split('.'), '.');
  return dimension === undefined ? path : say`${path}: ${memberName(dimension as MemberPath)}`;
}

function circularJoin(way: readonly Told[]): QueryError {
  const message = say`joins need each other: ${way.reduce((text, item) => say`${text} needs ${item}`)}; let the condition of one of them name only the two cubes that it joins`;
  return new QueryError([{ code: 'query/circular-join', path: '', message }]);
}

/**
 * Holds a condition to what is joined before it, and to one row of each for a row of the cube that declares the join.
 *
 * @throws QueryError
 */
export function checkUses(
  { path, from, cube }: Pick<JoinStep, 'path' | 'from' | 'cube'>,
  uses: JoinUses,
  steps: ReadonlyMap<JoinPath, JoinStep>,
): void {
  const join = say`the join of ${pathName(from.split('.'), '.')} to ${cubeName(cube)}`;
  for (const use of uses) {
    const [place, dimension] = use.split(' ') as [JoinPath, string?];
    if (dimension !== undefined) {
      if (place === path || place.startsWith(`${path}.`)) throw laterSubQuery(join, dimension);
    } else if (place.startsWith(`${path}.`)) {
      const own = say`${pathName(from.split('.'), '.')} -> ${cubeName(cube)}`;
      throw circularJoin([own, pathName(place.split('.').slice(-2), ' -> '), own]);
    } else {
      const many = stepsTo(place, steps).find(
        (step) => step.relationship === 'one-to-many' && !`${from}.`.startsWith(`${step.path}.`),
      );
      if (many) throw multiplied(join, many);
    }
  }
}

/** Holds the joins of a plan to their order, and what their conditions name to one row each. */
export function checkOrder(
  root: JoinPath,
  joins: readonly JoinStep[],
  subQueries: readonly PlacedSubQuery[],
): void {
  const done = new Set([root]);
  for (const { path, from, beside } of joins) {
    for (const place of beside ?? []) {
      invariant(done.has(place), `the join to ${path} names ${place} before it is joined`);
      invariant(isOneOf(place, from, joins), `${from} has many rows of ${place}`);
    }
    done.add(path);
  }
  for (const { at, after, dimension } of subQueries) {
    invariant(done.has(after ?? at), `${dimension} is joined after nothing`);
  }
}

/** Whether a row at `from` has at most one row at `place`: the way leads there from a place on the way to `from`. */
function isOneOf(place: JoinPath, from: JoinPath, joins: readonly JoinStep[]): boolean {
  const isOnTheWay = (path: JoinPath): boolean => `${from}.`.startsWith(`${path}.`);
  return joins.every(
    ({ path, relationship }) =>
      relationship !== 'one-to-many' || isOnTheWay(path) || !`${place}.`.startsWith(`${path}.`),
  );
}

function stepsTo(place: JoinPath, steps: ReadonlyMap<JoinPath, JoinStep>): JoinStep[] {
  const found: JoinStep[] = [];
  for (let step = steps.get(place); step; step = steps.get(step.from)) found.push(step);
  return found;
}

/** Its rows are known by a key of the very row that the condition is to find. */
function laterSubQuery(join: Told, dimension: string): QueryError {
  const message = say`${join} compares the sub-query dimension ${memberName(dimension as MemberPath)} of the cube that it joins; a join can only compare those of the cube that declares it`;
  return new QueryError([{ code: 'query/sub-query-in-join', path: '', message }]);
}

function multiplied(join: Told, { from, cube }: JoinStep): QueryError {
  const message = say`${join} names ${cubeName(cube)}, of which each ${cubeName(from.split('.').at(-1)!)} has many: it would repeat rows; name cubes of which each row has one`;
  return new QueryError([{ code: 'query/multiplied-join', path: '', message }]);
}
