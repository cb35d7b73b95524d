/** One thing that is wrong with a query. */
export interface QueryProblem {
  /** Stable, `query/` and a name. */
  readonly code: string;
  /** Where in the query: `filters[0].operator`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

/** A query that cannot be answered. Every problem found is in `problems`; the rest is of the first. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  readonly code: string;
  readonly path: string;
  readonly problems: readonly QueryProblem[];

  constructor(problems: readonly QueryProblem[]) {
    super(problems.map(describe).join('\n'));
    this.code = problems[0]?.code ?? 'query/invalid';
    this.path = problems[0]?.path ?? '';
    this.problems = problems;
  }
}

function describe(problem: QueryProblem): string {
  return problem.path === '' ? problem.message : `${problem.path}: ${problem.message}`;
}
