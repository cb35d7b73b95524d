import type { MemberPath } from '../core/names.ts';
import { askedName } from '../planner/masks.ts';
import type { Plan, PlanNode } from '../planner/plan.ts';
import type { OrderItem, Select } from '../sql/ast.ts';
import { lowerGroups } from './lower-groups.ts';
import { lowerRows } from './lower-rows.ts';
import type { AppliedFilter, Lowering } from './lowering.ts';
import { invariant } from '../core/invariant.ts';
import { selectFrom } from './selects.ts';
import { named, StatementScope } from './statement-scope.ts';

/** One column of the result, in SELECT order. */
export interface StatementColumn {
  readonly member: MemberPath;
  readonly granularity: string | null;
  readonly alias: string;
  readonly type: string;
  /** Whether this user sees a mask, on all rows or on those that no policy shows. Absent: the values. */
  readonly masked?: 'always' | 'by-row';
}

export interface LoweredPlan {
  readonly select: Select;
  readonly columns: readonly StatementColumn[];
  /** One row with one column: the number of rows without offset and limit. null: the query does not ask. */
  readonly total: Select | null;
}

/** A plan as one SELECT of the dialect in `lowering`. */
export function lowerPlan(plan: Plan, lowering: Lowering): LoweredPlan {
  for (const { asked } of plan.masked ?? []) lowering.applied.push(maskApplied(asked));
  const { node, orderBy, limit, offset } = splitTail(plan.root);
  const statement = new StatementScope(plan, lowering);
  const select = lowerBody(node, statement);
  return {
    select: {
      ...select,
      orderBy,
      limit,
      offset,
      ...(plan.unselected && { unselected: plan.unselected }),
    },
    columns: plan.columns.slice(0, plan.columns.length - (plan.unselected ?? 0)).map((column) => ({
      member: askedName(column.member),
      granularity: column.granularity,
      alias: statement.aliasOf(column),
      type: column.type,
      ...maskOf(column.member, plan),
    })),
    total: plan.total ? countRows(select) : null,
  };
}

function maskApplied(member: MemberPath): AppliedFilter {
  const place = { member, property: 'mask', position: 'mask', claim: '' } as const;
  return { ...place, required: true, applied: 'masked', warning: null };
}

function maskOf(name: MemberPath, plan: Plan): Pick<StatementColumn, 'masked'> {
  const masked = plan.masked?.find((item) => item.name === name);
  return masked ? { masked: masked.shown.length > 0 ? 'by-row' : 'always' } : {};
}

function countRows(select: Select): Select {
  const count = { kind: 'aggregate', function: 'count', operand: { kind: 'star' } } as const;
  return selectFrom({ source: { kind: 'select', select }, alias: 'counted' }, [
    { expression: count, alias: 'total' },
  ]);
}

/** The order and limit on top of a plan, and the node below them. */
function splitTail(root: PlanNode) {
  let node = root;
  let orderBy: OrderItem[] = [];
  let limit: number | null = null;
  let offset = 0;
  if (node.kind === 'limit') {
    ({ limit, offset } = node);
    node = node.input;
  }
  if (node.kind === 'sort') {
    orderBy = node.keys.map((key) => ({ column: key.column + 1, descending: key.descending }));
    node = node.input;
  }
  return { node, orderBy, limit, offset };
}

function lowerBody(node: PlanNode, statement: StatementScope): Select {
  switch (node.kind) {
    case 'aggregate':
    case 'combine':
    case 'regroup':
    case 'stages':
    case 'group-filter':
    case 'running-totals':
      return lowerGroups(node, statement).select;
    case 'project': {
      const rows = lowerRows(node.input, statement);
      const columns = node.columns.map((column) => named(rows.group(column), column, statement));
      return { ...rows.select, columns };
    }
    default:
      invariant(false, `a plan that makes no columns: ${node.kind}`);
  }
}
