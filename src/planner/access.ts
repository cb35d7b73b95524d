import type { MemberPath } from '../core/names.ts';
import type {
  AccessPolicy,
  MemberSelection,
  PolicyCondition,
  PolicyFilter,
} from '../model/access-policy.ts';
import type { Cube, Member, Model } from '../model/model.ts';
import type { View } from '../model/view.ts';
import { readClaim } from './claims.ts';

/** How a user sees a member. `uncovered`: no policy of its cube or view covers the user. */
export type Visibility = 'shown' | 'masked' | 'hidden' | 'uncovered';

/**
 * What the access policies of a model give to one user: who is in which groups, and for whom which
 * conditions hold, decided once. Holds no claim's value.
 */
export class Access {
  /** The policies that take part, as one text: users with the same text see the same. */
  readonly outcome: string;
  readonly #model: Model;
  readonly #policies = new Map<string, readonly AccessPolicy[]>();

  /**
   * @param said The groups of the user; null: those of the claim `groups`.
   * @throws SecurityContextError when the groups, or a claim that a condition reads, have no form of a
   * value. Without policies nothing is read.
   */
  constructor(model: Model, context: object, said: ReadonlySet<string> | null) {
    this.#model = model;
    const restricted = ownersWithPolicies(model);
    const groups = said ?? (restricted.length > 0 ? groupsOf(context) : new Set<string>());
    let outcome = '';
    for (const owner of restricted) {
      const taken = owner.accessPolicies.filter((policy) => {
        const isTaken = covers(policy, context, groups);
        outcome += isTaken ? '1' : '0';
        return isTaken;
      });
      this.#policies.set(owner.name, taken);
    }
    this.outcome = outcome;
  }

  /** Of a cube or a view, those that cover the user; null where there are no policies at all. */
  policiesOf(owner: string): readonly AccessPolicy[] | null {
    return this.#policies.get(owner) ?? null;
  }

  visibility(owner: string, member: MemberPath): Visibility {
    const policies = this.policiesOf(owner);
    if (policies === null) return 'shown';
    if (policies.length === 0) return 'uncovered';
    if (policies.some((policy) => isSelected(policy.members, member))) return 'shown';
    return this.granting(owner, member).length > 0 ? 'masked' : 'hidden';
  }

  /** Policies that let a query name a member, which each shows or masks on its rows. */
  granting(owner: string, member: MemberPath): readonly AccessPolicy[] {
    const isMaskable = this.#kindOf(owner, member) !== 'segment';
    return (this.policiesOf(owner) ?? []).filter(
      ({ members, masked }) =>
        isSelected(members, member) || (isMaskable && isSelected(masked, member)),
    );
  }

  /**
   * Of the rows on which a query may name a member those on which the user sees its value. It depends on
   * the user and the member alone, never on what else a query names.
   */
  shownRows(owner: string, member: MemberPath): 'all' | 'none' | PolicyFilter {
    if (this.policiesOf(owner) === null) return 'all';
    const granting = this.granting(owner, member);
    const showing = granting.filter(({ members }) => isSelected(members, member));
    if (showing.length === 0) return 'none';
    const [shown, named] = [filtersOf(showing), filtersOf(granting)];
    const isEverywhere = shown === 'all' || (named !== 'all' && named.size === shown.size);
    return isEverywhere ? 'all' : rowsOf(showing);
  }

  #kindOf(owner: string, member: MemberPath): Member['kind'] | undefined {
    const { cubes, views } = this.#model;
    return (cubes.get(owner) ?? views.get(owner))?.members.get(member.slice(owner.length + 1))
      ?.kind;
  }
}

/** The rows that some of several policies shows. */
export function rowsOf(policies: readonly AccessPolicy[]): 'all' | PolicyFilter {
  const items = filtersOf(policies);
  if (items === 'all') return 'all';
  const [only] = items.values();
  return items.size === 1 ? only! : { kind: 'or', items: [...items.values()] };
}

/** By what they say, once each. */
function filtersOf(policies: readonly AccessPolicy[]): 'all' | ReadonlyMap<string, PolicyFilter> {
  const items = new Map<string, PolicyFilter>();
  for (const { rows } of policies) {
    if (rows === 'all') return 'all';
    items.set(JSON.stringify(rows), rows);
  }
  return items;
}

function ownersWithPolicies({ restricted, cubes, views }: Model): readonly (Cube | View)[] {
  return restricted.map((name) => cubes.get(name) ?? views.get(name)!);
}

/** The user's groups by the claim `groups`: a text, or a list of texts. */
function groupsOf(context: object): ReadonlySet<string> {
  const claim = readClaim(context, ['groups']);
  if (claim.kind === 'scalar') return new Set(typeof claim.value === 'string' ? [claim.value] : []);
  if (claim.kind !== 'list') return new Set();
  return new Set(claim.items.filter((item) => typeof item === 'string'));
}

function isSelected({ kind, members }: MemberSelection, member: MemberPath): boolean {
  return members.includes(member) === (kind === 'only');
}

function covers(policy: AccessPolicy, context: object, groups: ReadonlySet<string>): boolean {
  const isMember = policy.groups.some((group) => group === '*' || groups.has(group));
  return isMember && policy.conditions.every((condition) => holds(condition, context));
}

function holds(condition: PolicyCondition, context: object): boolean {
  if (condition.kind === 'constant') return condition.value;
  const claim = readClaim(context, condition.claim);
  return claim.kind === 'list' || (claim.kind === 'scalar' && Boolean(claim.value));
}
