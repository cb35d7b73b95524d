import type { Value } from './values.ts';
import type { WorldContext, WorldPolicy } from './world.ts';

/** The policies that take part for a user; null: there are none at all. */
export function policiesFor(
  policies: readonly WorldPolicy[] = [],
  { groups = [] }: WorldContext,
): readonly WorldPolicy[] | null {
  if (policies.length === 0) return null;
  return policies.filter(({ group }) => group === '*' || groups.includes(group));
}

/** Whether some of the policies shows a row. */
export function isShown(
  policies: readonly WorldPolicy[],
  valueOf: (member: string) => Value,
  context: WorldContext,
): boolean {
  return policies.some(
    ({ filter }) => filter === null || allows(filter, valueOf(filter.member), context),
  );
}

/** A claim that is absent, null or empty shows nothing. */
function allows(
  { operator, claim }: NonNullable<WorldPolicy['filter']>,
  value: Value,
  context: WorldContext,
): boolean {
  const wanted = context[claim];
  if (wanted === undefined || wanted === null || value === null) return false;
  if (operator === 'gt') return Number(value) > Number(wanted);
  return [wanted].flat().includes(value);
}
