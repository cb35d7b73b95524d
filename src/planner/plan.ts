import type { MemberPath } from '../core/names.ts';
import type { PolicyFilter } from '../model/access-policy.ts';
import type { CubeJoin, Dimension, Measure } from '../model/model.ts';
import type { Condition } from './condition.ts';

/**
 * What a query means, without a dialect: a tree of relational steps over members of the model.
 * Every node is plain data; ids are member paths.
 */
export interface Plan {
  readonly root: PlanNode;
  /** In the order of the SELECT list. */
  readonly columns: readonly PlanColumn[];
  /** How many columns at the end are there to sort by, and are not selected. Absent: none. */
  readonly unselected?: number;
  /** What the names in columns and conditions stand for that are no members of cubes. */
  readonly occurrences: readonly Occurrence[];
  /** Of each source with access policies that the statement can read: the rows that the user sees. */
  readonly access: readonly SourceAccess[];
  /** Members of the query that this user sees masked. */
  readonly masked?: readonly MaskedMember[];
  /** A checked IANA name. */
  readonly timezone: string;
  /** Whether the plan depends on the time at which it was made (`last 7 days`). */
  readonly relativeDates: boolean;
  /** Instants (UTC, ISO) that every time column of the result lies between, when the query says. */
  readonly range: { readonly from: string; readonly to: string } | null;
  /** Whether the rows are counted too, without offset and limit. */
  readonly total?: true;
  /** What the query asks of rows, all of it to hold: what `FILTER_PARAMS` in a schema can read. */
  readonly rows: readonly Condition[];
}

/** A member of the query that is not shown to this user on every row. */
export interface MaskedMember {
  /** As the query names it. */
  readonly asked: MemberPath;
  /** As columns and conditions name it: no other name leads to its values. */
  readonly name: MemberPath;
  /** What stands for it: a member that the schema does not have, whose SQL is the mask. */
  readonly member: Dimension | Measure;
  /** Of a dimension: it has its value on rows for which all of these hold. Empty: nowhere. */
  readonly shown: readonly ShownRows[];
}

export interface ShownRows {
  /** The cube or view whose policies these are. */
  readonly owner: string;
  readonly rows: PolicyFilter;
}

export interface SourceAccess {
  readonly cube: string;
  readonly rows: PolicyFilter | 'all';
}

export interface PlanColumn {
  readonly member: MemberPath;
  /** A unit, or a granularity of the time dimension's own. */
  readonly granularity: string | null;
  readonly kind: 'dimension' | 'time-dimension' | 'measure';
  /** `string`, `number`, `boolean`, `time`, `geo`. */
  readonly type: string;
}

export type PlanNode = RowsNode | GroupsNode | ProjectNode | SortNode | LimitNode;

/** What can be aggregated: rows, each with the cubes that stand beside it. */
export type RowsNode = ScanNode | JoinNode | FilterNode | OwnRowsNode | WindowsNode | GridNode;

/** What gives finished groups. */
export type GroupsNode = MeasuredGroups | GroupFilterNode | RunningTotalsNode;

/** Groups with their measures, before any condition on them. */
export type MeasuredGroups = AggregateNode | CombineNode | RegroupNode | StagesNode;

/** The cubes on the way from a root to a cube, both included: `Orders.Users`. */
export type JoinPath = string;

/**
 * A member as a query names it. `via` is the join path that a view (or an explicit path) declares, from a
 * cube that the root reaches to the member's own, at least two cubes; null: the shortest path.
 */
export interface Occurrence {
  /** What columns and conditions call it: the member itself, a view's member, or the path to a key. */
  readonly name: MemberPath;
  readonly member: MemberPath;
  readonly via: readonly string[] | null;
}

/** A member under its own name, on the shortest path. */
export function plainOccurrence(member: MemberPath): Occurrence {
  return { name: member, member, via: null };
}

/** One cube's source, under the row filters that stand in it. */
export interface ScanNode {
  readonly kind: 'scan';
  readonly cube: string;
}

/** Each row of the root with the rows that belong to it: LEFT JOINs along declared joins. */
export interface JoinNode {
  readonly kind: 'join';
  readonly input: ScanNode;
  /** Each after the one that it continues, and after all that its condition names. */
  readonly joins: readonly JoinStep[];
  readonly references: readonly JoinReference[];
  /** Where the members stand that come on a path of their own. */
  readonly places: readonly MemberPlace[];
  readonly subQueries: readonly SubQueryStep[];
}

export type MemberPlace = { readonly name: MemberPath; readonly at: JoinPath };

/** A LEFT JOIN of finished groups, at most one for each row: what a sub-query dimension names. */
export interface SubQueryStep {
  /** Where the cube of the dimension stands. */
  readonly at: JoinPath;
  readonly dimension: MemberPath;
  /** The last join before it, where its key is calculated from more than the cube at `at`. */
  readonly after?: JoinPath;
  /** Grouped by the primary key of the cube; with the measures that the dimension names. */
  readonly groups: MeasuredGroups;
  /** Which conditions of the query hold inside. */
  readonly conditions: readonly Condition[];
}

export interface JoinStep {
  /** The identity of the joined cube in this tree: a cube on two paths stands there twice. */
  readonly path: JoinPath;
  readonly from: JoinPath;
  readonly cube: string;
  readonly relationship: CubeJoin['relationship'];
  /** What its condition names beside its two cubes: of each a row of `from` has one row at most. */
  readonly beside?: readonly JoinPath[];
}

/** Which place a cube's name stands for in the SQL of a member of the cube at `at`. */
export interface JoinReference {
  readonly at: JoinPath;
  readonly cube: string;
  readonly to: JoinPath;
}

/**
 * The rows of one cube that a join reaches, once for each group in which they occur: the distinct
 * pairs of group and primary key, with the cube's own row beside each. What is aggregated over it
 * is at the grain of the cube, whatever the join multiplied.
 */
export interface OwnRowsNode {
  readonly kind: 'own-rows';
  readonly keys: KeysNode;
  /** The cube, and the cubes that its measures name; joined along many-to-one alone. */
  readonly rows: ScanNode | JoinNode;
}

/** The distinct combinations of groups and of a cube's primary key. */
export interface KeysNode {
  readonly kind: 'keys';
  readonly input: ScanNode | JoinNode | FilterNode | WindowsNode;
  readonly groups: readonly PlanColumn[];
  readonly cube: string;
  /** At least one primary key dimension. */
  readonly keys: readonly MemberPath[];
}

/** Rows of other times than the range of the query: of windows along it, or of a shifted range. */
export interface WindowsNode {
  readonly kind: 'windows';
  readonly input: ScanNode | JoinNode | FilterNode;
  /** null: each row stands once, in whichever group it is. */
  readonly along: WindowsAlong | null;
  /** What is asked of the rows in place of `Plan.rows`, which ask for those of the range alone. */
  readonly rows: readonly Condition[];
}

/** Each row stands once for every period whose window it lies in: so at most once in a group of `column`. */
export interface WindowsAlong {
  /** The time dimension that the windows are over. */
  readonly time: MemberPath;
  /** What groups by the periods. */
  readonly column: PlanColumn;
  readonly periods: readonly Period[];
}

export interface Period {
  /** Its value as a group, in local time: `2024-01-01T00:00:00.000`. */
  readonly start: string;
  /** Instants between which its rows lie, `until` not included; null: without an end. */
  readonly from: string | null;
  readonly until: string | null;
}

/** Every period of a range, beside each combination of the other groups that has rows in the range. */
export interface GridNode {
  readonly kind: 'grid';
  readonly column: PlanColumn;
  /** Their values as groups, in local time. */
  readonly starts: readonly string[];
  /** null: there are no other groups. */
  readonly beside: {
    readonly rows: ScanNode | JoinNode | FilterNode | WindowsNode;
    readonly groups: readonly PlanColumn[];
  } | null;
}

/** Rows for which every condition holds. */
export interface FilterNode {
  readonly kind: 'filter';
  readonly input: ScanNode | JoinNode;
  readonly conditions: readonly Condition[];
}

/** One row a group; `measures` are computed once, at the grain of `input`. Without measures: the groups. */
export interface AggregateNode {
  readonly kind: 'aggregate';
  readonly input: RowsNode;
  readonly groups: readonly PlanColumn[];
  readonly measures: readonly PlanColumn[];
}

/**
 * The groups of several aggregates, each once, null equal to null. A measure of a group that its
 * aggregate lacks is what it is over no rows: 0 for a count, else null. Measures over measures of
 * several cubes are calculated here.
 */
export interface CombineNode {
  readonly kind: 'combine';
  readonly parts: readonly MeasuredGroups[];
  readonly groups: readonly PlanColumn[];
  readonly measures: readonly PlanColumn[];
}

/** Groups of a finer grain brought to that of `groups`: each measure aggregates what those have. */
export interface RegroupNode {
  readonly kind: 'regroup';
  readonly input: MeasuredGroups;
  readonly groups: readonly PlanColumn[];
  readonly measures: readonly PlanColumn[];
}

/** The groups of the input, with measures that are calculated from those of other groups beside them. */
export interface StagesNode {
  readonly kind: 'stages';
  readonly input: MeasuredGroups;
  /** Each over the measures of the input and of the stages before it. */
  readonly stages: readonly (readonly StageMeasure[])[];
  readonly groups: readonly PlanColumn[];
  readonly measures: readonly PlanColumn[];
}

export interface StageMeasure {
  readonly measure: PlanColumn;
  /** It is over all groups that agree in these. null: over its own group. */
  readonly within: readonly PlanColumn[] | null;
}

/** Groups for which every condition on their measures holds. */
export interface GroupFilterNode {
  readonly kind: 'group-filter';
  readonly input: GroupsNode;
  readonly conditions: readonly Condition[];
}

/** One row for each input row. */
export interface ProjectNode {
  readonly kind: 'project';
  readonly input: RowsNode;
  readonly columns: readonly PlanColumn[];
}

/**
 * Measures of type `runningTotal` accumulated along the time columns of the aggregate below, within
 * each combination of its other groups.
 */
export interface RunningTotalsNode {
  readonly kind: 'running-totals';
  readonly input: GroupsNode;
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
