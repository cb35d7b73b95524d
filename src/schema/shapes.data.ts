import type { Condition, Reference, Sql } from './words.ts';

/** What may stand where in a schema file. Made by scripts/schema-types.ts: not to be edited. */
export interface CubeDefinition {
  readonly title?: string;
  readonly description?: string;
  readonly meta?: unknown;
  readonly public?: boolean;
  readonly shown?: boolean;
  readonly visible?: boolean;
  readonly extends?: Reference | string | object;
  readonly hierarchies?:
    | { readonly [name: string]: HierarchyDefinition }
    | readonly (HierarchyDefinition & { readonly name: string })[];
  readonly access_policy?: readonly PolicyDefinition[];
  readonly accessPolicy?: readonly PolicyDefinition[];
  readonly sql?: Sql;
  readonly sql_table?: Sql;
  readonly sqlTable?: Sql;
  readonly sql_alias?: string;
  readonly sqlAlias?: string;
  readonly data_source?: string;
  readonly dataSource?: string;
  readonly calendar?: boolean;
  /** Read and ignored: filters are placed by the planner. */
  readonly rewrite_queries?: boolean;
  /** Read and ignored: filters are placed by the planner. */
  readonly rewriteQueries?: boolean;
  readonly refresh_key?: RefreshKeyDefinition;
  readonly refreshKey?: RefreshKeyDefinition;
  readonly pre_aggregations?:
    | { readonly [name: string]: PreAggregationDefinition }
    | readonly (PreAggregationDefinition & { readonly name: string })[];
  readonly preAggregations?:
    | { readonly [name: string]: PreAggregationDefinition }
    | readonly (PreAggregationDefinition & { readonly name: string })[];
  readonly joins?:
    | { readonly [name: string]: JoinDefinition }
    | readonly (JoinDefinition & { readonly name: string })[];
  readonly measures?:
    | { readonly [name: string]: MeasureDefinition }
    | readonly (MeasureDefinition & { readonly name: string })[];
  readonly dimensions?:
    | { readonly [name: string]: DimensionDefinition }
    | readonly (DimensionDefinition & { readonly name: string })[];
  readonly segments?:
    | { readonly [name: string]: SegmentDefinition }
    | readonly (SegmentDefinition & { readonly name: string })[];
}

export interface ViewDefinition {
  readonly title?: string;
  readonly description?: string;
  readonly meta?: unknown;
  readonly public?: boolean;
  readonly shown?: boolean;
  readonly visible?: boolean;
  readonly extends?: Reference | string | object;
  readonly hierarchies?:
    | { readonly [name: string]: HierarchyDefinition }
    | readonly (HierarchyDefinition & { readonly name: string })[];
  readonly access_policy?: readonly PolicyDefinition[];
  readonly accessPolicy?: readonly PolicyDefinition[];
  readonly cubes?: readonly ViewCubeDefinition[];
  readonly folders?: readonly FolderDefinition[];
}

export interface ContextDefinition {
  readonly context_members?: readonly (Reference | string)[];
  readonly contextMembers?: readonly (Reference | string)[];
}

export interface JoinDefinition {
  readonly relationship:
    | 'belongsTo'
    | 'belongs_to'
    | 'manyToOne'
    | 'many_to_one'
    | 'hasMany'
    | 'has_many'
    | 'oneToMany'
    | 'one_to_many'
    | 'hasOne'
    | 'has_one'
    | 'oneToOne'
    | 'one_to_one';
  readonly sql: Sql;
}

export interface MeasureDefinition {
  readonly title?: string;
  readonly description?: string;
  readonly meta?: unknown;
  readonly public?: boolean;
  readonly shown?: boolean;
  readonly visible?: boolean;
  /** Read and ignored, as in the original. */
  readonly aliases?: readonly string[];
  /** Computed over the groups of the measures that it names. */
  readonly multi_stage?: boolean;
  /** Computed over the groups of the measures that it names. */
  readonly multiStage?: boolean;
  readonly group_by?: Reference | string | readonly (Reference | string)[];
  readonly groupBy?: Reference | string | readonly (Reference | string)[];
  readonly reduce_by?: Reference | string | readonly (Reference | string)[];
  readonly reduceBy?: Reference | string | readonly (Reference | string)[];
  readonly add_group_by?: Reference | string | readonly (Reference | string)[];
  readonly addGroupBy?: Reference | string | readonly (Reference | string)[];
  readonly type:
    | 'count'
    | 'countDistinct'
    | 'count_distinct'
    | 'countDistinctApprox'
    | 'count_distinct_approx'
    | 'sum'
    | 'avg'
    | 'min'
    | 'max'
    | 'number'
    | 'string'
    | 'boolean'
    | 'time'
    | 'numberAgg'
    | 'number_agg'
    | 'rank'
    | 'runningTotal'
    | 'running_total';
  readonly sql?: Sql;
  readonly case?: CaseDefinition;
  readonly filters?: readonly SqlDefinition[];
  readonly drill_members?: Reference | string | readonly (Reference | string)[];
  readonly drillMembers?: Reference | string | readonly (Reference | string)[];
  readonly drill_member_references?: Reference | string | readonly (Reference | string)[];
  readonly drillMemberReferences?: Reference | string | readonly (Reference | string)[];
  readonly drill_filters?: readonly SqlDefinition[];
  readonly drillFilters?: readonly SqlDefinition[];
  readonly rolling_window?: RollingWindowDefinition;
  readonly rollingWindow?: RollingWindowDefinition;
  /** Read and ignored: a rolling window says it. */
  readonly cumulative?: boolean;
  readonly time_shift?: readonly TimeShiftDefinition[];
  readonly timeShift?: readonly TimeShiftDefinition[];
  /** Of a measure of the type rank. */
  readonly order_by?: readonly OrderByDefinition[];
  /** Of a measure of the type rank. */
  readonly orderBy?: readonly OrderByDefinition[];
  /** A word such as 'percent', a d3 format such as '$,.2f', or { type: 'link', label }. */
  readonly format?: string | FormatDefinition;
  /** A code of ISO 4217, such as EUR. */
  readonly currency?: string;
  /** What users see whose policy masks the member. */
  readonly mask?: string | number | boolean | SqlDefinition;
}

export interface DimensionDefinition {
  readonly title?: string;
  readonly description?: string;
  readonly meta?: unknown;
  readonly public?: boolean;
  readonly shown?: boolean;
  readonly visible?: boolean;
  /** Read and ignored, as in the original. */
  readonly aliases?: readonly string[];
  /** Computed over the groups of the measures that it names. */
  readonly multi_stage?: boolean;
  /** Computed over the groups of the measures that it names. */
  readonly multiStage?: boolean;
  readonly group_by?: Reference | string | readonly (Reference | string)[];
  readonly groupBy?: Reference | string | readonly (Reference | string)[];
  readonly reduce_by?: Reference | string | readonly (Reference | string)[];
  readonly reduceBy?: Reference | string | readonly (Reference | string)[];
  readonly add_group_by?: Reference | string | readonly (Reference | string)[];
  readonly addGroupBy?: Reference | string | readonly (Reference | string)[];
  readonly type: 'string' | 'number' | 'boolean' | 'time' | 'geo' | 'switch';
  readonly sql?: Sql;
  readonly case?: CaseDefinition;
  readonly latitude?: SqlDefinition;
  readonly longitude?: SqlDefinition;
  /** Of a dimension of the type switch. */
  readonly values?: readonly string[];
  readonly primary_key?: boolean;
  readonly primaryKey?: boolean;
  readonly sub_query?: boolean;
  readonly subQuery?: boolean;
  readonly propagate_filters_to_sub_query?: boolean;
  readonly propagateFiltersToSubQuery?: boolean;
  readonly granularities?:
    | { readonly [name: string]: GranularityDefinition }
    | readonly (GranularityDefinition & { readonly name: string })[];
  /** Of a calendar. */
  readonly time_shift?: readonly CalendarShiftDefinition[];
  /** Of a calendar. */
  readonly timeShift?: readonly CalendarShiftDefinition[];
  readonly field_type?: 'string';
  readonly fieldType?: 'string';
  /** Read and ignored, as in the original. */
  readonly values_as_segments?: boolean;
  /** Read and ignored, as in the original. */
  readonly valuesAsSegments?: boolean;
  readonly suggest_filter_values?: boolean;
  readonly suggestFilterValues?: boolean;
  readonly enable_suggestions?: boolean;
  readonly enableSuggestions?: boolean;
  readonly order?: 'asc' | 'desc';
  readonly key?: Reference | string;
  readonly links?: readonly LinkDefinition[];
  /** A word such as 'percent', a d3 format such as '$,.2f', or { type: 'link', label }. */
  readonly format?: string | FormatDefinition;
  /** A code of ISO 4217, such as EUR. */
  readonly currency?: string;
  /** What users see whose policy masks the member. */
  readonly mask?: string | number | boolean | SqlDefinition;
}

export interface SegmentDefinition {
  readonly title?: string;
  readonly description?: string;
  readonly meta?: unknown;
  readonly public?: boolean;
  readonly shown?: boolean;
  readonly visible?: boolean;
  /** Read and ignored, as in the original. */
  readonly aliases?: readonly string[];
  readonly sql: Sql;
}

export interface HierarchyDefinition {
  readonly title?: string;
  readonly public?: boolean;
  readonly shown?: boolean;
  readonly visible?: boolean;
  readonly levels: Reference | string | readonly (Reference | string)[];
}

export interface SqlDefinition {
  readonly sql: Sql;
}

export interface FormatDefinition {
  readonly type: string;
  readonly label?: string;
  readonly value?: string;
}

export interface CaseDefinition {
  readonly when: readonly CaseBranchDefinition[];
  readonly else?: CaseElseDefinition;
  readonly switch?: Reference | string;
}

export interface CaseBranchDefinition {
  readonly sql?: Sql;
  readonly label?: string | number | SqlDefinition;
  readonly value?: string;
}

export interface CaseElseDefinition {
  readonly sql?: Sql;
  readonly label?: string | number | SqlDefinition;
}

export interface RollingWindowDefinition {
  readonly type?:
    | 'fixed'
    | 'toDate'
    | 'to_date'
    | 'yearToDate'
    | 'year_to_date'
    | 'quarterToDate'
    | 'quarter_to_date'
    | 'monthToDate'
    | 'month_to_date';
  readonly trailing?: string;
  readonly leading?: string;
  readonly offset?: 'start' | 'end';
  readonly granularity?: string;
}

export interface TimeShiftDefinition {
  readonly time_dimension?: Reference | string;
  readonly timeDimension?: Reference | string;
  readonly interval?: string;
  readonly type?: 'prior' | 'next';
  readonly name?: string;
}

export interface CalendarShiftDefinition {
  readonly interval?: string;
  readonly type?: 'prior' | 'next';
  readonly name?: string;
  readonly sql?: Sql;
}

export interface OrderByDefinition {
  readonly sql: Sql;
  readonly dir?: 'asc' | 'desc';
}

export interface GranularityDefinition {
  readonly title?: string;
  readonly interval?: string;
  readonly origin?: string;
  readonly offset?: string;
  readonly sql?: Sql;
}

export interface LinkDefinition {
  readonly name: string;
  readonly label: string;
  readonly url?: Sql;
  readonly dashboard?: string;
  readonly icon?: string;
  readonly target?: 'blank' | 'self';
  readonly primary?: boolean;
  readonly params?: readonly LinkParameterDefinition[];
}

export interface LinkParameterDefinition {
  readonly key: string;
  readonly value: Sql;
}

export interface ViewCubeDefinition {
  readonly join_path?: Reference | string;
  readonly joinPath?: Reference | string;
  readonly includes: '*' | readonly unknown[] | readonly (string | ViewIncludeDefinition)[];
  readonly excludes?: '*' | readonly unknown[];
  readonly prefix?: boolean;
  readonly alias?: string;
  readonly split?: boolean;
}

export interface ViewIncludeDefinition {
  readonly name: string;
  readonly alias?: string;
  readonly title?: string;
  readonly description?: string;
  readonly meta?: unknown;
  /** A word such as 'percent', a d3 format such as '$,.2f', or { type: 'link', label }. */
  readonly format?: string | FormatDefinition;
}

export interface FolderDefinition {
  readonly name: string;
  readonly includes: '*' | readonly unknown[] | readonly (string | FolderIncludeDefinition)[];
}

export interface FolderIncludeDefinition {
  readonly name?: string;
  readonly includes?: '*' | readonly unknown[] | readonly (string | FolderIncludeDefinition)[];
  readonly join_path?: Reference | string;
  readonly joinPath?: Reference | string;
}

export interface PolicyDefinition {
  readonly group?: string;
  readonly role?: string;
  readonly groups?: readonly string[];
  readonly roles?: readonly string[];
  readonly conditions?: readonly PolicyConditionDefinition[];
  readonly member_level?: MemberLevelDefinition;
  readonly memberLevel?: MemberLevelDefinition;
  readonly member_masking?: MemberLevelDefinition;
  readonly memberMasking?: MemberLevelDefinition;
  readonly row_level?: RowLevelDefinition;
  readonly rowLevel?: RowLevelDefinition;
}

export interface PolicyConditionDefinition {
  readonly if: Condition;
}

export interface MemberLevelDefinition {
  readonly includes?: '*' | readonly unknown[];
  readonly excludes?: '*' | readonly unknown[];
}

export interface RowLevelDefinition {
  readonly filters?: readonly PolicyFilterDefinition[];
  readonly allow_all?: boolean;
  readonly allowAll?: boolean;
}

export interface PolicyFilterDefinition {
  readonly member?: Reference | string;
  readonly operator?:
    | 'equals'
    | 'notEquals'
    | 'not_equals'
    | 'contains'
    | 'notContains'
    | 'not_contains'
    | 'startsWith'
    | 'starts_with'
    | 'notStartsWith'
    | 'not_starts_with'
    | 'endsWith'
    | 'ends_with'
    | 'notEndsWith'
    | 'not_ends_with'
    | 'gt'
    | 'gte'
    | 'lt'
    | 'lte'
    | 'set'
    | 'notSet'
    | 'not_set'
    | 'inDateRange'
    | 'in_date_range'
    | 'notInDateRange'
    | 'not_in_date_range'
    | 'onTheDate'
    | 'on_the_date'
    | 'beforeDate'
    | 'before_date'
    | 'beforeOrOnDate'
    | 'before_or_on_date'
    | 'afterDate'
    | 'after_date'
    | 'afterOrOnDate'
    | 'after_or_on_date'
    | 'in'
    | 'notIn'
    | 'not_in';
  readonly values?: readonly unknown[] | Condition;
  readonly and?: readonly PolicyFilterDefinition[];
  readonly or?: readonly PolicyFilterDefinition[];
}

export interface RefreshKeyDefinition {
  readonly sql?: Sql;
  readonly every?: string;
  readonly timezone?: string;
  readonly incremental?: boolean;
  readonly update_window?: string;
  readonly updateWindow?: string;
  readonly immutable?: boolean;
}

export interface PreAggregationDefinition {
  readonly type?:
    | 'rollup'
    | 'originalSql'
    | 'original_sql'
    | 'rollupJoin'
    | 'rollup_join'
    | 'rollupLambda'
    | 'rollup_lambda'
    | 'autoRollup'
    | 'auto_rollup';
  readonly measures?: Reference | string | readonly (Reference | string)[];
  readonly measure_references?: Reference | string | readonly (Reference | string)[];
  readonly measureReferences?: Reference | string | readonly (Reference | string)[];
  readonly dimensions?: Reference | string | readonly (Reference | string)[];
  readonly dimension_references?: Reference | string | readonly (Reference | string)[];
  readonly dimensionReferences?: Reference | string | readonly (Reference | string)[];
  readonly segments?: Reference | string | readonly (Reference | string)[];
  readonly segment_references?: Reference | string | readonly (Reference | string)[];
  readonly segmentReferences?: Reference | string | readonly (Reference | string)[];
  readonly time_dimension?: Reference | string;
  readonly timeDimension?: Reference | string;
  readonly time_dimension_reference?: Reference | string;
  readonly timeDimensionReference?: Reference | string;
  readonly granularity?: string;
  readonly time_dimensions?: readonly RollupTimeDefinition[];
  readonly timeDimensions?: readonly RollupTimeDefinition[];
  readonly rollups?: Reference | string | readonly (Reference | string)[];
  readonly rollup_references?: Reference | string | readonly (Reference | string)[];
  readonly rollupReferences?: Reference | string | readonly (Reference | string)[];
  readonly partition_granularity?: 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';
  readonly partitionGranularity?: 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';
  readonly refresh_key?: RefreshKeyDefinition;
  readonly refreshKey?: RefreshKeyDefinition;
  readonly build_range_start?: SqlDefinition;
  readonly buildRangeStart?: SqlDefinition;
  readonly refresh_range_start?: SqlDefinition;
  readonly refreshRangeStart?: SqlDefinition;
  readonly build_range_end?: SqlDefinition;
  readonly buildRangeEnd?: SqlDefinition;
  readonly refresh_range_end?: SqlDefinition;
  readonly refreshRangeEnd?: SqlDefinition;
  readonly indexes?:
    | { readonly [name: string]: IndexDefinition }
    | readonly (IndexDefinition & { readonly name: string })[];
  readonly sql_alias?: string;
  readonly sqlAlias?: string;
  readonly external?: boolean;
  readonly scheduled_refresh?: boolean;
  readonly scheduledRefresh?: boolean;
  readonly use_original_sql_pre_aggregations?: boolean;
  readonly useOriginalSqlPreAggregations?: boolean;
  readonly allow_non_strict_date_range_match?: boolean;
  readonly allowNonStrictDateRangeMatch?: boolean;
  readonly union_with_source_data?: boolean;
  readonly unionWithSourceData?: boolean;
  readonly read_only?: boolean;
  readonly readOnly?: boolean;
  readonly max_pre_aggregations?: number;
  readonly maxPreAggregations?: number;
  readonly unique_key_columns?: readonly string[];
  readonly uniqueKeyColumns?: readonly string[];
  readonly output_column_types?: readonly OutputColumnDefinition[];
  readonly outputColumnTypes?: readonly OutputColumnDefinition[];
  readonly stream_offset?: 'earliest' | 'latest';
  readonly streamOffset?: 'earliest' | 'latest';
}

export interface RollupTimeDefinition {
  readonly dimension: Reference | string;
  readonly granularity: string;
}

export interface IndexDefinition {
  readonly columns?: Reference | string | readonly (Reference | string)[];
  readonly sql?: Sql;
  readonly type?: 'regular' | 'aggregate';
}

export interface OutputColumnDefinition {
  readonly member: Reference | string;
  readonly type: string;
}
