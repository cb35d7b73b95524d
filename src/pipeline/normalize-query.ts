import { say } from '../core/told.ts';
import { decodeQuery } from '../planner/decode-query.ts';
import { QueryError } from '../planner/query-error.ts';
import type { Request, RequestedFilter, RequestedRange } from '../planner/request.ts';
import { isRangeProblem, readDateRange } from '../planner/time/date-range.ts';
import { ZoneClock } from '../planner/time/zone-clock.ts';

/** A query as the REST API echoes it: dates resolved, order as a list. */
export interface NormalizedQuery {
  readonly measures: readonly string[];
  readonly dimensions: readonly string[];
  readonly segments: readonly string[];
  readonly timeDimensions: readonly NormalizedTime[];
  readonly filters: readonly object[];
  readonly order: readonly { readonly id: string; readonly desc: boolean }[];
  readonly limit: number;
  readonly rowLimit: number;
  readonly offset?: number;
  readonly timezone: string;
  readonly ungrouped?: boolean;
  readonly total?: boolean;
}

export interface NormalizedTime {
  readonly dimension: string;
  readonly granularity?: string;
  /** Wall times of the query's zone, both included: `2024-01-01T00:00:00.000`. */
  readonly dateRange?: readonly [string, string];
}

/** @throws QueryError when the shape of the query, or a date in it, is wrong. */
export function normalizeQuery(query: unknown, now: number): NormalizedQuery {
  const request = decodeQuery(query);
  const names = (list: readonly { readonly name: string }[]) => list.map((item) => item.name);
  return {
    measures: names(request.measures),
    dimensions: names(request.dimensions),
    segments: names(request.segments),
    timeDimensions: request.timeDimensions.map(({ name, granularity, dateRange }) => ({
      dimension: name,
      ...(granularity !== null && { granularity: granularity.name }),
      ...(dateRange && { dateRange: wallRange(dateRange, request, now) }),
    })),
    filters: request.filters.map(normalizeFilter),
    order: (request.order ?? []).map(({ name, descending }) => ({ id: name, desc: descending })),
    limit: request.limit,
    rowLimit: request.limit,
    ...(request.offset > 0 && { offset: request.offset }),
    timezone: request.timezone,
    ...(request.ungrouped && { ungrouped: true }),
    ...(request.total && { total: true }),
  };
}

function normalizeFilter(filter: RequestedFilter): object {
  if (filter.kind === 'group') return { [filter.operator]: filter.items.map(normalizeFilter) };
  const { name, operator, values } = filter;
  return { member: name, operator, ...(values.length > 0 && { values }) };
}

function wallRange(
  { path, value }: RequestedRange,
  request: Request,
  now: number,
): [string, string] {
  const clock = new ZoneClock(request.timezone);
  const range = readDateRange(value, { now, clock });
  if (isRangeProblem(range)) {
    throw new QueryError([
      { code: 'query/bad-date', path, message: say`the date range cannot be read` },
    ]);
  }
  const wall = (instant: number): string =>
    new Date(clock.wallAt(instant)).toISOString().slice(0, -1);
  const end = Date.parse(range.to) - (range.includesEnd ? 0 : 1);
  return [wall(Date.parse(range.from)), wall(end)];
}
