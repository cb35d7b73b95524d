import { QueryError } from './query-error.ts';

/**
 * What one query may cost, each counted before the work is done. `docs/security.md` lists them with what
 * they take at the most; they are far above what a dashboard asks for.
 */
const limits = {
  members: {
    most: 2_000,
    code: 'query/too-long',
    help: 'ask for fewer members in a query',
  },
  comparisons: {
    most: 5_000,
    code: 'query/too-long',
    help: 'shorten the lists of values; equals and notEquals of numbers and texts take 100,000',
  },
  periods: {
    most: 20_000,
    code: 'query/too-many-periods',
    help: 'ask for a shorter date range, for larger periods, or for fewer measures with windows',
  },
  'changes of the clock': {
    most: 12_000,
    code: 'query/too-many-periods',
    help: 'ask for a shorter date range, or in UTC',
  },
  'parts of the plan': {
    most: 20_000,
    code: 'query/statement-too-large',
    help: 'select fewer members, or members of fewer cubes',
  },
  'pieces of SQL': {
    most: 20_000,
    code: 'query/statement-too-large',
    help: 'select fewer members, or let them refer to fewer members',
  },
  'columns of parts': {
    most: 20_000,
    code: 'query/statement-too-large',
    help: 'select measures of fewer cubes in a query',
  },
} as const;

export type BudgetItem = keyof typeof limits;

export const mostOf = (item: BudgetItem): number => limits[item].most;

/** Counts what one query, or the queries of one request together, would cost. */
export class Budget {
  readonly #spent = new Map<BudgetItem, number>();

  spent(item: BudgetItem): number {
    return this.#spent.get(item) ?? 0;
  }

  /**
   * @param path Place in the query.
   * @param name What asks for it, where a member does.
   * @throws QueryError when there is not as much left.
   */
  spend(item: BudgetItem, count: number, path = '', name = ''): void {
    const wanted = this.spent(item) + count;
    this.#spent.set(item, wanted);
    const { most, code, help } = limits[item];
    if (wanted <= most) return;
    const who = name === '' ? 'the query' : name;
    const message = `${who} needs ${Math.min(wanted, Number.MAX_SAFE_INTEGER)} ${item}, and ${most} are the limit; ${help}`;
    throw new QueryError([{ code, path, message }]);
  }
}
