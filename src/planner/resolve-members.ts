import { assertNever } from '../core/invariant.ts';
import { ownerOf, type MemberPath } from '../core/names.ts';
import { suggest } from '../core/suggest.ts';
import { cubeName, forOperator, memberName, say, word, type Told } from '../core/told.ts';
import type { Dimension, DimensionType, Measure, Member, Model, Segment } from '../model/model.ts';
import type { ViewMember } from '../model/view.ts';
import type { Access } from './access.ts';
import { unsupportedReason } from './check-supported.ts';
import { maskedRows, maskMember } from './masks.ts';
import { plainOccurrence, type MaskedMember, type Occurrence } from './plan.ts';
import { Expansions } from './expanded-size.ts';
import type { FoundProblem } from './query-error.ts';
import type { QueryReader } from './query-reader.ts';
import { findMember } from './references.ts';
import type { NamedMember } from './request.ts';
import type { HiddenReason, UserNames } from './user-names.ts';

interface Kinds {
  readonly measure: Measure;
  readonly dimension: Dimension;
  readonly segment: Segment;
}

const keyOfKind = { measure: 'measures', dimension: 'dimensions', segment: 'segments' } as const;

/** What a query does with a member: shows it, or bounds its rows by it alone. */
export type Use = 'shown' | 'bound';

/** A member of a cube, and how the query comes to it. */
export interface Resolved<M extends Member = Member> {
  readonly member: M;
  readonly occurrence: Occurrence;
  /** Of its values; that of a masked member is the type of what it hides. */
  readonly type: ValueType;
}

/** Types of values: of a dimension, or of what a measure makes of many rows. */
export type ValueType = DimensionType;

/** A smallest or largest value is taken to be a number, as in the original; what is calculated has the type that it says. */
function valueType(member: Member): ValueType {
  switch (member.kind) {
    case 'dimension':
      return member.type;
    case 'segment':
      return 'boolean';
    default: {
      const { type } = member;
      const isOwn = type === 'string' || type === 'boolean' || type === 'time';
      return isOwn ? type : 'number';
    }
  }
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
  readonly #names: UserNames;
  readonly #expansions: Expansions;
  readonly #trusted: boolean;

  /** @param trusted What bounds rows may name members that are not public: no caller wrote it. */
  constructor(
    model: Model,
    reader: QueryReader,
    access: Access | null,
    names: UserNames,
    trusted = false,
  ) {
    this.#trusted = trusted;
    this.#model = model;
    this.#reader = reader;
    this.#access = access;
    this.#names = names;
    this.#expansions = new Expansions(model, reader.budget);
  }

  one<K extends keyof Kinds>(
    named: NamedMember,
    kind: K,
    use: Use = 'shown',
  ): Resolved<Kinds[K]> | null {
    const found = this.any(named, use);
    if (found === null) return null;
    const { member } = found;
    if (member.kind === kind) return found as Resolved<Kinds[K]>;
    this.#reader.report(
      'query/wrong-kind',
      named.path,
      say`${memberName(named.name as MemberPath)} is a ${word(member.kind)}; it belongs in ${word(keyOfKind[member.kind])}`,
    );
    return null;
  }

  /** @param use What only bounds rows may be private, where the query's filters are trusted. */
  any(named: NamedMember, use: Use = 'shown'): Resolved | null {
    const found = this.#visible(named, use === 'bound' && this.#trusted);
    if (found === null) return null;
    const resolved = this.#resolved(found);
    this.#use(found.path);
    this.#use(resolved.member.path);
    this.#expansions.count(resolved.member.path, named.path);
    const reason = unsupportedReason(resolved.member, this.#model);
    if (reason === null) return this.#masked(resolved);
    this.#reader.report('query/not-supported-yet', named.path, say`${reason} is not supported yet`);
    return null;
  }

  /** What is hidden from the user is reported as what does not exist; only the operator is told why. */
  #visible(named: NamedMember, mayBePrivate: boolean): Member | ViewMember | null {
    const dot = named.name.indexOf('.');
    const ownerName = dot < 0 ? named.name : named.name.slice(0, dot);
    const owner = this.#model.cubes.get(ownerName) ?? this.#model.views.get(ownerName);
    if (!owner || this.#names.whyNotOwner(owner, mayBePrivate) !== null) {
      const detail = owner
        ? hiddenDetail(
            cubeName(ownerName),
            ownerName,
            this.#names.whyNotOwner(owner, mayBePrivate)!,
          )
        : this.#quarantined(ownerName);
      const known = this.#names.owners();
      reportUnknown(this.#reader, named.path, { what: 'cube', name: ownerName, known, detail });
      return null;
    }
    const found = owner.members.get(dot < 0 ? '' : named.name.slice(dot + 1));
    const why = found && this.#names.whyNotMember(found, mayBePrivate);
    if (found && why === null) return found;
    const detail = why
      ? hiddenDetail(memberName(found!.path), this.#hidingOwner(found!), why)
      : undefined;
    const known = this.#names.membersOf(owner);
    reportUnknown(this.#reader, named.path, { what: 'member', name: named.name, known, detail });
    return null;
  }

  /** The cube or view whose policies hide a member. */
  #hidingOwner(found: Member | ViewMember): string {
    const own = ownerOf(found.path);
    const seen = this.#access?.visibility(own, found.path) ?? 'shown';
    const isOwn = !('target' in found) || seen === 'hidden' || seen === 'uncovered';
    return isOwn ? own : ownerOf(found.target);
  }

  /** What is wrong with a cube or view that is left out of the schema. Nobody knows whom it would be shown to. */
  #quarantined(name: string): FoundProblem['detail'] {
    const error = this.#model.quarantined.get(name);
    if (error === undefined) return undefined;
    const message = say`${cubeName(name)} cannot be asked for until its schema is mended: ${forOperator(error)}`;
    return { code: 'query/quarantined-cube', message };
  }

  /** What is hidden in its cube is shown by a view that names it. */
  #resolved(found: Member | ViewMember): Resolved {
    if (!('target' in found)) {
      const occurrence = plainOccurrence(found.path);
      return { member: found, occurrence, type: valueType(found) };
    }
    const { path: name, target, joinPath } = found;
    const via = joinPath.length > 1 ? joinPath : null;
    const occurrence = { name, member: target, via };
    this.occurrences.set(name, occurrence);
    const { member } = findMember(this.#model, target)!;
    return { member, occurrence, type: valueType(member) };
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
    return { ...resolved, member: made.masked.member, occurrence: made.occurrence };
  }

  #use(path: MemberPath): void {
    const owner = ownerOf(path);
    const used = this.used.get(owner);
    if (used) used.add(path);
    else this.used.set(owner, new Set([path]));
  }
}

/** What the operator is told of a name that a user may not see. */
export function hiddenDetail(
  name: Told,
  owner: string,
  why: HiddenReason,
): NonNullable<FoundProblem['detail']> {
  const by = cubeName(owner);
  switch (why) {
    case 'private':
      return {
        code: 'query/hidden-member',
        message: say`${name} is hidden; only cubes and members that are public can be asked for`,
      };
    case 'uncovered':
      return {
        code: 'query/access-denied',
        message: say`${name} is not shown: no access policy of ${by} covers this user`,
      };
    case 'policy':
      return {
        code: 'query/access-denied',
        message: say`${name} is hidden by the access policies of ${by}`,
      };
    default:
      return assertNever(why);
  }
}

interface UnknownName {
  readonly what: 'cube' | 'member';
  /** As the query has it. */
  readonly name: string;
  /** The names that the user sees. */
  readonly known: readonly string[];
  readonly detail?: FoundProblem['detail'] | undefined;
}

/** The one report of a name that does not exist, or that the user may not see: they cannot be told apart. */
export function reportUnknown(
  reader: QueryReader,
  path: string,
  { what, name, known, detail }: UnknownName,
): void {
  const found = suggest(name, known);
  const shown = found && (what === 'cube' ? cubeName(found) : memberName(found as MemberPath));
  const hint = shown ? say`; did you mean '${shown}'?` : say``;
  const message = say`there is no ${word(what)} ${reader.show(name)}${hint}`;
  const code = what === 'cube' ? 'query/unknown-cube' : 'query/unknown-member';
  reader.report(code, path, message, detail);
}
