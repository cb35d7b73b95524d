import type { ClaimTest } from '../core/claim-test.ts';
import type { MemberPath } from '../core/names.ts';

/**
 * A compiled schema: linked, validated plain data. Nothing here runs guest code. Names are paths
 * (`Orders.count`); maps keep the order of declaration, except `cubes`, which is sorted by name.
 */
export interface Model {
  readonly cubes: ReadonlyMap<string, Cube>;
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
  readonly joins: readonly CubeJoin[];
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

export type Member = Measure | Dimension | Segment;

interface MemberBase {
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

export type MeasureType =
  | 'count'
  | 'countDistinct'
  | 'countDistinctApprox'
  | 'sum'
  | 'avg'
  | 'min'
  | 'max'
  | 'number'
  | 'runningTotal';

export interface Measure extends MemberBase {
  readonly kind: 'measure';
  readonly type: MeasureType;
  /** null only for `count`. */
  readonly sql: Fragment | null;
  readonly filters: readonly Fragment[];
  /** Further conditions on the rows that `measureFilter` shows. */
  readonly drillFilters: readonly Fragment[];
  readonly format: string | null;
  readonly drillMembers: readonly MemberPath[];
}

export type DimensionType = 'string' | 'number' | 'boolean' | 'time' | 'geo';

export interface Dimension extends MemberBase {
  readonly kind: 'dimension';
  readonly type: DimensionType;
  readonly expression: DimensionExpression;
  readonly primaryKey: boolean;
  readonly format: string | null;
  readonly suggestFilterValues: boolean;
}

export type DimensionExpression =
  | { readonly kind: 'sql'; readonly sql: Fragment }
  | {
      readonly kind: 'case';
      readonly when: readonly { readonly sql: Fragment; readonly label: CaseLabel }[];
      readonly otherwise: CaseLabel | null;
    }
  | { readonly kind: 'geo'; readonly latitude: Fragment; readonly longitude: Fragment };

export type CaseLabel =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'sql'; readonly sql: Fragment };

export interface Segment extends MemberBase {
  readonly kind: 'segment';
  readonly sql: Fragment;
}

/** An author's SQL with its references resolved. Trimmed, one trailing `;` dropped, LF line ends. */
export interface Fragment {
  readonly pieces: readonly FragmentPiece[];
  /** `Orders.count`, or the cube's name for its source and joins. */
  readonly member: string;
  /** `sql`, `filters[0].sql`, `case.when[1].sql`, `joins.Users.sql`, ... */
  readonly property: string;
  readonly file: string;
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
  | QueryFilter
  /** A stored instant in the time zone of the query. */
  | { readonly kind: 'local-time'; readonly operand: readonly FragmentPiece[] }
  /** Inside a function of a {@link QueryFilter}: one of its arguments. */
  | { readonly kind: 'argument'; readonly index: number }
  | { readonly kind: 'placeholder' }
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
