import { assertNever } from '../core/invariant.ts';
import { ownerOf, type MemberPath } from '../core/names.ts';
import { didYouMean } from '../core/suggest.ts';
import type { Cube, Dimension, Measure, Member, Model, Segment } from '../model/model.ts';
import type { View, ViewMember } from '../model/view.ts';
import type { Access } from './access.ts';
import { unsupportedReason } from './check-supported.ts';
import { maskedRows, maskMember } from './masks.ts';
import { plainOccurrence, type MaskedMember, type Occurrence } from './plan.ts';
import type { QueryReader } from './query-reader.ts';
import { findMember } from './references.ts';
import type { NamedMember } from './request.ts';

interface Kinds {
  readonly measure: Measure;
  readonly dimension: Dimension;
  readonly segment: Segment;
}

const keyOfKind = { measure: 'measures', dimension: 'dimensions', segment: 'segments' } as const;

/** A member of a cube, and how the query comes to it. */
export interface Resolved<M extends Member = Member> {
  readonly member: M;
  readonly occurrence: Occurrence;
}

/** Looks members of cubes and views up, and reports the ones that are unknown, hidden, or of another kind than asked for. */
export class MemberResolver {
  readonly #model: Model;
  readonly #reader: QueryReader;
  /** What the names of views' members stand for. */
  readonly occurrences = new Map<MemberPath, Occurrence>();
  /** Members that the query names, and those of cubes behind the ones of views. */
  readonly used = new Map<string, Set<MemberPath>>();
  /** Members that this user sees masked, by their names in the plan. */
  readonly masked = new Map<MemberPath, MaskedMember>();
  readonly #access: Access | null;

  constructor(model: Model, reader: QueryReader, access: Access | null) {
    this.#model = model;
    this.#reader = reader;
    this.#access = access;
  }

  one<K extends keyof Kinds>(named: NamedMember, kind: K): Resolved<Kinds[K]> | null {
    const found = this.any(named);
    if (found === null) return null;
    const { member } = found;
    if (member.kind === kind) return found as Resolved<Kinds[K]>;
    this.#reader.report(
      'query/wrong-kind',
      named.path,
      `${named.name} is a ${member.kind}; it belongs in ${keyOfKind[member.kind]}`,
    );
    return null;
  }

  any(named: NamedMember): Resolved | null {
    const dot = named.name.indexOf('.');
    const ownerName = dot < 0 ? named.name : named.name.slice(0, dot);
    if (this.#isQuarantined(ownerName, named)) return null;
    const owner = this.#model.cubes.get(ownerName) ?? this.#model.views.get(ownerName);
    if (!owner?.public) {
      const known = [...this.#model.cubes.values(), ...this.#model.views.values()];
      const names = known.filter((item) => item.public).map((item) => item.name);
      return this.#unknown('query/unknown-cube', named, 'cube', ownerName, names);
    }
    const memberName = dot < 0 ? '' : named.name.slice(dot + 1);
    const found = owner.members.get(memberName);
    if (!found) {
      return this.#unknown(
        'query/unknown-member',
        named,
        'member',
        named.name,
        visibleNames(owner),
      );
    }
    if (!found.public) {
      const message = `${named.name} is hidden; only members that are public can be asked for`;
      this.#reader.report('query/hidden-member', named.path, message);
      return null;
    }
    const resolved = this.#resolved(found);
    const hidden =
      this.#hiddenBy(ownerName, found.path) ??
      this.#hiddenBy(ownerOf(resolved.member.path), resolved.member.path);
    if (hidden !== null) {
      this.#reader.report('query/access-denied', named.path, `${named.name} ${hidden}`);
      return null;
    }
    const reason = unsupportedReason(resolved.member, this.#model);
    if (reason === null) return this.#masked(resolved);
    this.#reader.report('query/not-supported-yet', named.path, `${reason} is not supported yet`);
    return null;
  }

  /** Reports what is wrong with a cube or view that is left out of the schema. */
  #isQuarantined(name: string, { path }: NamedMember): boolean {
    const error = this.#model.quarantined.get(name);
    if (error === undefined) return false;
    const message = `${name} cannot be asked for until its schema is mended: ${error}`;
    this.#reader.report('query/quarantined-cube', path, message);
    return true;
  }

  /** What is hidden in its cube is shown by a view that names it. */
  #resolved(found: Member | ViewMember): Resolved {
    if (!('target' in found)) return { member: found, occurrence: plainOccurrence(found.path) };
    const { path: name, target, joinPath } = found;
    const via = joinPath.length > 1 ? joinPath : null;
    const occurrence = { name, member: target, via };
    this.occurrences.set(name, occurrence);
    return { member: findMember(this.#model, target)!.member, occurrence };
  }

  /** What stands for a member that the policies of its cube or view mask. */
  #masked(resolved: Resolved): Resolved {
    const { member, occurrence } = resolved;
    if (this.#access === null || member.kind === 'segment') return resolved;
    const shown = maskedRows(occurrence.name, member, this.#access);
    if (shown === null) return resolved;
    const made = maskMember(member, occurrence, shown);
    this.masked.set(made.masked.name, made.masked);
    this.occurrences.delete(occurrence.name);
    this.occurrences.set(made.masked.name, made.occurrence);
    return { member: made.masked.member, occurrence: made.occurrence };
  }

  /** What the policies of a cube or a view say against a member; null: nothing. */
  #hiddenBy(owner: string, path: MemberPath): string | null {
    const used = this.used.get(owner);
    if (used) used.add(path);
    else this.used.set(owner, new Set([path]));
    const visibility = this.#access?.visibility(owner, path) ?? 'shown';
    switch (visibility) {
      case 'shown':
      case 'masked':
        return null;
      case 'uncovered':
        return `is not shown: no access policy of ${owner} covers this user`;
      case 'hidden':
        return `is hidden by the access policies of ${owner}`;
      default:
        return assertNever(visibility);
    }
  }

  #unknown(
    code: string,
    named: NamedMember,
    what: string,
    name: string,
    known: readonly string[],
  ): null {
    const hint = didYouMean(name, known);
    const text = this.#reader.show(name);
    this.#reader.report(code, named.path, `there is no ${what} ${text}${hint ? `; ${hint}` : ''}`);
    return null;
  }
}

function visibleNames(owner: Cube | View): string[] {
  return [...owner.members.values()].filter((member) => member.public).map((member) => member.path);
}
