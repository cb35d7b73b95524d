import type { MemberPath } from '../core/names.ts';
import type { ParameterValue } from '../sql/ast.ts';
import type { Condition } from './condition.ts';
import { cubesOfPlan } from './plan-joins.ts';
import type { Plan } from './plan.ts';

/** What a function of `FILTER_PARAMS` is given. Instants are UTC. */
export interface FilterArguments {
  readonly member: MemberPath;
  readonly values: readonly ParameterValue[];
  readonly type: 'value' | 'instant';
}

/**
 * The values of an equality, or the two ends of a range of time; null for every other condition,
 * whose operator a function could not know. The end of a range is where the rows that it lets
 * through end at the latest: a condition made of it never loses a row of the range.
 */
export function filterArguments(condition: Condition): FilterArguments | null {
  switch (condition.kind) {
    case 'in': {
      const { member, values, negated } = condition;
      return negated ? null : { member, values, type: 'value' };
    }
    case 'and': {
      const [from, to] = condition.items;
      const isRange =
        condition.items.length === 2 &&
        from?.kind === 'compare-instant' &&
        to?.kind === 'compare-instant' &&
        from.member === to.member &&
        from.operator === '>=' &&
        to.operator.startsWith('<');
      if (!isRange) return null;
      return { member: from.member, values: [from.instant, to.instant], type: 'instant' };
    }
    case 'or':
      return condition.items.length === 1 ? filterArguments(condition.items[0]!) : null;
    default:
      return null;
  }
}

/**
 * Whether rows that a join has left without a value can pass the condition. Such a condition says
 * nothing about the rows of the joined source.
 */
export function acceptsMissingRow(condition: Condition): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.items.every(acceptsMissingRow);
    case 'or':
      return condition.items.some(acceptsMissingRow);
    case 'null-test':
      return !condition.negated;
    default:
      return false;
  }
}

/** Answers by the root of a plan: every `FILTER_PARAMS` of every source asks, and a plan can be large. */
const severalSources = new WeakMap<Plan['root'], boolean>();

/** Whether the plan reads more than one source. */
export function readsSeveralSources({ root }: Plan): boolean {
  let answer = severalSources.get(root);
  if (answer === undefined) severalSources.set(root, (answer = cubesOfPlan(root).length > 1));
  return answer;
}
