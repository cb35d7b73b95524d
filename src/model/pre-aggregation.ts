import type { MemberPath } from '../core/names.ts';
import type { Interval } from './interval.ts';
import type { Fragment } from './model.ts';

/** When data has changed. */
export type RefreshKey =
  | { readonly kind: 'sql'; readonly sql: Fragment; readonly every: RefreshInterval | null }
  | {
      readonly kind: 'every';
      readonly every: RefreshInterval;
      /** IANA name; of a cron expression. */
      readonly timezone: string | null;
      readonly incremental: boolean;
      readonly updateWindow: Interval | null;
    }
  | { readonly kind: 'immutable'; readonly immutable: boolean };

export type RefreshInterval =
  | { readonly kind: 'interval'; readonly interval: Interval }
  | { readonly kind: 'cron'; readonly expression: string };

export type PreAggregationType =
  'rollup' | 'originalSql' | 'rollupJoin' | 'rollupLambda' | 'autoRollup';

/** Parsed, validated and carried; no query is routed to one yet. */
export interface PreAggregation {
  readonly name: string;
  /** `Orders.main`. */
  readonly path: string;
  readonly type: PreAggregationType;
  readonly measures: readonly MemberPath[];
  readonly dimensions: readonly MemberPath[];
  readonly segments: readonly MemberPath[];
  readonly timeDimensions: readonly {
    readonly dimension: MemberPath;
    readonly granularity: string | null;
  }[];
  /** Paths of pre-aggregations that it is made of. */
  readonly rollups: readonly string[];
  readonly partitionGranularity: string | null;
  readonly refreshKey: RefreshKey | null;
  readonly buildRange: { readonly start: Fragment | null; readonly end: Fragment | null };
  readonly indexes: readonly PreAggregationIndex[];
  readonly alias: string | null;
  readonly uniqueKeyColumns: readonly string[];
  readonly outputColumnTypes: readonly { readonly member: MemberPath; readonly type: string }[];
  readonly streamOffset: 'earliest' | 'latest' | null;
  readonly maxPreAggregations: number | null;
  /** Each is null where its author says nothing. */
  readonly options: Readonly<Record<PreAggregationOption, boolean | null>>;
}

export type PreAggregationOption =
  | 'external'
  | 'scheduledRefresh'
  | 'useOriginalSqlPreAggregations'
  | 'allowNonStrictDateRangeMatch'
  | 'unionWithSourceData'
  | 'readOnly';

export interface PreAggregationIndex {
  readonly name: string;
  readonly type: 'regular' | 'aggregate';
  /** Members, or columns by name. */
  readonly columns: readonly string[];
  readonly sql: Fragment | null;
}
