import type { ZoneName } from './zones.ts';

/**
 * A small data model with its rows, as plain data: what random tests generate, and what the evaluator
 * and the schema text are made from.
 */
export interface World {
  readonly cubes: readonly WorldCube[];
  /** Whether cubes also have what is more than joins: sub-queries, windows, stages, granularities. */
  readonly isRich?: boolean;
  readonly views?: readonly WorldView[];
  /** The compile option. */
  readonly joinTies?: 'first-declared';
  /** What `today` is read from: an instant, in ISO form. */
  readonly now?: string;
}

export interface WorldCube {
  readonly name: string;
  /** Whether the cube's own SQL keeps rows of the user's tenant alone. */
  readonly isProtected: boolean;
  readonly key: 'id' | 'composite' | 'none';
  readonly joins: readonly WorldJoin[];
  readonly rows: readonly WorldRow[];
  /** None: everybody sees all rows. */
  readonly policies?: readonly WorldPolicy[];
}

/** Rows that a group sees. */
export interface WorldPolicy {
  /** `*`: everybody. */
  readonly group: string;
  /** null: all rows. */
  readonly filter: {
    /** A dimension of the cube or the view. */
    readonly member: string;
    readonly operator: 'equals' | 'gt';
    readonly claim: 'word' | 'least';
  } | null;
}

export interface WorldJoin {
  readonly target: string;
  readonly relationship: 'many-to-one' | 'one-to-many' | 'one-to-one';
  /** Which of the two cubes has the column that refers to the other one's `id`. */
  readonly holder: 'source' | 'target';
  /** What its condition asks of another cube, which the source has one row of: no `a`, or one above 0. */
  readonly beside?: {
    readonly cube: string;
    /** Its column, its dimension, or the source's own dimension that has it. */
    readonly named: 'column' | 'dimension' | 'own-dimension';
  };
}

export interface WorldRow {
  readonly id: number;
  readonly a: number | null;
  readonly b: string | null;
  /** An instant, in UTC: `2024-01-31T12:00:00.000` */
  readonly t: string | null;
  readonly tenant: number | null;
  /** By cube: the `id` of a row of it, or of none. */
  readonly refers: Readonly<Record<string, number | null>>;
}

/** Members of cubes, each on the path that the view declares. */
export interface WorldView {
  readonly name: string;
  readonly cubes: readonly WorldViewCube[];
  readonly policies?: readonly WorldPolicy[];
}

export interface WorldViewCube {
  /** From a cube along declared joins to the one whose members these are. */
  readonly path: readonly string[];
  /** What the members' names begin with, followed by `_`; null: nothing. */
  readonly prefix: string | null;
  /** Names of members, or those that are left out of all. */
  readonly includes: '*' | readonly string[];
  readonly excludes: readonly string[];
}

export interface WorldQuery {
  readonly measures: readonly string[];
  readonly dimensions: readonly string[];
  readonly timeDimensions: readonly WorldTime[];
  readonly segments: readonly string[];
  readonly filters: readonly WorldFilter[];
  readonly order: readonly (readonly [string, 'asc' | 'desc'])[];
  readonly ungrouped: boolean;
  /** UTC where there is none. */
  readonly timezone?: ZoneName;
  readonly joinHints?: readonly (readonly string[])[];
}

/** Two dates or times, or a text as `last 2 days`. */
export type DateRange = string | readonly [string, string];

export interface WorldTime {
  readonly dimension: string;
  readonly granularity: string | null;
  readonly dateRange: DateRange | null;
  readonly fillMissingDates?: boolean;
}

export type WorldFilter =
  | {
      readonly member: string;
      readonly operator:
        | 'equals'
        | 'notEquals'
        | 'gt'
        | 'lte'
        | 'set'
        | 'notSet'
        | 'inDateRange'
        | 'notInDateRange'
        | 'beforeDate'
        | 'afterOrOnDate';
      readonly values: readonly (string | number | null)[];
    }
  | { readonly and: readonly WorldFilter[] }
  | { readonly or: readonly WorldFilter[] };

export interface WorldCase {
  readonly world: World;
  readonly query: WorldQuery;
  readonly context: WorldContext;
}

export interface WorldContext {
  readonly tenant?: number | null | readonly number[];
  readonly groups?: readonly string[];
  readonly word?: string | null | readonly string[];
  readonly least?: number;
}

/** What the members of a cube are called, and what they take. */
export const plainMeasures = [
  'count',
  'sumA',
  'avgA',
  'minA',
  'maxA',
  'distinctB',
  'bigCount',
  'emptyCount',
  'sumFilled',
  'perRow',
  'raw',
] as const;
export const plainDimensions = ['id', 'a', 'b', 'band'] as const;

export function cubeOf(world: World, name: string): WorldCube {
  const found = world.cubes.find((cube) => cube.name === name);
  if (!found) throw new Error(`no cube ${name}`);
  return found;
}
