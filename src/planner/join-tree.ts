import { invariant } from '../core/invariant.ts';
import type { MemberPath } from '../core/names.ts';
import { cubeName, memberName, pathName, say, type Told } from '../core/told.ts';
import type { Cube, Model } from '../model/model.ts';
import type { JoinGraph } from './join-graph.ts';
import type { JoinPath, JoinReference, JoinStep, MemberPlace, Occurrence } from './plan.ts';
import { QueryError } from './query-error.ts';
import { findMember, isMeasure, referencesIn, referencesOf, type Use } from './references.ts';

/** Two or more paths of one length, of which nothing chooses one. */
export interface JoinTie {
  readonly from: string;
  readonly to: string;
  readonly paths: readonly (readonly string[])[];
}

/** A dimension that is computed in a query of its own, and where its cube stands. */
export interface PlacedSubQuery {
  readonly at: JoinPath;
  readonly dimension: MemberPath;
}

/**
 * The joins that a set of members needs, from one root. A cube that a member of the query belongs
 * to stands where the shortest path from the root leads. One that a member's SQL names stands where
 * the path from that member's own cube leads, so that what a member means does not depend on the
 * root; a cube on the way from the root to the member is the one of that way.
 */
export class JoinTree {
  readonly root: string;
  /** Cubes that could not be reached, as `Orders to Countries`. */
  readonly missing = new Set<string>();
  readonly ties = new Map<string, JoinTie>();
  readonly #model: Model;
  readonly #graph: JoinGraph;
  readonly #steps = new Map<JoinPath, JoinStep>();
  readonly #references = new Map<string, JoinReference>();
  readonly #subQueries = new Map<string, PlacedSubQuery>();
  readonly #seen = new Set<string>();
  readonly #way: readonly string[];
  readonly #places = new Map<string, MemberPlace>();

  /** @param way how the root itself is reached by what is measured there: what comes the same way starts at it. */
  constructor(root: string, model: Model, graph: JoinGraph, way: readonly string[] | null = null) {
    this.root = root;
    this.#model = model;
    this.#graph = graph;
    this.#way = way ?? [root];
  }

  /** Joins what a member needs. */
  add({ name, member, via }: Occurrence, use: Use = 'value'): void {
    const at = this.addWay(via ?? [member.slice(0, member.indexOf('.'))]);
    if (at === null) return;
    if (via !== null) this.#places.set(name, { name, at });
    this.#walk(member, at, use);
  }

  /** Joins the cubes of a path, and says where its last one stands; null: nowhere. */
  addWay(cubes: readonly string[]): JoinPath | null {
    const isRelative = this.#way.every((cube, index) => cubes[index] === cube);
    const [start, ...rest] = isRelative ? cubes.slice(this.#way.length - 1) : cubes;
    let at = this.#resolve(this.root, start!);
    for (const cube of rest) at = at === null ? null : this.#step(at, cube);
    return at;
  }

  /** Each after the cube that it is joined to, in an order that does not depend on the query's. */
  steps(): JoinStep[] {
    const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
    return [...this.#steps.values()].sort((a, b) => compare(a.path, b.path));
  }

  references(): JoinReference[] {
    return [...this.#references.values()].sort((a, b) =>
      `${a.at} ${a.cube}` < `${b.at} ${b.cube}` ? -1 : 1,
    );
  }

  places(): MemberPlace[] {
    return [...this.#places.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  subQueries(): PlacedSubQuery[] {
    const keys = [...this.#subQueries.keys()].sort();
    return keys.map((key) => this.#subQueries.get(key)!);
  }

  /** Joins that can give a row of the root more than one row. */
  toMany(): JoinStep[] {
    return this.steps().filter((step) => step.relationship === 'one-to-many');
  }

  cubes(): Set<string> {
    return new Set([this.root, ...[...this.#steps.values()].map((step) => step.cube)]);
  }

  #walk(path: string, at: JoinPath, use: Use): void {
    const key = `${at} ${path} ${use}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const found = findMember(this.#model, path);
    invariant(found, `the model lacks ${path}`);
    const isSubQuery = found.member.kind === 'dimension' && found.member.subQuery !== null;
    if (isSubQuery) this.#addSubQuery(found.member.path, found.cube, at);
    for (const reference of referencesOf(found.member, found.cube, use)) {
      if (isSubQuery && isMeasure(reference, this.#model)) continue;
      const place = this.#resolve(at, reference.cube);
      if (place !== null && reference.kind === 'member') this.#walk(reference.path, place, 'value');
    }
  }

  /** It is joined by the key of its cube; its measures are no part of this tree. */
  #addSubQuery(dimension: MemberPath, cube: Cube, at: JoinPath): void {
    this.#subQueries.set(`${at} ${dimension}`, { at, dimension });
    for (const key of cube.primaryKeys) this.#walk(`${cube.name}.${key}`, at, 'value');
  }

  /** Where a cube stands that is named by a member of the cube at `at`; null: nowhere. */
  #resolve(at: JoinPath, cube: string): JoinPath | null {
    const key = `${at} ${cube}`;
    const known = this.#references.get(key);
    if (known) return known.to;
    const to = this.#find(at, cube);
    if (to !== null) this.#references.set(key, { at, cube, to });
    return to;
  }

  #find(at: JoinPath, cube: string): JoinPath | null {
    const onTheWay = prefixTo(at, cube);
    if (onTheWay !== null) return onTheWay;
    const own = at.slice(at.lastIndexOf('.') + 1);
    for (const [start, from] of [
      [own, at],
      [this.root, this.root],
    ] as const) {
      // Hints are about the query's own names; what a member names, they only choose from.
      const paths =
        from === this.root
          ? this.#graph.hintedPaths(start, cube)
          : this.#graph.shortestPaths(start, cube);
      const [first] = paths;
      if (!first) continue;
      if (paths.length > 1) this.ties.set(`${start} ${cube}`, { from: start, to: cube, paths });
      return first
        .slice(1)
        .reduce((place, next) => prefixTo(place, next) ?? this.#step(place, next), from);
    }
    this.missing.add(`${own} to ${cube}`);
    return null;
  }

  /** Its rows are known by a key of the very row that the condition is to find. */
  #refuseSubQueryInJoin(from: JoinPath, path: JoinPath): void {
    const found = [...this.#subQueries.values()].find(({ at }) => at === path);
    if (!found) return;
    const ends = [pathName(from.split('.'), '.'), cubeName(path.slice(from.length + 1))] as const;
    const message = say`the join of ${ends[0]} to ${ends[1]} compares the sub-query dimension ${memberName(found.dimension)} of the cube that it joins; a join can only compare those of the cube that declares it`;
    throw new QueryError([{ code: 'query/sub-query-in-join', path: '', message }]);
  }

  #step(from: JoinPath, cube: string): JoinPath {
    const path = `${from}.${cube}`;
    if (this.#steps.has(path)) return path;
    const { relationship, sql } = this.#graph.join(from.slice(from.lastIndexOf('.') + 1), cube);
    this.#steps.set(path, { path, from, cube, relationship });
    for (const reference of referencesIn(sql.pieces)) {
      if (reference.kind !== 'member') continue;
      this.#walk(reference.path, reference.cube === cube ? path : from, 'value');
    }
    this.#refuseSubQueryInJoin(from, path);
    return path;
  }
}

/** One of {@link JoinTree.missing}, for a message. */
export function missingName(missing: string): Told {
  return pathName(missing.split(' to '), ' to ');
}

/** The part of a path that ends at a cube on it, the last one. */
function prefixTo(path: JoinPath, cube: string): JoinPath | null {
  if (path === cube) return path;
  const cubes = path.split('.');
  const index = cubes.lastIndexOf(cube);
  return index < 0 ? null : cubes.slice(0, index + 1).join('.');
}
