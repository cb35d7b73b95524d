import type { Clock } from './date-ranges.ts';
import type { Paths } from './places.ts';
import type { Value } from './values.ts';
import type { World, WorldContext, WorldRow } from './world.ts';

/** What holds for all of a query. */
export interface Scope {
  readonly world: World;
  readonly paths: Paths;
  readonly clock: Clock;
  readonly context: WorldContext;
  /** A reason why there is no answer. Others are looked for before it is given. */
  readonly refuse: (code: string) => null;
  /** Computes a sub-query dimension: what its measures have for a row of its cube. */
  readonly subQuery: (dimension: string) => (row: WorldRow | null, measure: string) => Value;
}
