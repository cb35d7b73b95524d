import { units } from './time/calendar.ts';

/** A query, decoded: every shape is checked, no member is resolved yet. */
export interface Request {
  readonly measures: readonly NamedMember[];
  readonly dimensions: readonly NamedMember[];
  readonly segments: readonly NamedMember[];
  readonly timeDimensions: readonly RequestedTime[];
  readonly filters: readonly RequestedFilter[];
  /** null: the default order. */
  readonly order: readonly RequestedOrder[] | null;
  readonly limit: number;
  readonly offset: number;
  /** A canonical IANA name. */
  readonly timezone: string;
  readonly ungrouped: boolean;
  /** Whether the number of rows without the limit is asked for too. */
  readonly total: boolean;
  readonly joinHints: readonly RequestedHint[];
}

/** A chain of cubes, each reached from the one before it. */
export interface RequestedHint {
  readonly path: string;
  readonly cubes: readonly string[];
}

/** A name as the query has it, and where. */
export interface NamedMember {
  readonly name: string;
  readonly path: string;
}

export interface RequestedTime extends NamedMember {
  readonly granularity: RequestedGranularity | null;
  readonly dateRange: RequestedRange | null;
  /** Where the query asks for every period of its range, also those without rows; null: it does not. */
  readonly fill: string | null;
}

/** A unit, or a granularity of the time dimension's own, which only the model knows. */
export interface RequestedGranularity {
  readonly path: string;
  readonly name: string;
}

export interface RequestedRange {
  readonly path: string;
  /** One text (`last week`), or the two ends as texts. */
  readonly value: string | readonly [string, string];
}

export type RequestedFilter =
  | {
      readonly kind: 'group';
      readonly operator: 'and' | 'or';
      readonly items: readonly RequestedFilter[];
      readonly path: string;
    }
  | RequestedLeaf;

export interface RequestedLeaf extends NamedMember {
  readonly kind: 'leaf';
  readonly operator: FilterOperator;
  readonly values: readonly FilterValue[];
  /** Place of the filter itself; `path` is that of its member. */
  readonly place: string;
}

export type FilterValue = string | number | bigint | boolean | null;

export interface RequestedOrder extends NamedMember {
  readonly descending: boolean;
}

/** How many values an operator takes. */
export const filterOperators = {
  equals: 'some',
  notEquals: 'some',
  in: 'some',
  notIn: 'some',
  contains: 'some',
  notContains: 'some',
  startsWith: 'some',
  notStartsWith: 'some',
  endsWith: 'some',
  notEndsWith: 'some',
  gt: 'one',
  gte: 'one',
  lt: 'one',
  lte: 'one',
  measureFilter: 'ignored',
  set: 'ignored',
  notSet: 'ignored',
  inDateRange: 'range',
  notInDateRange: 'range',
  onTheDate: 'one',
  beforeDate: 'one',
  beforeOrOnDate: 'one',
  afterDate: 'one',
  afterOrOnDate: 'one',
} as const satisfies Readonly<Record<string, 'some' | 'one' | 'range' | 'ignored'>>;

export type FilterOperator = keyof typeof filterOperators;

/** Those that every time dimension has. */
export const granularities: readonly string[] = units;
