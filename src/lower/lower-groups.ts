import { assertNever, invariant } from '../core/invariant.ts';
import type { MemberPath } from '../core/names.ts';
import type {
  AggregateNode,
  GroupFilterNode,
  GroupsNode,
  PlanColumn,
  RunningTotalsNode,
} from '../planner/plan.ts';
import type { Expression, Select, SelectColumn } from '../sql/ast.ts';
import { lowerCombine } from './lower-combine.ts';
import { lowerCondition, type Resolve } from './lower-condition.ts';
import { lowerRows } from './lower-rows.ts';
import { lowerRegroup, lowerStages } from './lower-stages.ts';
import { allOf, selectFrom } from './selects.ts';
import { columnOf, keyOf, named, ordinals, type StatementScope } from './statement-scope.ts';

/** Groups as a SELECT, and what a measure is to a condition on its groups. */
export interface LoweredGroups {
  readonly select: Select;
  readonly resolve: Resolve;
  /** Where a condition on groups stands: in HAVING, in WHERE, or outside, where windows have been calculated. */
  readonly filtered: 'having' | 'where' | 'outside';
}

export function lowerGroups(node: GroupsNode, statement: StatementScope): LoweredGroups {
  switch (node.kind) {
    case 'aggregate':
      return lowerAggregate(node, statement);
    case 'combine':
      return lowerCombine(node, (part) => lowerGroups(part, statement).select, statement);
    case 'regroup':
      return lowerRegroup(node, lowerGroups(node.input, statement).select, statement);
    case 'stages':
      return lowerStages(node, lowerGroups(node.input, statement).select, statement);
    case 'running-totals':
      return lowerRunningTotals(node, statement);
    case 'group-filter':
      return lowerGroupFilter(node, statement);
    default:
      return assertNever(node);
  }
}

function lowerAggregate(node: AggregateNode, statement: StatementScope): LoweredGroups {
  const rows = lowerRows(node.input, statement);
  const select: Select = {
    ...rows.select,
    columns: [
      ...node.groups.map((column) => named(rows.group(column), column, statement)),
      ...node.measures.map((column) =>
        named(rows.resolve(column.member, 'value'), column, statement),
      ),
    ],
    groupBy: ordinals(node.groups),
  };
  return { select, resolve: rows.resolve, filtered: 'having' };
}

function lowerGroupFilter(node: GroupFilterNode, statement: StatementScope): LoweredGroups {
  const input = lowerGroups(node.input, statement);
  const conditions = node.conditions.map((item) =>
    lowerCondition(item, statement.lowering, input.resolve),
  );
  const condition = allOf(conditions);
  if (input.filtered === 'outside') {
    return { ...input, select: { ...derive(input.select, statement), where: condition } };
  }
  if (input.filtered === 'where') {
    invariant(input.select.where === null, 'groups are filtered twice');
    return { ...input, select: { ...input.select, where: condition } };
  }
  invariant(input.select.having === null, 'groups are filtered twice');
  return { ...input, select: { ...input.select, having: condition } };
}

const derivedAlias = 'totals';

/** The finished groups as a derived table, with the running totals accumulated over them. */
function lowerRunningTotals(node: RunningTotalsNode, statement: StatementScope): LoweredGroups {
  const { plan } = statement;
  const running = new Set(node.measures.map(keyOf));
  const column = (item: PlanColumn): Expression => columnOf(derivedAlias, item, statement);
  const outer = derive(lowerGroups(node.input, statement).select, statement);
  const columns = plan.columns.map((item, index): SelectColumn =>
    running.has(keyOf(item))
      ? {
          alias: outer.columns[index]!.alias,
          expression: {
            kind: 'window',
            function: 'sum',
            operand: column(item),
            partitionBy: node.within.map(column),
            orderBy: node.along.map((time) => ({ expression: column(time), descending: false })),
            running: true,
          },
        }
      : outer.columns[index]!,
  );
  return {
    select: { ...outer, columns },
    resolve: (member) => column(selected(member, plan.columns)),
    filtered: 'outside',
  };
}

/** `SELECT every column FROM (select) AS "totals"`. */
function derive(select: Select, statement: StatementScope): Select {
  return selectFrom(
    { source: { kind: 'select', select }, alias: derivedAlias },
    statement.plan.columns.map((item) =>
      named(columnOf(derivedAlias, item, statement), item, statement),
    ),
  );
}

function selected(member: MemberPath, columns: readonly PlanColumn[]): PlanColumn {
  const found = columns.find((item) => item.member === member && item.granularity === null);
  invariant(found, `a filter above running totals names ${member}, which is not selected`);
  return found;
}
