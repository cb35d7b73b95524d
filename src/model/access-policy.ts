import type { MemberPath } from '../core/names.ts';

/**
 * What the users of some groups see of a cube or a view. What several policies grant to one user is
 * added up; a cube with policies shows nothing to those whom none covers.
 */
export interface AccessPolicy {
  /** `*` is everybody. */
  readonly groups: readonly string[];
  /** The policy takes part when all of them hold. */
  readonly conditions: readonly PolicyCondition[];
  /** Members that may be asked for. */
  readonly members: MemberSelection;
  /** Of the others: members that are shown as their masks. */
  readonly masked: MemberSelection;
  /** Rows that are shown. */
  readonly rows: 'all' | PolicyFilter;
}

/** Members of the policy's own cube or view, sorted by path. */
export interface MemberSelection {
  readonly kind: 'only' | 'all-but';
  readonly members: readonly MemberPath[];
}

export type PolicyCondition =
  /** Whether a claim is there and is none of `null`, `false`, `0`, `''` and `[]`. */
  | { readonly kind: 'claim'; readonly claim: readonly string[] }
  | { readonly kind: 'constant'; readonly value: boolean };

export type PolicyFilter =
  | { readonly kind: 'and' | 'or'; readonly items: readonly PolicyFilter[] }
  | {
      readonly kind: 'member';
      readonly member: MemberPath;
      /** An operator of queries' filters, by its name there. */
      readonly operator: string;
      readonly values: readonly PolicyValue[];
    };

export type PolicyValue =
  | { readonly kind: 'constant'; readonly value: string | number | boolean | null }
  /** A claim's value; a list stands for all its items. */
  | { readonly kind: 'claim'; readonly claim: readonly string[] };
