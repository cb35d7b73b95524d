import type { FilterOperator, FilterValue } from './request.ts';

/**
 * A query in the JSON form of the REST API. Members are named `Cube.member` or `View.member`. At least one measure,
 * one dimension, or one time dimension with a granularity is selected.
 *
 * @example
 * const query: Query = {
 *   measures: ['Orders.count'],
 *   timeDimensions: [{ dimension: 'Orders.createdAt', granularity: 'month', dateRange: 'last 6 months' }],
 *   filters: [{ member: 'Orders.status', operator: 'equals', values: ['paid'] }],
 *   order: { 'Orders.count': 'desc' },
 * };
 */
export interface Query {
  readonly measures?: readonly string[] | null;
  /** A time dimension may carry a granularity: `Orders.createdAt.month`. */
  readonly dimensions?: readonly string[] | null;
  readonly segments?: readonly string[] | null;
  readonly timeDimensions?: readonly TimeDimension[] | null;
  /** All of them hold. */
  readonly filters?: readonly Filter[] | null;
  readonly order?: QueryOrder | null;
  /** Rows at most: 1 to 50,000; default 10,000. */
  readonly limit?: number | null;
  /** Rows that are left out at the beginning. */
  readonly offset?: number | null;
  /** An IANA name; default `UTC`. */
  readonly timezone?: string | null;
  /** Rows as they are, without aggregation. */
  readonly ungrouped?: boolean | null;
  /** Whether the rows without limit and offset are counted too. */
  readonly total?: boolean | null;
  /** Accepted for the REST API's clients; the library keeps no results. */
  readonly renewQuery?: boolean | null;
  /** Join paths that settle ties, each a chain of cubes. */
  readonly joinHints?: readonly (readonly string[])[] | null;
}

export interface TimeDimension {
  readonly dimension: string;
  /** `second` to `year`, or a granularity of the dimension's own; null or absent: the dimension only filters. */
  readonly granularity?: string | null;
  readonly dateRange?: DateRange | null;
  /** Ranges to compare, answered by the server's `load`; the library refuses them with `query/compare-date-range`. */
  readonly compareDateRange?: readonly DateRange[] | null;
  /** Whether periods without rows have a row too. */
  readonly fillMissingDates?: boolean | null;
}

/** One text (`last 7 days`, `2024-01-01`), one date in a list, or the first and the last date, both included. */
export type DateRange =
  | string
  | readonly [string]
  | readonly [string, string]
  | { readonly from: string; readonly to: string };

/** A condition, or a group of conditions. */
export type Filter = MemberFilter | AndFilter | OrFilter;

export interface MemberFilter {
  readonly member?: string;
  /** The old name of `member`. */
  readonly dimension?: string;
  readonly operator: FilterOperator;
  /** None for `set`, `notSet` and `measureFilter`. */
  readonly values?: readonly FilterValue[] | null;
}

export interface AndFilter {
  readonly and: readonly Filter[];
}

export interface OrFilter {
  readonly or: readonly Filter[];
}

export type OrderDirection = 'asc' | 'desc';

/** By member in the order of the keys, a list of pairs, or a list of `{ id, desc }`. */
export type QueryOrder =
  | Readonly<Record<string, OrderDirection>>
  | readonly (
      | readonly [member: string, direction?: OrderDirection]
      | { readonly id: string; readonly desc?: boolean | OrderDirection }
    )[];
