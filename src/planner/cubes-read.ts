import { memberPath } from '../core/names.ts';
import { innerPieces, sourceFragment, valueFragments } from '../model/fragments-of.ts';
import type { FragmentPiece, Model } from '../model/model.ts';
import type { Plan } from './plan.ts';
import { membersOfFilter } from './policy-leaf.ts';
import { findMember } from './references.ts';

/** Every cube whose source the statement of a plan can read: joined, inside another source, or in a member's SQL. */
export function cubesRead(plan: Omit<Plan, 'access'>, model: Model): ReadonlySet<string> {
  const reading = new Reading(model);
  reading.plan({ root: plan.root, columns: plan.columns, occurrences: plan.occurrences });
  return reading.cubes;
}

/** What holds values rather than names, and the path on which a view has a member: joins tell which cubes of it are read. */
const notRead: ReadonlySet<string> = new Set(['value', 'values', 'instant', 'via']);

class Reading {
  readonly cubes = new Set<string>();
  readonly #members = new Set<string>();
  readonly #model: Model;

  constructor(model: Model) {
    this.#model = model;
  }

  /** Any part of a plan: whatever names a cube or a member in it is read. */
  plan(node: unknown): void {
    if (typeof node === 'string') {
      if (this.#model.cubes.has(node)) this.#cube(node);
      else this.#member(node);
    } else if (typeof node === 'object' && node !== null) {
      for (const [key, part] of Object.entries(node)) if (!notRead.has(key)) this.plan(part);
    }
  }

  #cube(name: string): void {
    if (this.cubes.has(name)) return;
    this.cubes.add(name);
    const cube = this.#model.cubes.get(name)!;
    this.#pieces(sourceFragment(cube).pieces);
    for (const join of cube.joins) this.#pieces(join.sql.pieces);
    for (const key of cube.primaryKeys) this.#member(memberPath(name, key));
    for (const { rows } of cube.accessPolicies) {
      if (rows !== 'all') membersOfFilter(rows).forEach((member) => this.#member(member));
    }
  }

  #member(path: string): void {
    if (this.#members.has(path)) return;
    this.#members.add(path);
    const member = findMember(this.#model, path)?.member;
    if (!member) return;
    const drill = member.kind === 'measure' ? member.drillFilters : [];
    for (const { pieces } of [...valueFragments(member), ...drill]) this.#pieces(pieces);
  }

  #pieces(pieces: readonly FragmentPiece[]): void {
    for (const piece of pieces) {
      if (piece.kind === 'source') this.#cube(piece.cube);
      if (piece.kind === 'member') this.#member(piece.path);
      innerPieces(piece).forEach((inner) => this.#pieces(inner));
    }
  }
}
