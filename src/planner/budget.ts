import { placeName, say, Told } from '../core/told.ts';
import { QueryError } from './query-error.ts';

/**
 * What one query may cost, each counted before the work is done. `docs/security.md` lists them with what
 * they take at the most; they are far above what a dashboard asks for.
 */
const limits = {
  members: {
    most: 2_000,
    code: 'query/too-long',
    help: say`ask for fewer members in a query`,
  },
  comparisons: {
    most: 5_000,
    code: 'query/too-long',
    help: say`shorten the lists of values; equals and notEquals of numbers and texts take 100,000`,
  },
  periods: {
    most: 20_000,
    code: 'query/too-many-periods',
    help: say`ask for a shorter date range, for larger periods, or for fewer measures with windows`,
  },
  'changes of the clock': {
    most: 12_000,
    code: 'query/too-many-periods',
    help: say`ask for a shorter date range, or in UTC`,
  },
  'rows of periods': {
    most: 20_000,
    code: 'query/too-many-periods',
    help: say`ask for a shorter date range, for larger periods, or for measures of fewer cubes`,
  },
  'steps of joins': {
    most: 80_000,
    code: 'query/statement-too-large',
    help: say`select members of fewer cubes, or of cubes that are joined directly`,
  },
  'parts of the plan': {
    most: 4_000,
    code: 'query/statement-too-large',
    help: say`select fewer members, or members of fewer cubes`,
  },
  'pieces of SQL': {
    most: 20_000,
    code: 'query/statement-too-large',
    help: say`select fewer members, or let them refer to fewer members`,
  },
  'columns of parts': {
    most: 10_000,
    code: 'query/statement-too-large',
    help: say`select measures of fewer cubes in a query`,
  },
} as const;

export type BudgetItem = keyof typeof limits;

export const mostOf = (item: BudgetItem): number => limits[item].most;

/** Counts what one query, or the queries of one request together, would cost. */
export class Budget {
  readonly #spent = new Map<BudgetItem, number>();
  readonly #of: Told;

  /** @param of What errors say needs too much, where no member does. */
  constructor(of: Told = say`the query`) {
    this.#of = of;
  }

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
    if (wanted > most)
      throw beyond(wanted, new Told([item]), most, { code, help, path, who: this.#who(name) });
  }

  /** @throws QueryError always: what is counted is a depth, of which nothing is spent. */
  refuse(what: Told, wanted: number, most: number, path: string, name: string): never {
    const { code, help } = limits['pieces of SQL'];
    throw beyond(wanted, what, most, { code, help, path, who: this.#who(name) });
  }

  #who(name: string): Told {
    return name === '' ? this.#of : placeName(name);
  }
}

interface Refusal {
  readonly code: string;
  readonly help: Told;
  readonly path: string;
  readonly who: Told;
}

function beyond(wanted: number, what: Told, most: number, refusal: Refusal): QueryError {
  const { code, help, path, who } = refusal;
  const message = say`${who} needs ${wanted} ${what}, and ${most} are the limit; ${help}`;
  return new QueryError([{ code, path, message }]);
}
