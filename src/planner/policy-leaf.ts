import type { MemberPath } from '../core/names.ts';
import type { PolicyFilter } from '../model/access-policy.ts';
import type { DimensionType } from '../model/model.ts';

/** One comparison of an access policy. */
export type PolicyLeaf = Extract<PolicyFilter, { kind: 'member' }>;

/**
 * Whether the SQL of a comparison depends on the states of its claims alone: their values are bound
 * as they are, and no date is read.
 */
export function isFixedShape({ operator, values }: PolicyLeaf, type: DimensionType): boolean {
  if (operator === 'set' || operator === 'notSet') return true;
  if (type === 'time') return false;
  return operator === 'equals' || values.every((value) => value.kind === 'constant');
}

export function membersOfFilter(filter: PolicyFilter): MemberPath[] {
  return filter.kind === 'member' ? [filter.member] : filter.items.flatMap(membersOfFilter);
}
