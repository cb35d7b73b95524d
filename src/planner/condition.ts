import type { MemberPath } from '../core/names.ts';
import type { PolicyFilter } from '../model/access-policy.ts';
import type { ParameterValue } from '../sql/ast.ts';

/** What must hold for a row, or for a group where its members are measures. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly items: readonly Condition[] }
  | { readonly kind: 'segment'; readonly member: MemberPath }
  | { readonly kind: 'null-test'; readonly member: MemberPath; readonly negated: boolean }
  /** Never empty; nulls have been made into null tests. */
  | {
      readonly kind: 'in';
      readonly member: MemberPath;
      readonly values: readonly ParameterValue[];
      readonly negated: boolean;
    }
  | {
      readonly kind: 'contains';
      readonly member: MemberPath;
      /** The text to look for, as the user gave it (wildcards not yet escaped). */
      readonly value: string;
      readonly position: 'anywhere' | 'start' | 'end';
      readonly negated: boolean;
    }
  | {
      readonly kind: 'compare';
      readonly member: MemberPath;
      readonly operator: '<' | '<=' | '>' | '>=' | '=' | '<>';
      readonly value: ParameterValue;
    }
  /** Comparison of a time dimension with an instant (`2020-01-03T23:59:59.999Z`, always UTC). */
  | {
      readonly kind: 'compare-instant';
      readonly member: MemberPath;
      readonly operator: '<' | '<=' | '>' | '>=';
      readonly instant: string;
    }
  /** What the access policies of a view ask of the rows that it joins. */
  | { readonly kind: 'policy'; readonly view: string; readonly filter: PolicyFilter }
  /** The rows that a measure counts: its own filters and drill filters. */
  | { readonly kind: 'measure-filters'; readonly member: MemberPath }
  /** Holds for every row (`true`) or for none. */
  | { readonly kind: 'constant'; readonly value: boolean };

/** What a condition says about the members that `memberAt` knows; nothing (`true`) about the others. */
export function conditionAt(
  condition: Condition,
  memberAt: (name: MemberPath) => MemberPath | null,
): Condition {
  if ('items' in condition) {
    const items = condition.items.map((item) => conditionAt(item, memberAt));
    return { ...condition, items };
  }
  if (!('member' in condition)) return condition;
  const member = memberAt(condition.member);
  return member === null ? { kind: 'constant', value: true } : { ...condition, member };
}

/** The members that a condition of the query names; none of those that policies compare. */
export function membersOfCondition(condition: Condition): MemberPath[] {
  if ('items' in condition) return condition.items.flatMap(membersOfCondition);
  return 'member' in condition ? [condition.member] : [];
}
