import type { MemberPath } from '../core/names.ts';
import type { AccessPolicy, MemberSelection, PolicyCondition } from '../model/access-policy.ts';
import type { Cube, Model } from '../model/model.ts';
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
  readonly #policies = new Map<string, readonly AccessPolicy[]>();

  /**
   * @throws SecurityContextError when the groups, or a claim that a condition reads, have no form of a
   * value. Without policies nothing is read.
   */
  constructor(model: Model, context: object) {
    const restricted = ownersWithPolicies(model);
    const groups = restricted.length > 0 ? groupsOf(context) : new Set<string>();
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
    return policies.some((policy) => isSelected(policy.masked, member)) ? 'masked' : 'hidden';
  }
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

export function isSelected({ kind, members }: MemberSelection, member: MemberPath): boolean {
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
