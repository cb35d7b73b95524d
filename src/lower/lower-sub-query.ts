import type { MemberPath } from '../core/names.ts';
import type { PlanColumn, SubQueryStep } from '../planner/plan.ts';
import type { Expression, Join } from '../sql/ast.ts';
import { lowerGroups } from './lower-groups.ts';
import { allOf } from './selects.ts';
import { columnOf, orNothing, StatementScope } from './statement-scope.ts';

/** What a sub-query dimension joins, and its measures there. */
export interface JoinedGroups {
  readonly join: Join;
  readonly measures: ReadonlyMap<MemberPath, Expression>;
}

/**
 * `LEFT JOIN (groups) AS alias ON the primary key`: no row is repeated. A row without a group has what
 * its measures are over no rows; where a LEFT JOIN has left no row, there is nothing that could have it.
 *
 * @param keyOf a primary key dimension at the place of the cube.
 */
export function joinGroups(
  { at, groups, conditions }: SubQueryStep,
  alias: string,
  keyOf: (key: MemberPath) => Expression,
  outer: StatementScope,
): JoinedGroups {
  const columns = [...groups.groups, ...groups.measures];
  const plan = { ...outer.plan, columns, rows: conditions };
  const statement = new StatementScope(plan, { ...outer.lowering, plan });
  const { select } = lowerGroups(groups, statement);
  const column = (item: PlanColumn): Expression => columnOf(alias, item, statement);
  const on = groups.groups.map((item): Expression => ({
    kind: 'comparison',
    operator: '=',
    left: column(item),
    right: keyOf(item.member),
  }));
  const [key] = groups.groups;
  const isJoined = at.includes('.');
  const ofRow = (value: Expression): Expression =>
    isJoined && value.kind !== 'column' ? whereThere(keyOf(key!.member), value) : value;
  return {
    join: { type: 'left', item: { source: { kind: 'select', select }, alias }, on: allOf(on)! },
    measures: new Map(
      groups.measures.map((item) => [
        item.member,
        ofRow(orNothing(item.member, column(item), statement)),
      ]),
    ),
  };
}

/** A value of the rows that have the key; null where there is no row. */
function whereThere(key: Expression, then: Expression): Expression {
  const when: Expression = { kind: 'null-test', operand: key, negated: true };
  return { kind: 'case', branches: [{ when, then }], otherwise: null };
}
