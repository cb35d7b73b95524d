import type { MemberPath } from '../core/names.ts';
import { say } from '../core/told.ts';
import type { Model } from '../model/model.ts';
import type { Budget } from './budget.ts';
import { findMember, referencesOf, stageReferences } from './references.ts';

/** How deep members may refer to members: each level is a level of the SQL, and of the calls that make it. */
const deepest = 500;

interface Expansion {
  /** Texts that a member comes to when each reference is put in: 2^n for n members that name the one below twice. */
  readonly size: number;
  readonly depth: number;
}

/** Counts what members expand to, each member once, without expanding any. One for each plan. */
export class Expansions {
  readonly #model: Model;
  readonly #budget: Budget;
  readonly #known = new Map<string, Expansion>();

  constructor(model: Model, budget: Budget) {
    this.#model = model;
    this.#budget = budget;
  }

  /** Members that were looked at. */
  get visited(): number {
    return this.#known.size;
  }

  /** @throws QueryError when a member expands to too much, or to too many levels. */
  count(member: MemberPath, path: string): void {
    const { size, depth } = this.#of(member);
    this.#budget.spend('pieces of SQL', size, path, member);
    if (depth > deepest)
      this.#budget.refuse(say`levels of references`, depth, deepest, path, member);
  }

  /** Without recursion: chains of members can be longer than a stack is deep. */
  #of(start: MemberPath): Expansion {
    const known = this.#known;
    const stack: string[] = [start];
    const open = new Set<string>();
    while (stack.length > 0) {
      const path = stack.at(-1)!;
      if (known.has(path)) {
        stack.pop();
        continue;
      }
      const parts = this.#namedBy(path);
      const missing = open.has(path) ? [] : parts.filter((part) => !known.has(part));
      open.add(path);
      if (missing.length > 0) {
        stack.push(...missing.filter((part) => !open.has(part)));
        if (stack.at(-1) !== path) continue;
      }
      stack.pop();
      const found = parts.map((part) => known.get(part) ?? { size: 0, depth: 0 });
      known.set(path, {
        size: found.reduce((sum, { size }) => sum + size, 1),
        depth: found.reduce((most, { depth }) => Math.max(most, depth), 0) + 1,
      });
    }
    return known.get(start)!;
  }

  /** With each member as often as it is named. */
  #namedBy(path: string): string[] {
    const found = findMember(this.#model, path);
    if (!found) return [];
    const { member, cube } = found;
    const references =
      member.kind === 'measure'
        ? [...stageReferences(member, cube), ...referencesOf(member, cube, 'filters')]
        : referencesOf(member, cube, 'value');
    return references.flatMap((item) => (item.kind === 'member' ? [item.path] : []));
  }
}
