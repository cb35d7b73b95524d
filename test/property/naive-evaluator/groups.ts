import { aggregated } from './aggregates.ts';
import type { Instants } from './date-ranges.ts';
import { joinRows, siteOf, valueOf, type Joined } from './joins.ts';
import { memberOf, type MeasureMember } from './members.ts';
import { periodAt, timeText, type Period } from './periods.ts';
import { keyOf, type Named, type Reach } from './places.ts';
import { ownReach, rootFor, type Owner } from './roots.ts';
import type { Scope } from './scope.ts';
import { instantIn, type Truth, type Value } from './values.ts';
import { lies, localRange, periodsOf, windowOf, type Stretch, type Window } from './windows.ts';
import { cubeOf, type WorldRow } from './world.ts';
import { wallAt } from './zones.ts';

/** What decides which rows there are and how they are grouped, whatever is measured. */
export interface Grouping {
  readonly needs: readonly Named[];
  readonly columns: readonly Column[];
  readonly conditions: readonly Condition[];
  readonly times: readonly UsedTime[];
  readonly windows: Windows | null;
}

export interface Column {
  readonly named: Named;
  /** A granularity of a time dimension; null: the dimension's own value. */
  readonly granularity: string | null;
}

export interface Condition {
  readonly members: readonly Named[];
  readonly holds: (valueOf: (named: Named) => Value, siteIn: SiteOf) => Truth;
  /** Whether it is the date range of a time dimension. */
  readonly isRange: boolean;
}

type SiteOf = (named: Named) => ReturnType<typeof siteOf>;

/** A time dimension with a granularity, a range, or both. */
export interface UsedTime {
  readonly named: Named;
  readonly granularity: string | null;
  readonly range: Instants | null;
  readonly isFilled: boolean;
}

interface Windows {
  readonly time: Named;
  /** Its place among the columns; -1: there is one period, the range as a whole. */
  readonly column: number;
  readonly periods: readonly { readonly start: string; readonly window: Stretch }[];
}

export type GroupKey = string;
export const groupKey = (values: readonly Value[]): GroupKey => JSON.stringify(values);

/** Finished groups with measures. */
export interface Table {
  readonly groups: ReadonlyMap<GroupKey, readonly Value[]>;
  /** null also where it has no such measure. */
  readonly valueOf: (key: GroupKey, measure: string) => Value;
}

interface Group {
  readonly values: readonly Value[];
  readonly rows: Joined[];
}

export interface Part {
  readonly reach: Reach;
  readonly isWindowed: boolean;
  readonly groups: ReadonlyMap<GroupKey, readonly Value[]>;
  readonly valueOf: (key: GroupKey) => Value;
}

/** The rows of a root by the values of the columns, under the conditions. */
export function groupRows(grouping: Grouping, reach: Reach, scope: Scope): Map<GroupKey, Group> {
  const { columns, conditions, windows } = grouping;
  const { zone } = scope.clock;
  const groups = new Map<GroupKey, Group>();
  if (columns.length === 0) groups.set('[]', { values: [], rows: [] });
  for (const joined of joinRows(reach, scope)) {
    const of = (named: Named): Value => valueOf(named, reach, joined, scope);
    const site: SiteOf = (named) =>
      siteOf(
        memberOf(scope.world, `${named.cube}.${named.member}`),
        reach.placeOf(named)!,
        reach,
        joined,
        scope,
      );
    if (!conditions.every((condition) => condition.holds(of, site) === true)) continue;
    const values = columns.map(({ named, granularity }): Value => {
      const value = of(named);
      if (granularity === null || value === null) return value;
      return timeText(periodAt(granularity, wallAt(zone, instantIn(value))).from);
    });
    for (const found of windows ? inWindows(values, windows, of) : [values]) {
      const key = groupKey(found);
      const group = groups.get(key) ?? { values: found, rows: [] };
      group.rows.push(joined);
      groups.set(key, group);
    }
  }
  return groups;
}

/** The values of a row's groups: one for each period in whose window it lies. */
function inWindows(
  values: readonly Value[],
  { time, column, periods }: Windows,
  of: (named: Named) => Value,
): (readonly Value[])[] {
  const value = of(time);
  const instant = value === null ? null : instantIn(value);
  return periods
    .filter(({ window }) => lies(instant, window))
    .map(({ start }) => (column < 0 ? values : values.with(column, start)));
}

/** The groups of the root of a measure with the measure over its cube's rows in each, every row once. null: refused. */
export function measuredPart(named: Named, grouping: Grouping, scope: Scope): Part | null {
  const member = memberOf(scope.world, `${named.cube}.${named.member}`) as MeasureMember;
  if (member.rule.is !== 'over-rows') throw new Error(`${named.name} is over finished measures`);
  const owner: Owner = named;
  const { operand, aggregate, window } = member.rule;
  const own = ownReach(owner, scope.paths).add(named);
  if (!own.isComplete) scope.refuse('query/no-join-path');
  if (own.toManySteps() > 0) scope.refuse('query/multiplied-measure');
  if (own.ties.size > 0 && !scope.world.joinTies) scope.refuse('query/ambiguous-join-path');
  const windowed = window ? windowedGrouping(window, grouping, scope) : grouping;
  const reach = rootFor(grouping.needs, owner, scope);
  if (!reach || !windowed) return null;
  const place = keyOf(reach.placeOf(owner)!);
  const isOwnRoot = place === reach.root;
  const isOnce = isOwnRoot && reach.toManySteps() === 0;
  if (!isOnce && cubeOf(scope.world, named.cube).key === 'none') {
    return scope.refuse('query/no-primary-key');
  }
  const found = groupRows(windowed, reach, scope);
  const measured = joinRows(own, scope);
  const rowsOf = (key: GroupKey): WorldRow[] => {
    const rows = (found.get(key)?.rows ?? []).map((row) => row.get(place) ?? null);
    return [...new Set(rows.filter((row) => row !== null))];
  };
  const groups = new Map([...found].map(([key, { values }]) => [key, values] as const));
  if (windowed.windows && !isOwnRoot) {
    for (const key of groups.keys()) if (rowsOf(key).length === 0) groups.delete(key);
    for (const [key, { values }] of groupRows(grouping, reach, scope)) groups.set(key, values);
  }
  const place0 = [own.root];
  const values = new Map(
    measured.map((joined) => [
      joined.get(own.root)!,
      operand(siteOf(member, place0, own, joined, scope)),
    ]),
  );
  return {
    reach,
    isWindowed: windowed.windows !== null && windowed.windows.column >= 0,
    groups,
    valueOf: (key) =>
      aggregated(
        aggregate,
        rowsOf(key).map((row) => values.get(row)!),
        grouping.columns.length === 0,
      ),
  };
}

/** In place of the rows of the range, those of the window of each period. null: refused. */
function windowedGrouping(window: Window, grouping: Grouping, scope: Scope): Grouping | null {
  const { times, columns, conditions } = grouping;
  const grouped = times.filter((time) => time.granularity !== null);
  const [along, ...others] = grouped.length > 0 ? grouped : times;
  const isInstant = ({ named, granularity }: Grouping['columns'][number]): boolean =>
    granularity === null &&
    memberOf(scope.world, `${named.cube}.${named.member}`).text.includes('type: `time`') &&
    (grouped.length === 0 || grouped.some((time) => time.named.name === named.name));
  if (columns.some(isInstant)) return scope.refuse('query/rolling-window');
  if (!along) return grouping;
  if (others.length > 0) return scope.refuse('query/rolling-window');
  const isSame = ({ name }: Named) => name === along.named.name;
  const range = times.find((time) => isSame(time.named) && time.range)?.range;
  if (!range) return scope.refuse('query/rolling-window');
  const { zone } = scope.clock;
  const periods = along.granularity
    ? periodsOf(along.granularity, range, zone)
    : [localRange(range, zone)];
  if (!periods) return scope.refuse('query/too-many-periods');
  return {
    ...grouping,
    conditions: conditions.filter(({ isRange, members }) => !isRange || !isSame(members[0]!)),
    windows: {
      time: along.named,
      column: columns.findIndex((item) => isSame(item.named) && item.granularity !== null),
      periods: periods.map((period: Period) => ({
        start: timeText(period.from),
        window: windowOf(window, period, zone),
      })),
    },
  };
}

/** Groups for each period of the range, where the query asks for them or a rolling measure has them. */
export function gridGroups(
  parts: readonly Part[],
  grouping: Grouping,
  scope: Scope,
): ReadonlyMap<GroupKey, readonly Value[]> {
  const { columns, times, needs } = grouping;
  const [filled, ...others] = times.filter((time) => time.isFilled);
  const rolls = parts.some((part) => part.isWindowed) && columns.length === 1;
  const along = filled ?? (rolls ? times.find((time) => time.granularity !== null) : undefined);
  const groups = new Map<GroupKey, readonly Value[]>();
  if (!along) return groups;
  const range = times.find((time) => time.named.name === along.named.name && time.range)?.range;
  if (along.granularity === null || !range || others.length > 0) {
    scope.refuse('query/bad-fill');
    return groups;
  }
  const periods = periodsOf(along.granularity, range, scope.clock.zone);
  if (!periods) scope.refuse('query/too-many-periods');
  const place = columns.findIndex(
    ({ named, granularity }) =>
      named.name === along.named.name && granularity === along.granularity,
  );
  const reaches =
    parts.length > 0 ? parts.map((part) => part.reach) : [rootFor(needs, null, scope)];
  const beside = reaches.flatMap((reach) =>
    reach ? [...groupRows(grouping, reach, scope).values()].map((group) => group.values) : [],
  );
  const combinations = columns.length === 1 ? [[null]] : beside;
  for (const values of combinations) {
    for (const { from } of periods ?? []) {
      const found = values.with(place, timeText(from));
      groups.set(groupKey(found), found);
    }
  }
  return groups;
}
