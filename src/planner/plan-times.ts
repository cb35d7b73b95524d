import type { MemberPath } from '../core/names.ts';
import { memberName, say, word } from '../core/told.ts';
import type { Need } from './choose-root.ts';
import type { Condition } from './condition.ts';
import { readGranularity } from './period-rule.ts';
import { readRange, withinRange, type LeafContext } from './plan-leaf.ts';
import type { Occurrence, Plan, PlanColumn } from './plan.ts';
import type { Request, RequestedTime } from './request.ts';
import type { MemberResolver } from './resolve-members.ts';
import type { InstantRange } from './time/date-range.ts';
import type { PeriodRule } from './time/periods.ts';
import type { Shift } from './time/shifts.ts';

export interface PlannedTimes {
  readonly columns: readonly PlanColumn[];
  readonly conditions: readonly Condition[];
  readonly needs: readonly Need[];
  readonly relative: boolean;
  readonly range: Plan['range'];
  /** The time dimensions that group rows or bound them, in the order of the query. */
  readonly used: readonly UsedTime[];
}

/** A time dimension with a granularity, with a range, or with both. */
export interface UsedTime {
  /** What columns and conditions call it. */
  readonly member: MemberPath;
  readonly occurrence: Occurrence;
  /** Its place in the query. */
  readonly path: string;
  readonly grouped: { readonly column: PlanColumn; readonly rule: PeriodRule } | null;
  /** A range, and the condition that stands for it among those of the query. */
  readonly bounded: { readonly range: InstantRange; readonly condition: Condition } | null;
  /** Where the query asks for every period of the range; null: it does not. */
  readonly fill: string | null;
  /** From its periods and its range to the times of the rows, one after the other. */
  readonly shifts: readonly Shift[];
}

/** The time dimensions of a query: columns to group by, and ranges that its rows lie in. */
export function planTimes(
  request: Request,
  resolver: MemberResolver,
  context: LeafContext,
): PlannedTimes {
  const used = request.timeDimensions.flatMap((time) => useTime(time, resolver, context) ?? []);
  const columns = new Map<string, PlanColumn>();
  for (const { member, grouped } of used) {
    if (grouped) columns.set(`${member}.${grouped.column.granularity}`, grouped.column);
  }
  const ranges = new Map(
    used.flatMap(({ member, bounded }) => (bounded ? [[member, bounded.range]] : [])),
  );
  return {
    columns: [...columns.values()],
    conditions: used.flatMap(({ bounded }) => bounded?.condition ?? []),
    needs: used.map(({ occurrence, path }) => ({ ...occurrence, use: 'value', path })),
    relative: [...ranges.values()].some((range) => range.relative),
    range: rangeOf([...columns.values()], ranges),
    used,
  };
}

/** null: it neither groups nor bounds, or was reported. */
function useTime(
  { name, path, granularity, dateRange, fill }: RequestedTime,
  resolver: MemberResolver,
  context: LeafContext,
): UsedTime | null {
  const found = resolver.one({ name, path }, 'dimension', granularity ? 'shown' : 'bound');
  if (found === null) return null;
  const { member: dimension, occurrence } = found;
  const { type } = dimension;
  const member = occurrence.name;
  if (type !== 'time') {
    const message = say`${memberName(occurrence.name, name)} is a ${word(type)}; a time dimension has the type time`;
    context.reader.report('query/wrong-kind', path, message);
    return null;
  }
  const rule = granularity && readGranularity(granularity, dimension, context.reader);
  const column = granularity && timeColumn(member, granularity.name);
  const range = dateRange && readRange(dateRange.value, dateRange.path, context);
  if (!granularity && !dateRange) return null;
  return {
    member,
    occurrence,
    path,
    grouped: rule && column && { column, rule },
    bounded: range && { range, condition: withinRange(member, range) },
    fill,
    shifts: [],
  };
}

function timeColumn(member: MemberPath, granularity: string): PlanColumn {
  return { member, granularity, kind: 'time-dimension', type: 'time' };
}

/** null unless every selected time is bounded by the query. */
function rangeOf(
  columns: readonly PlanColumn[],
  ranges: ReadonlyMap<string, InstantRange>,
): Plan['range'] {
  const found = columns.map((column) => ranges.get(column.member));
  if (found.length === 0 || found.includes(undefined)) return null;
  const bounds = found as InstantRange[];
  return {
    from: bounds.map((range) => range.from).sort()[0]!,
    to: bounds
      .map((range) => range.to)
      .sort()
      .at(-1)!,
  };
}
