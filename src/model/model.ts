import type { ClaimTest } from '../core/claim-test.ts';
import type { MemberPath } from '../core/names.ts';
import type { FragmentRole } from './fragment-role.ts';
import type { AccessPolicy } from './access-policy.ts';
import type { CalendarShift, Granularity } from './granularity.ts';
import type { RollingWindow, TimeShift } from './interval.ts';
import type { Mask, MaskValue } from './mask.ts';
import type { PreAggregation, RefreshKey } from './pre-aggregation.ts';
import type { View } from './view.ts';

/**
 * A compiled schema: linked, validated plain data. Names are paths (`Orders.count`); maps keep the order
 * of declaration, except `cubes` and `views`, which are sorted. A name is that of a cube or of a view.
 */
export interface Model {
  readonly cubes: ReadonlyMap<string, Cube>;
  readonly views: ReadonlyMap<string, View>;
  /** By the name of each `context()`, sorted: its cubes and views, in order of declaration. */
  readonly contexts: ReadonlyMap<string, readonly string[]>;
  /** Names of the cubes and views with access policies, in order. */
  readonly restricted: readonly string[];
  /** Cubes and views that are left out because of errors, each with what is wrong. Sorted by name. */
  readonly quarantined: ReadonlyMap<string, string>;
}

export interface Cube {
  readonly name: string;
  /** Table alias and first part of column aliases, before a dialect shortens it. */
  readonly alias: string;
  readonly title: string;
  readonly description: string | null;
  readonly public: boolean;
  readonly meta: Json | null;
  readonly dataSource: string;
  readonly source: CubeSource;
  readonly members: ReadonlyMap<string, Member>;
  /** Names of the primary key dimensions, in order of declaration. */
  readonly primaryKeys: readonly string[];
  /** In order of declaration; at most one for each target. */
  readonly joins: readonly CubeJoin[];
  readonly hierarchies: ReadonlyMap<string, Hierarchy>;
  /** With one or more, whoever none of them covers sees nothing. */
  readonly accessPolicies: readonly AccessPolicy[];
  readonly refreshKey: RefreshKey | null;
  readonly preAggregations: ReadonlyMap<string, PreAggregation>;
  /** Whether its time dimensions stand for a calendar, with time shifts of their own. */
  readonly calendar: boolean;
  readonly file: string;
}

export type CubeSource =
  /** `sql_table`, or `sql` that is exactly `select * from <name>`. */
  | { readonly kind: 'table'; readonly name: Fragment }
  | { readonly kind: 'query'; readonly sql: Fragment };

export interface CubeJoin {
  readonly target: string;
  readonly relationship: 'many-to-one' | 'one-to-many' | 'one-to-one';
  readonly sql: Fragment;
}

/** Dimensions from coarse to fine. */
export interface Hierarchy {
  readonly name: string;
  /** `Orders.location`. */
  readonly path: MemberPath;
  readonly title: string;
  readonly public: boolean;
  readonly levels: readonly MemberPath[];
}

export type Member = Measure | Dimension | Segment;

/** What members of all kinds have. */
export interface MemberBase {
  readonly name: string;
  readonly path: MemberPath;
  /** Second part of a column alias (`created_at`). */
  readonly alias: string;
  readonly title: string;
  readonly shortTitle: string;
  readonly description: string | null;
  readonly public: boolean;
  readonly meta: Json | null;
}

/** How clients show values: a word, or the shape that today's clients read. */
export type Format =
  | string
  | { readonly type: 'link'; readonly label: string }
  | { readonly type: 'custom-numeric'; readonly value: string; readonly alias?: string }
  | { readonly type: 'custom-time'; readonly value: string };

export type MeasureType =
  | 'count'
  | 'countDistinct'
  | 'countDistinctApprox'
  | 'sum'
  | 'avg'
  | 'min'
  | 'max'
  /** A calculation over finished aggregates, or an aggregate as its author wrote it; as is each of the next three. */
  | 'number'
  | 'string'
  | 'boolean'
  | 'time'
  /** An aggregate function as its author wrote it. */
  | 'numberAgg'
  /** Of a multi-stage measure: the place of a group by `orderBy`. */
  | 'rank'
  | 'runningTotal';

export interface Measure extends MemberBase {
  readonly kind: 'measure';
  readonly type: MeasureType;
  /** null for `count` and `rank` without SQL, and where `switch` stands in its place. */
  readonly sql: Fragment | null;
  readonly switch: SwitchExpression | null;
  readonly filters: readonly Fragment[];
  /** Further conditions on the rows that `measureFilter` shows. */
  readonly drillFilters: readonly Fragment[];
  readonly rollingWindow: RollingWindow | null;
  readonly multiStage: MultiStage | null;
  readonly format: Format | null;
  /** ISO 4217. */
  readonly currency: string | null;
  readonly mask: Mask | null;
  readonly drillMembers: readonly MemberPath[];
}

/** A measure over the groups of other measures. */
export interface MultiStage {
  /** The only dimensions of the query that stay in its inner grain; null: all of them. */
  readonly groupBy: readonly MemberPath[] | null;
  /** Dimensions that its inner grain leaves out. */
  readonly reduceBy: readonly MemberPath[];
  /** Dimensions that its inner grain has beside those of the query. */
  readonly addGroupBy: readonly MemberPath[];
  readonly timeShifts: readonly TimeShift[];
  /** Of a rank. */
  readonly orderBy: readonly { readonly sql: Fragment; readonly direction: 'asc' | 'desc' }[];
}

export type DimensionType = 'string' | 'number' | 'boolean' | 'time' | 'geo' | 'switch';

export interface Dimension extends MemberBase {
  readonly kind: 'dimension';
  readonly type: DimensionType;
  readonly expression: DimensionExpression;
  readonly primaryKey: boolean;
  /** Computed in a query of its own, grouped by the primary key of the cube; null: it is not. */
  readonly subQuery: { readonly propagateFilters: boolean } | null;
  readonly multiStage: MultiStage | null;
  /** Of a time dimension, by name; the built-in ones are not listed. */
  readonly granularities: ReadonlyMap<string, Granularity>;
  /** Of a calendar's time dimension. */
  readonly timeShifts: readonly CalendarShift[];
  readonly format: Format | null;
  /** ISO 4217. */
  readonly currency: string | null;
  readonly mask: Mask | null;
  /** Times that the database holds as texts. */
  readonly storedAsText: boolean;
  /** How clients sort its values. */
  readonly order: 'asc' | 'desc' | null;
  /** The dimension that identifies what this one shows. */
  readonly key: MemberPath | null;
  readonly links: readonly Link[];
  readonly suggestFilterValues: boolean;
}

export type DimensionExpression =
  | { readonly kind: 'sql'; readonly sql: Fragment }
  | {
      readonly kind: 'case';
      readonly when: readonly { readonly sql: Fragment; readonly label: CaseLabel }[];
      readonly otherwise: CaseLabel | null;
    }
  | { readonly kind: 'geo'; readonly latitude: Fragment; readonly longitude: Fragment }
  | SwitchExpression
  /** Of the type `switch`: a choice that the query makes, without a column. */
  | { readonly kind: 'values'; readonly values: readonly string[] };

/** One of several texts, by the value of a dimension, which is of the type `switch` where it is known. */
export interface SwitchExpression {
  readonly kind: 'switch';
  readonly on: MemberPath;
  readonly when: readonly { readonly value: string; readonly sql: Fragment }[];
  readonly otherwise: Fragment | null;
}

export type CaseLabel =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'sql'; readonly sql: Fragment };

export interface Link {
  readonly name: string;
  readonly label: string;
  readonly url: Fragment | null;
  readonly dashboard: string | null;
  readonly icon: string | null;
  readonly target: 'blank' | 'self' | null;
  readonly primary: boolean;
  readonly parameters: readonly { readonly key: string; readonly value: Fragment }[];
}

export interface Segment extends MemberBase {
  readonly kind: 'segment';
  readonly sql: Fragment;
}

/** An author's SQL, linked and normalised; `evaluated`: a dynamic value, as it is for one user. */
export interface Fragment {
  readonly pieces: readonly FragmentPiece[];
  /** `Orders.count`, or the cube's name for its source and joins. */
  readonly member: string;
  /** `sql`, `filters[0].sql`, `case.when[1].sql`, `joins.Users.sql`, ... */
  readonly property: string;
  readonly file: string;
  readonly evaluated?: boolean;
}

export type FragmentPiece =
  | { readonly kind: 'text'; readonly text: string; readonly start?: number }
  /** The table alias of a cube. */
  | { readonly kind: 'cube'; readonly cube: string }
  /** The SQL of a member. */
  | { readonly kind: 'member'; readonly path: MemberPath }
  /** Another cube's source, with its own row filter. */
  | { readonly kind: 'source'; readonly cube: string }
  | FragmentFilter
  | { readonly kind: 'claim'; readonly claim: readonly string[] }
  | { readonly kind: 'unsafe'; readonly claim: readonly string[] }
  /** What the text is when a test of a claim holds, and when it does not. */
  | {
      readonly kind: 'conditional';
      readonly test: ClaimTest;
      readonly then: readonly FragmentPiece[];
      readonly otherwise: readonly FragmentPiece[];
    }
  | DynamicValue
  | QueryFilter
  /** A stored instant in the time zone of the query. */
  | { readonly kind: 'local-time'; readonly operand: readonly FragmentPiece[] }
  /** A value as the dialect writes it; `null` has the type too. */
  | MaskValue
  /** Inside a function of a {@link QueryFilter}: one of its arguments. */
  | { readonly kind: 'argument'; readonly index: number }
  | { readonly kind: 'placeholder'; readonly item: number | null }
  | {
      readonly kind: 'list';
      readonly separator: string;
      readonly item: readonly FragmentPiece[];
    };

export interface FragmentFilter {
  readonly kind: 'filter';
  readonly claim: readonly string[];
  readonly required: boolean;
  readonly target:
    | { readonly kind: 'column'; readonly column: readonly FragmentPiece[] }
    | {
        readonly kind: 'function';
        readonly scalar: readonly FragmentPiece[] | null;
        readonly list: readonly FragmentPiece[] | null;
      };
  /** The column (or function) as written, for `Filter for <col> is required`. */
  readonly text: string;
}

/** The whole of a fragment that is evaluated for each user, by the way to it in what the files declare. */
export interface DynamicValue {
  readonly kind: 'dynamic';
  /** The cube in whose declaration the value stands, and the properties that lead to it. */
  readonly path: readonly (string | number)[];
  readonly role: FragmentRole;
}

/** What the query asks of one dimension, or of several whose filters may be joined by OR. */
export interface QueryFilter {
  readonly kind: 'query-filter';
  /** At least one. */
  readonly filters: readonly MemberFilter[];
}

export interface MemberFilter {
  readonly member: MemberPath;
  readonly target:
    | { readonly kind: 'column'; readonly column: readonly FragmentPiece[] }
    | {
        readonly kind: 'function';
        /** How many arguments it takes before those of `...values`. */
        readonly parameters: number;
        readonly rest: boolean;
        readonly body: readonly FragmentPiece[];
      };
}

export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
