import { say, word } from '../core/told.ts';
import { hash as hashOf } from 'node:crypto';
import { checkStatement } from '../lower/check-statement.ts';
import { lowerPlan, type StatementColumn } from '../lower/lower-plan.ts';
import type { AppliedFilter, Lowering } from '../lower/lowering.ts';
import { Budget } from '../planner/budget.ts';
import type { Plan } from '../planner/plan.ts';
import { countPlan } from '../planner/plan-size.ts';
import { QueryError } from '../planner/query-error.ts';
import type { ParameterSource, Select } from '../sql/ast.ts';
import type { PrintedOrigin } from '../sql/printed-sql.ts';
import { printSelect } from '../sql/printer.ts';
import type { SecurityEntry } from './generated-sql.ts';

/** A printed statement, shared by every call whose context has the same shape. */
export interface Statement {
  readonly text: string;
  readonly parameters: readonly ParameterSource[];
  readonly placeholders: readonly { readonly start: number; readonly end: number }[];
  readonly origins: readonly PrintedOrigin[];
  readonly columns: readonly StatementColumn[];
  readonly security: readonly SecurityEntry[];
  readonly hash: string;
  /** Counts the rows without offset and limit, where the query asks for it. */
  readonly total: Statement | null;
  /** Rows of the series of periods in it. */
  readonly periods: number;
}

export function makeStatement(
  plan: Plan,
  setting: Omit<Lowering, 'plan' | 'applied' | 'budget' | 'inner'>,
): Statement {
  const applied: AppliedFilter[] = [];
  const lowering: Lowering = { ...setting, plan, applied, budget: new Budget(), inner: new Set() };
  const { select, columns, total } = lowerPlan(plan, lowering);
  const security = applied.map(toEntry);
  // Its one column is none of the plan's.
  const counting = { ...lowering, plan: { ...plan, columns: [] } };
  const counted = total && printed(total, counting, { columns: [], security, total: null });
  return printed(select, lowering, { columns, security, total: counted });
}

function printed(
  select: Select,
  lowering: Lowering,
  { columns, security, total }: Pick<Statement, 'columns' | 'security' | 'total'>,
): Statement {
  checkStatement(select, lowering.plan, lowering);
  const text = printSelect(select, lowering.dialect);
  const { maxParameters, name } = lowering.dialect;
  if (text.parameters.length > maxParameters) {
    throw new QueryError([
      {
        code: 'query/too-many-parameters',
        path: '',
        message: say`the statement needs ${text.parameters.length} parameters, and ${word(name)} takes ${maxParameters}; shorten the lists`,
      },
    ]);
  }
  return Object.freeze({
    ...text,
    columns: Object.freeze(columns.map((column) => Object.freeze(column))),
    security: Object.freeze([...security]),
    hash: hashOf('sha256', text.text),
    total,
    periods: periodsOf(lowering.plan.root),
  });
}

function periodsOf(root: Plan['root']): number {
  const budget = new Budget();
  countPlan(root, budget);
  return budget.spent('rows of periods');
}

function toEntry(filter: AppliedFilter): SecurityEntry {
  return Object.freeze({ ...filter, status: filter.warning === null ? 'ok' : 'warning' });
}
