import { invariant } from '../core/invariant.ts';
import { ownerOf, type MemberPath } from '../core/names.ts';
import { pathName, type Told } from '../core/told.ts';
import type { Cube, Model } from '../model/model.ts';
import { mostJoins, type JoinGraph } from './join-graph.ts';
import { checkUses, orderJoins, type Joined, type JoinUses } from './order-joins.ts';
import type {
  JoinPath,
  JoinReference,
  JoinStep,
  MemberPlace,
  Occurrence,
  SubQueryStep,
} from './plan.ts';
import {
  findMember,
  isMeasure,
  referencesIn,
  referencesOf,
  type Reference,
  type Use,
} from './references.ts';
import { tooManyJoins } from './too-large.ts';

/** Two or more paths of one length, of which nothing chooses one. */
export interface JoinTie {
  readonly from: string;
  readonly to: string;
  readonly paths: readonly (readonly string[])[];
}

/**
 * The joins that a set of members needs, from one root. A cube that a member of the query belongs
 * to stands where the shortest path from the root leads. One that a member's SQL names stands where
 * the path from that member's own cube leads, so that what a member means does not depend on the
 * root; a cube on the way from the root to the member is the one of that way.
 */
export class JoinTree {
  /** Cubes on the ways that were looked up. */
  walked = 0;
  readonly root: string;
  /** Cubes that could not be reached, as `Orders to Countries`. */
  readonly missing = new Set<string>();
  readonly ties = new Map<string, JoinTie>();
  readonly #model: Model;
  readonly #graph: JoinGraph;
  readonly #steps = new Map<JoinPath, JoinStep>();
  readonly #references = new Map<string, JoinReference>();
  readonly #subQueries = new Map<string, Omit<SubQueryStep, 'groups' | 'conditions'>>();
  /** By the path of a join, or the key of a sub-query, what else its condition is calculated from. */
  readonly #uses = new Map<string, JoinUses>();
  /** Where cubes of the query stand that a hint leads to on another path than the shortest. */
  readonly #hinted = new Map<string, JoinPath>();
  /** Places on the ways to what is added, the root left out. */
  readonly #onWays = new Set<JoinPath>();
  /** Cubes between the root and a cube that a member of the query belongs to. */
  readonly #between = new Set<string>();
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
    const at = this.addWay(via ?? [ownerOf(member)]);
    if (at === null) return;
    if (via !== null || this.#hinted.has(ownerOf(member))) this.#places.set(name, { name, at });
    this.#walk(member, at, use);
  }

  /** Joins the cubes of a path, and says where its last one stands; null: nowhere. */
  addWay(cubes: readonly string[]): JoinPath | null {
    const isRelative = this.#way.every((cube, index) => cubes[index] === cube);
    const [start, ...rest] = isRelative ? cubes.slice(this.#way.length - 1) : cubes;
    let at = this.#resolveNamed(start!);
    for (const cube of at?.split('.').slice(1, -1) ?? []) this.#between.add(cube);
    for (const cube of rest) at = at === null ? null : this.#step(at, cube);
    for (let place = at; place !== null && place !== this.root;) {
      if (this.#onWays.has(place)) break;
      this.#onWays.add(place);
      place = place.slice(0, place.lastIndexOf('.'));
    }
    return at;
  }

  /** Each after all that its condition names, in an order that does not depend on the query's. */
  joined(): Joined {
    return orderJoins(this.root, this.#steps, this.#subQueries, this.#uses);
  }

  references(): JoinReference[] {
    return [...this.#references.values()].sort((a, b) =>
      `${a.at} ${a.cube}` < `${b.at} ${b.cube}` ? -1 : 1,
    );
  }

  places(): MemberPlace[] {
    return [...this.#places.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  steps(): IterableIterator<JoinStep> {
    return this.#steps.values();
  }

  /** Joins that can give a row of the root more than one row. */
  toMany(): JoinStep[] {
    return [...this.#steps.values()]
      .filter((step) => step.relationship === 'one-to-many')
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** How many joins give a row of the cube at a place more than one row, whichever end declares them. */
  repeats(at: JoinPath): number {
    let count = 0;
    for (const { path, relationship } of this.#steps.values()) {
      const isTowardRoot = at === path || at.startsWith(`${path}.`);
      if (relationship === (isTowardRoot ? 'many-to-one' : 'one-to-many')) count++;
    }
    return count;
  }

  get size(): number {
    return this.#steps.size;
  }

  /** Joins on the ways to what is added, without those for what the members' SQL names. */
  get wayJoins(): number {
    return this.#onWays.size;
  }

  /** Whether no other cubes than these stand between the root, one of them, and what is added to it. */
  isWithin(cubes: ReadonlySet<string>): boolean {
    return cubes.has(this.root) && [...this.#between].every((cube) => cubes.has(cube));
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
    const key = `${at} ${dimension}`;
    if (this.#subQueries.has(key)) return;
    this.#subQueries.set(key, { at, dimension });
    const keys = cube.primaryKeys.map((name): MemberPath => `${cube.name}.${name}`);
    for (const path of keys) this.#walk(path, at, 'value');
    this.#uses.set(key, this.#usesOf(keys.map((path) => [path, at])));
  }

  /** The places, and the sub-queries by their keys, from which some members are calculated. */
  #usesOf(members: (readonly [MemberPath, JoinPath])[]): Set<string> {
    const uses = new Set<string>();
    const seen = new Set<string>();
    for (const [path, at] of members) {
      uses.add(at);
      const key = `${at} ${path}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const { member, cube } = findMember(this.#model, path)!;
      const isSubQuery = member.kind === 'dimension' && member.subQuery !== null;
      if (isSubQuery) uses.add(key);
      for (const reference of referencesOf(member, cube, 'value')) {
        if (isSubQuery && isMeasure(reference, this.#model)) continue;
        const place = this.#resolve(at, reference.cube);
        if (place === null) continue;
        uses.add(place);
        if (reference.kind === 'member') members.push([reference.path, place]);
      }
    }
    return uses;
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

  /** Hints are about the query's own names; of what a member names they only settle ties. */
  #resolveNamed(cube: string): JoinPath | null {
    if (!this.#graph.hasHints) return this.#resolve(this.root, cube);
    const known = this.#hinted.get(cube);
    if (known !== undefined) return known;
    const paths = this.#graph.hintedPaths(this.root, cube);
    const [first] = paths;
    const isPlain = first?.join() === this.#graph.shortestPaths(this.root, cube)[0]?.join();
    if (first === undefined || isPlain) return this.#resolve(this.root, cube);
    if (paths.length > 1)
      this.ties.set(`${this.root} ${cube}`, { from: this.root, to: cube, paths });
    const at = first.slice(1).reduce((place, next) => this.#step(place, next), this.root);
    this.#hinted.set(cube, at);
    return at;
  }

  #find(at: JoinPath, cube: string): JoinPath | null {
    const onTheWay = prefixTo(at, cube);
    if (onTheWay !== null) return onTheWay;
    const own = cubeAt(at);
    for (const [start, from] of [
      [own, at],
      [this.root, this.root],
    ] as const) {
      const paths = this.#graph.shortestPaths(start, cube);
      const first = paths[0];
      if (!first) continue;
      this.walked += first.length;
      if (paths.length > 1) this.ties.set(`${start} ${cube}`, { from: start, to: cube, paths });
      return first
        .slice(1)
        .reduce((place, next) => prefixTo(place, next) ?? this.#step(place, next), from);
    }
    this.missing.add(`${own} to ${cube}`);
    return null;
  }

  #step(from: JoinPath, cube: string): JoinPath {
    const path = `${from}.${cube}`;
    if (this.#steps.has(path)) return path;
    if (this.#steps.size >= mostJoins) throw tooManyJoins(this.root, cube);
    const { relationship, sql } = this.#graph.join(cubeAt(from), cube);
    this.#steps.set(path, { path, from, cube, relationship });
    const references = referencesIn(sql.pieces);
    if (references.length === 0) return path;
    const uses = this.#usesOfJoin(references, from, path);
    if (uses.size > 0) {
      this.#uses.set(path, uses);
      checkUses({ path, from, cube }, uses, this.#steps);
    }
    return path;
  }

  /** What the condition of a join is calculated from, beside the two rows that it compares. */
  #usesOfJoin(
    references: readonly Reference[],
    from: JoinPath,
    path: JoinPath,
  ): ReadonlySet<string> {
    const members: (readonly [MemberPath, JoinPath])[] = [];
    const places: JoinPath[] = [];
    for (const reference of references) {
      // What it names beside its two cubes is reached from the one that declares it.
      const { cube } = reference;
      const isEnd = cube === cubeAt(path) || cube === cubeAt(from);
      const place = !isEnd ? this.#resolve(from, cube) : cube === cubeAt(path) ? path : from;
      if (place === null) continue;
      places.push(place);
      if (reference.kind !== 'member') continue;
      this.#walk(reference.path, place, 'value');
      members.push([reference.path, place]);
    }
    const uses = this.#usesOf(members);
    for (const place of places) uses.add(place);
    uses.delete(from);
    uses.delete(path);
    return uses;
  }
}

/** One of {@link JoinTree.missing}, for a message. */
export function missingName(missing: string): Told {
  return pathName(missing.split(' to '), ' to ');
}

/** The part of a path that ends at a cube on it, the last one. */
function prefixTo(path: JoinPath, cube: string): JoinPath | null {
  if (path === cube || !path.includes(cube)) return path === cube ? path : null;
  const cubes = path.split('.');
  const index = cubes.lastIndexOf(cube);
  return index < 0 ? null : cubes.slice(0, index + 1).join('.');
}

function cubeAt(path: JoinPath): string {
  return path.slice(path.lastIndexOf('.') + 1);
}
