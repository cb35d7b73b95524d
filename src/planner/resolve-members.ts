import { didYouMean } from '../core/suggest.ts';
import type { Cube, Dimension, Measure, Member, Model, Segment } from '../model/model.ts';
import { unsupportedReason } from './check-supported.ts';
import type { QueryReader } from './query-reader.ts';
import type { NamedMember } from './request.ts';

interface Kinds {
  readonly measure: Measure;
  readonly dimension: Dimension;
  readonly segment: Segment;
}

const keyOfKind = { measure: 'measures', dimension: 'dimensions', segment: 'segments' } as const;

/** Looks members up, and reports the ones that are unknown, hidden, or of another kind than asked for. */
export class MemberResolver {
  readonly #model: Model;
  readonly #reader: QueryReader;

  constructor(model: Model, reader: QueryReader) {
    this.#model = model;
    this.#reader = reader;
  }

  list<K extends keyof Kinds>(named: readonly NamedMember[], kind: K): Kinds[K][] {
    return named.flatMap((item) => this.one(item, kind) ?? []);
  }

  one<K extends keyof Kinds>(named: NamedMember, kind: K): Kinds[K] | null {
    const member = this.any(named);
    if (member === null) return null;
    if (member.kind === kind) return member as Kinds[K];
    this.#reader.report(
      'query/wrong-kind',
      named.path,
      `${named.name} is a ${member.kind}; it belongs in ${keyOfKind[member.kind]}`,
    );
    return null;
  }

  any(named: NamedMember): Member | null {
    const dot = named.name.indexOf('.');
    const cubeName = dot < 0 ? named.name : named.name.slice(0, dot);
    const cube = this.#model.cubes.get(cubeName);
    if (!cube || !cube.public) {
      const known = [...this.#model.cubes.values()].filter((item) => item.public);
      return this.#unknown(
        'query/unknown-cube',
        named,
        'cube',
        cubeName,
        known.map((item) => item.name),
      );
    }
    const memberName = dot < 0 ? '' : named.name.slice(dot + 1);
    const member = cube.members.get(memberName);
    if (!member) {
      return this.#unknown('query/unknown-member', named, 'member', named.name, visibleNames(cube));
    }
    if (!member.public) {
      const message = `${named.name} is hidden; only members that are public can be asked for`;
      this.#reader.report('query/hidden-member', named.path, message);
      return null;
    }
    const reason = unsupportedReason(member, this.#model);
    if (reason === null) return member;
    this.#reader.report('query/not-supported-yet', named.path, `${reason} is not supported yet`);
    return null;
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

function visibleNames(cube: Cube): string[] {
  return [...cube.members.values()].filter((member) => member.public).map((member) => member.path);
}
