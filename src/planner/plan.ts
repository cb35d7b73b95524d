import type { MemberPath } from '../core/names.ts';
import type { Granularity, ParameterValue } from '../sql/ast.ts';

/**
 * What a query means, without a dialect: a tree of relational steps over members of the model.
 * Every node is plain data; ids are member paths.
 */
export interface Plan {
  readonly root: PlanNode;
  /** In the order of the SELECT list. */
  readonly columns: readonly PlanColumn[];
  /** A checked IANA name. */
  readonly timezone: string;
  /** Whether the plan depends on the time at which it was made (`last 7 days`). */
  readonly relativeDates: boolean;
  /** Instants (UTC, ISO) that every time column of the result lies between, when the query says. */
  readonly range: { readonly from: string; readonly to: string } | null;
  /** What the query asks of rows, all of it to hold: what `FILTER_PARAMS` in a schema can read. */
  readonly rows: readonly Condition[];
}

export interface PlanColumn {
  readonly member: MemberPath;
  readonly granularity: Granularity | null;
  readonly kind: 'dimension' | 'time-dimension' | 'measure';
  /** `string`, `number`, `boolean`, `time`, `geo`. */
  readonly type: string;
}

export type PlanNode =
  ScanNode | FilterNode | AggregateNode | ProjectNode | RunningTotalsNode | SortNode | LimitNode;

/** One cube's source, under the row filters that stand in it. */
export interface ScanNode {
  readonly kind: 'scan';
  readonly cube: string;
}

/** Rows (or groups, above an aggregate) for which every condition holds. */
export interface FilterNode {
  readonly kind: 'filter';
  readonly input: PlanNode;
  readonly conditions: readonly Condition[];
}

/** One row a group; `measures` are computed once, at the grain of `input`. */
export interface AggregateNode {
  readonly kind: 'aggregate';
  readonly input: PlanNode;
  readonly groups: readonly PlanColumn[];
  readonly measures: readonly PlanColumn[];
}

/** One row for each input row. */
export interface ProjectNode {
  readonly kind: 'project';
  readonly input: PlanNode;
  readonly columns: readonly PlanColumn[];
}

/**
 * Measures of type `runningTotal` accumulated along the time columns of the aggregate below, within
 * each combination of its other groups.
 */
export interface RunningTotalsNode {
  readonly kind: 'running-totals';
  readonly input: PlanNode;
  readonly measures: readonly PlanColumn[];
  readonly along: readonly PlanColumn[];
  readonly within: readonly PlanColumn[];
}

export interface SortNode {
  readonly kind: 'sort';
  readonly input: PlanNode;
  readonly keys: readonly {
    /** Position in `Plan.columns`, from 0. */
    readonly column: number;
    readonly descending: boolean;
  }[];
}

export interface LimitNode {
  readonly kind: 'limit';
  readonly input: PlanNode;
  readonly limit: number;
  readonly offset: number;
}

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly items: readonly Condition[] }
  | { readonly kind: 'segment'; readonly member: MemberPath }
  | { readonly kind: 'null-test'; readonly member: MemberPath; readonly negated: boolean }
  /** Never empty; nulls have been made into null tests. */
  | {
      readonly kind: 'in';
      readonly member: MemberPath;
      readonly values: readonly ParameterValue[];
      readonly negated: boolean;
    }
  | {
      readonly kind: 'contains';
      readonly member: MemberPath;
      /** The text to look for, as the user gave it (wildcards not yet escaped). */
      readonly value: string;
      readonly position: 'anywhere' | 'start' | 'end';
      readonly negated: boolean;
    }
  | {
      readonly kind: 'compare';
      readonly member: MemberPath;
      readonly operator: '<' | '<=' | '>' | '>=' | '=' | '<>';
      readonly value: ParameterValue;
    }
  /** Comparison of a time dimension with an instant (`2020-01-03T23:59:59.999Z`, always UTC). */
  | {
      readonly kind: 'compare-instant';
      readonly member: MemberPath;
      readonly operator: '<' | '<=' | '>' | '>=';
      readonly instant: string;
    }
  /** The rows that a measure counts: its own filters and drill filters. */
  | { readonly kind: 'measure-filters'; readonly member: MemberPath }
  /** Holds for every row (`true`) or for none. */
  | { readonly kind: 'constant'; readonly value: boolean };
