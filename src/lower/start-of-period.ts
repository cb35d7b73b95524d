import { invariant } from '../core/invariant.ts';
import type { MemberPath } from '../core/names.ts';
import { periodRule } from '../planner/period-rule.ts';
import type { Expression } from '../sql/ast.ts';
import { findMember } from './lower-member.ts';
import type { Lowering } from './lowering.ts';

/** The start of the period of a granularity that a local time lies in. */
export function startOfPeriod(
  granularity: string,
  name: MemberPath,
  operand: Expression,
  lowering: Lowering,
): Expression {
  const path = lowering.plan.occurrences.find((item) => item.name === name)?.member ?? name;
  const { member } = findMember(path, lowering);
  const rule = member.kind === 'dimension' && periodRule(member, granularity);
  invariant(rule, `${path} is planned by ${granularity}, which it does not have`);
  return rule.kind === 'unit'
    ? { kind: 'truncate', granularity: rule.unit, operand }
    : { kind: 'bin', bins: rule.bins, operand };
}
