import { ownerOf, type MemberPath } from '../core/names.ts';
import type { MetadataNames } from '../model/metadata.ts';
import type { Cube, Member, Model } from '../model/model.ts';
import type { View, ViewMember } from '../model/view.ts';
import type { Access } from './access.ts';
import { askedName } from './masks.ts';

/** How a user sees a member. */
export type Sight = 'shown' | 'masked' | 'hidden';

/** Why a member is not for a user; the operator is told. */
export type HiddenReason = 'private' | 'uncovered' | 'policy';

/**
 * What a user may see of a model: what is public, without what access policies hide. The one place that decides it: what a
 * query may name, `meta`, suggestions and every message of an error are made from it.
 */
export class UserNames implements MetadataNames {
  readonly #model: Model;
  readonly #access: Access | null;

  /** @param access null: of nobody in particular, for whom no policy hides anything. */
  constructor(model: Model, access: Access | null) {
    this.#model = model;
    this.#access = access;
  }

  hasOwner(name: string): boolean {
    const owner = this.#owner(name);
    return owner !== undefined && this.whyNotOwner(owner) === null;
  }

  get isOperator(): boolean {
    return this.#access === null;
  }

  isMasked(path: string): boolean {
    return this.sight(path) === 'masked';
  }

  hasMember(path: string): boolean {
    return this.sight(path) !== 'hidden';
  }

  sight(path: string): Sight {
    const name = askedName(path as MemberPath);
    const owner = this.#owner(ownerOf(name));
    const member = owner?.members.get(name.slice(ownerOf(name).length + 1));
    if (!owner || !member || this.whyNotOwner(owner) !== null) return 'hidden';
    if (this.whyNotMember(member) !== null) return 'hidden';
    const isMasked = this.#pathsOf(member).some(
      (item) => this.#access?.visibility(ownerOf(item), item) === 'masked',
    );
    return isMasked ? 'masked' : 'shown';
  }

  /**
   * null: the user sees the cube or view.
   *
   * @param mayBePrivate Of what a server uses for the user and does not show: policies alone count.
   */
  whyNotOwner(owner: Cube | View, mayBePrivate = false): HiddenReason | null {
    if (!owner.public && !mayBePrivate) return 'private';
    return this.#access?.policiesOf(owner.name)?.length === 0 ? 'uncovered' : null;
  }

  /** Of a member whose cube or view the user sees; null: the user sees it too. */
  whyNotMember(member: Member | ViewMember, mayBePrivate = false): HiddenReason | null {
    if (!member.public && !mayBePrivate) return 'private';
    for (const path of this.#pathsOf(member)) {
      const seen = this.#access?.visibility(ownerOf(path), path);
      if (seen === 'hidden') return 'policy';
      if (seen === 'uncovered') return 'uncovered';
    }
    return null;
  }

  /** Names of cubes and views. */
  owners(): string[] {
    const { cubes, views } = this.#model;
    return [...cubes.keys(), ...views.keys()].filter((name) => this.hasOwner(name));
  }

  cubes(): string[] {
    return [...this.#model.cubes.keys()].filter((name) => this.hasOwner(name));
  }

  membersOf(owner: Cube | View): MemberPath[] {
    const members: Iterable<Member | ViewMember> = owner.members.values();
    return [...members].flatMap((item) => (this.whyNotMember(item) === null ? [item.path] : []));
  }

  #owner(name: string): Cube | View | undefined {
    return this.#model.cubes.get(name) ?? this.#model.views.get(name);
  }

  /** A view shows what is private in its cube, and never what a policy of the cube hides. */
  #pathsOf(member: Member | ViewMember): readonly MemberPath[] {
    return 'target' in member ? [member.path, member.target] : [member.path];
  }
}
