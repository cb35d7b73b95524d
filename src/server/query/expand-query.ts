import { RequestError } from '../errors.ts';

export type QueryType = 'regularQuery' | 'compareDateRangeQuery' | 'blendingQuery';

/** One request's queries, and what kind of answer they make together. */
export interface ExpandedQuery {
  readonly queryType: QueryType;
  readonly queries: readonly object[];
  /** Of a comparison: the time dimension of which each query has another range. */
  readonly compared: unknown;
}

const mostQueries = 50;

/** A list is blended; a `compareDateRange` becomes one query for each of its ranges. */
export function expandQuery(input: unknown): ExpandedQuery {
  if (Array.isArray(input)) {
    if (input.length === 0 || input.length > mostQueries) {
      throw new RequestError(400, `a list of queries has 1 to ${mostQueries} of them`);
    }
    const queries = input.map(asQuery);
    checkBlending(queries);
    return { queryType: 'blendingQuery', queries, compared: null };
  }
  const query = asQuery(input);
  const times = (query as { timeDimensions?: unknown }).timeDimensions;
  const list: readonly unknown[] = Array.isArray(times) ? times : [];
  const index = list.findIndex((item) => (item as Compared | null)?.compareDateRange !== undefined);
  if (index < 0) return { queryType: 'regularQuery', queries: [query], compared: null };
  const { compareDateRange, ...time } = list[index] as Compared;
  if (
    !Array.isArray(compareDateRange) ||
    compareDateRange.length === 0 ||
    compareDateRange.length > mostQueries
  ) {
    throw new RequestError(400, 'compareDateRange is a list of date ranges');
  }
  const queries = compareDateRange.map((dateRange: unknown) => ({
    ...query,
    timeDimensions: list.with(index, { ...time, dateRange }),
  }));
  return { queryType: 'compareDateRangeQuery', queries, compared: time.dimension };
}

interface Compared {
  readonly compareDateRange?: unknown;
  readonly dimension?: unknown;
}

function asQuery(value: unknown): object {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new RequestError(400, 'a query is an object');
}

function checkBlending(queries: readonly object[]): void {
  const granularities = queries.map((query) => {
    const { timeDimensions } = query as { timeDimensions?: readonly { granularity?: unknown }[] };
    return Array.isArray(timeDimensions) ? timeDimensions[0]?.granularity : undefined;
  });
  if (granularities.some((granularity) => granularity === undefined || granularity === null)) {
    throw new RequestError(400, 'Data blending query without granularity is not supported');
  }
  if (new Set(granularities).size > 1) {
    throw new RequestError(400, 'Data blending query granularities must match');
  }
}
