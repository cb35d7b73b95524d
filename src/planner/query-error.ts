import { allNames, noNames, type Told, type VisibleNames } from '../core/told.ts';

/** One thing that is wrong with a query. */
export interface QueryProblem {
  /** Stable, `query/` and a name. */
  readonly code: string;
  /** Where in the query: `filters[0].operator`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

/** A problem before it is known who reads it. */
export interface FoundProblem {
  readonly code: string;
  readonly path: string;
  readonly message: Told;
  /** What it is for the operator, where a user is told that there is no such thing. */
  readonly detail?: { readonly code: string; readonly message: Told };
}

/**
 * A query that cannot be answered. Every problem found is in `problems`; the rest is of the first. They name only what the
 * user may see: what is hidden is told as what does not exist. `detail` is for the operator.
 */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  readonly code: string;
  readonly path: string;
  readonly problems: readonly QueryProblem[];
  readonly #found: readonly FoundProblem[];

  /** @param names What the user may see; nothing, until it is said. */
  constructor(found: readonly FoundProblem[], names: VisibleNames = noNames) {
    const problems = found.map(({ code, path, message }) => ({
      code,
      path,
      message: message.text(names),
    }));
    super(problems.map(describe).join('\n'));
    this.#found = found;
    this.code = problems[0]?.code ?? 'query/invalid';
    this.path = problems[0]?.path ?? '';
    this.problems = problems;
  }

  /**
   * The same problems with every name, file and reason, for the operator and the author of the schema. Never
   * for a user: it says what access policies hide. No own property, so that no serializer writes it.
   */
  get detail(): readonly QueryProblem[] {
    return this.#found.map(({ path, ...found }) => {
      const { code, message } = found.detail ?? found;
      return { code, path, message: message.text(allNames) };
    });
  }

  /** {@link detail} without what the caller wrote: a log has no values. */
  static logged(error: QueryError): readonly Omit<QueryProblem, 'path'>[] {
    return error.#found.map((problem) => {
      const { code, message } = problem.detail ?? problem;
      return { code, message: message.text(allNames, false) };
    });
  }

  /** The error for a user who sees these names. */
  static seenBy(error: QueryError, names: VisibleNames): QueryError {
    return new QueryError(error.#found, names);
  }
}

function describe(problem: QueryProblem): string {
  return problem.path === '' ? problem.message : `${problem.path}: ${problem.message}`;
}
