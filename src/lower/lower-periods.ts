import { invariant } from '../core/invariant.ts';
import type { GridNode, PlanColumn, RowsNode, WindowsAlong } from '../planner/plan.ts';
import type { Expression, FromItem, Join } from '../sql/ast.ts';
import type { Aliases } from './aliases.ts';
import { behindPolicies } from './barrier.ts';
import { boundText, instantText, typeOfForm } from './lower-condition.ts';
import type { LoweredRows } from './lower-rows.ts';
import type { Lowering } from './lowering.ts';
import { allOf, selectFrom } from './selects.ts';
import { keyOf, named, type StatementScope } from './statement-scope.ts';
import { timeFormOf } from './time-form.ts';

/**
 * `INNER JOIN (periods) ON the row lies in the window of the period`: a row stands there once for each
 * such period, which is one of the groups.
 */
export function lowerWindows(
  { time, column, periods }: WindowsAlong,
  rows: LoweredRows,
  { lowering }: StatementScope,
): LoweredRows {
  const alias = rows.aliases.table('periods', 'periods');
  const of = (name: string): Expression => ({ kind: 'column', table: alias, name });
  const isBounded = { from: hasEach(periods, 'from'), until: hasEach(periods, 'until') };
  const names = [
    'period',
    ...(isBounded.from ? ['window_start'] : []),
    ...(isBounded.until ? ['window_end'] : []),
  ];
  const form = timeFormOf(time, lowering);
  const bound = (instant: string, side: 'from' | 'to'): Expression => {
    const value = instantText(
      boundText({ instant, side, of: form }, form, lowering),
      lowering.dialect,
    );
    return { kind: 'cast', operand: { kind: 'string', value }, type: typeOfForm[form] };
  };
  const values = periods.map(({ start, from, until }): Expression[] => [
    { kind: 'wall-time', value: start },
    ...(isBounded.from ? [bound(from!, 'from')] : []),
    ...(isBounded.until ? [bound(until!, 'to')] : []),
  ]);
  const operand: Expression = { kind: 'instant', operand: rows.resolve(time, 'value') };
  const tests: Expression[] = [];
  if (isBounded.from)
    tests.push({ kind: 'comparison', operator: '>=', left: operand, right: of('window_start') });
  if (isBounded.until)
    tests.push({ kind: 'comparison', operator: '<', left: operand, right: of('window_end') });
  const item: FromItem = { source: { kind: 'rows', columns: names, rows: values }, alias };
  const policies = rows.policies ?? [];
  const isOpen = policies.length === 0 || tests.length === 0;
  const on = isOpen ? allOf(tests) : behindPolicies(policies, tests);
  const join: Join = { type: 'inner', item, on: on ?? { kind: 'constant', value: true } };
  return {
    ...rows,
    select: { ...rows.select, joins: [...rows.select.joins, join] },
    group: (item) => (keyOf(item) === keyOf(column) ? of('period') : rows.group(item)),
  };
}

/** A window without an end has none in any period. */
function hasEach(periods: WindowsAlong['periods'], end: 'from' | 'until'): boolean {
  return periods.every((period) => period[end] !== null);
}

/** `FROM (periods) [INNER JOIN (SELECT DISTINCT the other groups) ON 1=1]`. */
export function lowerGrid(
  { column, starts, beside }: GridNode,
  lowerInput: (node: RowsNode) => LoweredRows,
  statement: StatementScope,
): LoweredRows {
  const aliases: Aliases = statement.tables();
  const periods = aliases.table('periods', 'periods');
  const others = aliases.table('combinations', 'combinations');
  const rows = starts.map((value): Expression[] => [{ kind: 'wall-time', value }]);
  const from: FromItem = { source: { kind: 'rows', columns: ['period'], rows }, alias: periods };
  return {
    select: selectFrom(
      from,
      [],
      beside ? [combinations(beside, others, lowerInput, statement)] : [],
    ),
    aliases,
    group: (item) =>
      keyOf(item) === keyOf(column)
        ? { kind: 'column', table: periods, name: 'period' }
        : { kind: 'column', table: others, name: statement.aliasOf(item) },
    resolve: (member) => {
      invariant(false, `${member} is measured over periods without rows`);
    },
  };
}

function combinations(
  { rows, groups }: NonNullable<GridNode['beside']>,
  alias: string,
  lowerInput: (node: RowsNode) => LoweredRows,
  statement: StatementScope,
): Join {
  const input = lowerInput(rows);
  const columns = groups.map((item: PlanColumn) => named(input.group(item), item, statement));
  const select = { ...input.select, distinct: true, columns };
  const item: FromItem = { source: { kind: 'select', select }, alias };
  return { type: 'inner', item, on: { kind: 'constant', value: true } };
}

/** What the sources below windows are asked for: the rows of the windows, not those of the range. */
export function belowWindows(node: RowsNode, lowering: Lowering): Lowering {
  if (node.kind !== 'windows') return lowering;
  return { ...lowering, plan: { ...lowering.plan, rows: node.rows, range: null } };
}
