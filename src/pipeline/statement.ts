import { createHash } from 'node:crypto';
import { checkStatement } from '../lower/check-statement.ts';
import { lowerPlan, type StatementColumn } from '../lower/lower-plan.ts';
import { newBudget, type AppliedFilter, type Lowering } from '../lower/lowering.ts';
import type { Plan } from '../planner/plan.ts';
import { QueryError } from '../planner/query-error.ts';
import type { ParameterSource } from '../sql/ast.ts';
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
}

export function makeStatement(
  plan: Plan,
  setting: Omit<Lowering, 'plan' | 'applied' | 'budget'>,
): Statement {
  const applied: AppliedFilter[] = [];
  const lowering: Lowering = { ...setting, plan, applied, budget: newBudget() };
  const { select, columns } = lowerPlan(plan, lowering);
  checkStatement(select, plan, lowering);
  const printed = printSelect(select, setting.dialect);
  const { maxParameters, name } = setting.dialect;
  if (printed.parameters.length > maxParameters) {
    throw new QueryError([
      {
        code: 'query/too-many-parameters',
        path: '',
        message: `the statement needs ${printed.parameters.length} parameters, and ${name} takes ${maxParameters}; shorten the lists`,
      },
    ]);
  }
  return Object.freeze({
    ...printed,
    columns: Object.freeze(columns.map((column) => Object.freeze(column))),
    security: Object.freeze(applied.map(toEntry)),
    hash: createHash('sha256').update(printed.text).digest('hex'),
  });
}

function toEntry(filter: AppliedFilter): SecurityEntry {
  return Object.freeze({ ...filter, status: filter.warning === null ? 'ok' : 'warning' });
}
