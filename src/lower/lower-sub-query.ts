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
 * its measures are over no rows.
 *
 * @param keyOf a primary key dimension at the place of the cube.
 */
export function joinGroups(
  { groups, conditions }: SubQueryStep,
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
  return {
    join: { type: 'left', item: { source: { kind: 'select', select }, alias }, on: allOf(on)! },
    measures: new Map(
      groups.measures.map((item) => [item.member, orNothing(item.member, column(item), statement)]),
    ),
  };
}
