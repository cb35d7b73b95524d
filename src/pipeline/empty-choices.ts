import { decodeQuery } from '../planner/decode-query.ts';
import type { RequestedFilter } from '../planner/request.ts';
import { queryText } from './query-text.ts';

/** How many filters of a query are an `or` of nothing, which restricts nothing. @throws QueryError */
export function emptyChoices(query: unknown): number {
  return countEmpty(decodeQuery(JSON.parse(queryText(query))).filters);
}

function countEmpty(filters: readonly RequestedFilter[]): number {
  return filters.reduce((sum, filter) => {
    if (filter.kind === 'leaf') return sum;
    const isEmpty = filter.operator === 'or' && filter.items.length === 0;
    return sum + (isEmpty ? 1 : 0) + countEmpty(filter.items);
  }, 0);
}
