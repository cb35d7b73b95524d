import { say } from '../core/told.ts';
import { Budget } from '../planner/budget.ts';
import { periodsOf, type GeneratedSql } from './generated-sql.ts';

/** What the queries of one request may cost together; each alone is held by its own budget. */
export class RequestBudget {
  readonly #budget = new Budget(say`the request`);

  /** @throws QueryError `query/too-many-periods` when the statements so far have too many. */
  spend(statement: GeneratedSql): void {
    this.#budget.spend('rows of periods', periodsOf(statement));
  }
}
