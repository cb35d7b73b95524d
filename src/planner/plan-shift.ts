import type { MemberPath } from '../core/names.ts';
import { memberName, ownName, say, type Told } from '../core/told.ts';
import type { TimeShift } from '../model/interval.ts';
import { formatInterval } from '../model/interval.ts';
import type { Dimension } from '../model/model.ts';
import type { JoinSetting } from './choose-root.ts';
import type { Condition } from './condition.ts';
import type { Grouping } from './plan-part.ts';
import { withinRange } from './plan-leaf.ts';
import type { UsedTime } from './plan-times.ts';
import {
  bounds,
  periodOf,
  stretchesOf,
  windowsOver,
  type Bounded,
  type QueryTimes,
  type Windows,
} from './plan-windows.ts';
import { findMember } from './references.ts';
import type { UsedMeasure } from './split-measures.ts';
import { shiftEnd, shiftInstant, shiftWall, type Shift } from './time/shifts.ts';
import { wholeRange } from './time/windows.ts';

/**
 * What decides the rows of a shifted measure: for each period of the query the rows of the shifted
 * period; the date range and every filter on the time dimension are shifted too, and all else stays.
 * Times that the query does not name have no bounds that could be shifted. null after reporting.
 */
export function shiftedGrouping(
  item: UsedMeasure,
  grouping: Grouping,
  setting: JoinSetting,
): Grouping | null {
  const report = (reason: Told): null => {
    const message = say`the time shift of ${memberName(item.measure.path)} ${reason}`;
    setting.reader.report('query/time-shift', item.path, message);
    return null;
  };
  const shifts = shiftsOf(item, grouping, setting, report);
  if (!shifts) return null;
  if (shifts.size === 0) return grouping;
  const { clock } = grouping.times;
  const used = grouping.times.used.map((time) => {
    const shift = shifts.get(time.member);
    return shift ? { ...time, shifts: [...time.shifts, shift], fill: null } : time;
  });
  const along = timeAlong(used, shifts, grouping, report);
  if (along === null) return null;
  const ranges = shiftedRanges(used, along, clock, setting);
  if (!ranges) return null;
  const conditions = grouping.conditions.map(
    (condition) =>
      ranges.conditions.get(condition) ?? shiftedCondition(condition, shifts, clock, report),
  );
  if (conditions.includes(null)) return null;
  const rows = conditions as readonly Condition[];
  const times: QueryTimes = {
    clock,
    used: used.map((time) => {
      const condition = time.bounded && ranges.conditions.get(time.bounded.condition);
      return condition ? { ...time, bounded: { ...time.bounded, condition } } : time;
    }),
  };
  return { ...grouping, conditions: rows, times, windows: ranges.windowsOf(rows) };
}

type Report = (reason: Told) => null;

/** The shift of each time that the query groups by or compares, under the name that it has there. */
function shiftsOf(
  { measure }: UsedMeasure,
  grouping: Grouping,
  setting: JoinSetting,
  report: Report,
): ReadonlyMap<MemberPath, Shift> | null {
  const { timeShifts } = measure.multiStage!;
  const found = new Map<MemberPath, Shift>();
  for (const name of timesOf(grouping)) {
    const path = setting.occurrences.get(name)?.member ?? name;
    const own = timeShifts.filter((shift) => (shift.timeDimension ?? path) === path);
    if (own.length > 1) return report(say`shifts ${memberName(path)} twice; write one interval`);
    if (own.length === 0) continue;
    const shift = shiftBy(own[0]!, findMember(setting.model, path)!.member as Dimension, report);
    if (!shift) return null;
    found.set(name, shift);
  }
  return found;
}

/** Times by which a query groups, or with which it compares. */
function timesOf({ times, groups, conditions }: Grouping): ReadonlySet<MemberPath> {
  return new Set([
    ...times.used.map((time) => time.member),
    ...groups.filter((column) => column.type === 'time').map((column) => column.member),
    ...conditions.flatMap(comparedTimes),
  ]);
}

function comparedTimes(condition: Condition): MemberPath[] {
  if ('items' in condition) return condition.items.flatMap(comparedTimes);
  return condition.kind === 'compare-instant' ? [condition.member] : [];
}

/** An interval of the calendar; null after reporting that a calendar of the schema says it in SQL. */
function shiftBy(
  { name, interval, direction }: TimeShift,
  { path, timeShifts }: Dimension,
  report: Report,
): Shift | null {
  const own = timeShifts.find((shift) =>
    name !== null
      ? shift.name === name
      : shift.interval !== null &&
        formatInterval(shift.interval) === formatInterval(interval!) &&
        shift.direction === direction,
  );
  if (own?.sql) {
    return report(
      say`is by SQL of ${memberName(path)}, which says for a row where it goes, and not which rows a period has; give it an interval`,
    );
  }
  if (name === null) return { interval: interval!, direction };
  if (own?.interval) return { interval: own.interval, direction: own.direction ?? 'prior' };
  const known = timeShifts.flatMap((shift) => shift.name ?? []);
  const declared =
    known.length === 0
      ? say`it declares none`
      : say`it declares ${ownName(path, known.join(', '))}`;
  return report(
    say`is by ${ownName(path, name)}, which ${memberName(path)} does not declare; ${declared}`,
  );
}

/** The shifted time whose periods are groups; `none`: there are none; null after reporting. */
function timeAlong(
  used: readonly UsedTime[],
  shifts: ReadonlyMap<MemberPath, Shift>,
  { groups }: Grouping,
  report: Report,
): Bounded | 'none' | null {
  const raw = groups.find((column) => column.kind === 'dimension' && shifts.has(column.member));
  if (raw) {
    return report(
      say`cannot be of single instants of ${memberName(raw.member)}; ask for it with a granularity`,
    );
  }
  const [along, ...others] = used.filter((time) => time.grouped && time.shifts.length > 0);
  if (!along) return 'none';
  if (others.length > 0) {
    return report(say`needs one time dimension with one granularity, and the query has several`);
  }
  const bounded = used.find((time) => time.member === along.member && time.bounded)?.bounded;
  if (bounded) return { ...along, bounded };
  return report(
    say`needs a date range of ${memberName(along.member)}: without one there is no first and no last period`,
  );
}

/** What stands for the ranges of shifted times, and the windows of their periods; null after reporting. */
function shiftedRanges(
  used: readonly UsedTime[],
  along: Bounded | 'none',
  clock: QueryTimes['clock'],
  setting: JoinSetting,
) {
  const conditions = new Map<Condition, Condition>();
  const isShifted = (time: UsedTime): time is Bounded =>
    time.bounded !== null && time.shifts.length > 0;
  for (const time of used.filter(isShifted)) {
    const [whole] = stretchesOf({ ...time, grouped: null }, clock, setting) ?? [];
    if (!whole) return null;
    const { from, until } = periodOf(whole.start, whole, clock);
    const range = { ...time.bounded.range, from: from!, to: until!, includesEnd: false };
    conditions.set(time.bounded.condition, withinRange(time.member, range));
  }
  if (along === 'none') {
    return {
      conditions,
      windowsOf: (rows: readonly Condition[]): Windows => ({ rows, along: null }),
    };
  }
  const within = used
    .filter(isShifted)
    .filter((time) => time.member === along.member)
    .map((time) => wholeRange(time.bounded.range, clock));
  const stretches = stretchesOf(along, clock, setting, within);
  if (!stretches) return null;
  const periods = stretches
    .filter(({ from, until }) => from < until)
    .map((stretch) => periodOf(stretch.start, stretch, clock));
  // The windows say it all, and reach further than the shifted range where periods keep their length.
  const items: Condition[] =
    periods.length > 0 ? bounds(along.member, periods) : [{ kind: 'constant', value: false }];
  for (const time of used.filter(isShifted)) {
    if (time.member === along.member)
      conditions.set(time.bounded.condition, { kind: 'and', items });
  }
  const windowsOf = (rows: readonly Condition[]): Windows =>
    periods.length > 0 ? windowsOver(along, periods, rows) : { rows, along: null };
  return { conditions, windowsOf };
}

/** A condition with the instants that it compares a shifted time with shifted; null after reporting. */
function shiftedCondition(
  condition: Condition,
  shifts: ReadonlyMap<MemberPath, Shift>,
  clock: QueryTimes['clock'],
  report: Report,
): Condition | null {
  if ('items' in condition) {
    const items = condition.items.map((item) => shiftedCondition(item, shifts, clock, report));
    if (items.every((item, index) => item === condition.items[index])) return condition;
    return items.includes(null) ? null : { ...condition, items: items as Condition[] };
  }
  const shift = condition.kind === 'compare-instant' ? shifts.get(condition.member) : undefined;
  if (condition.kind !== 'compare-instant' || !shift) return condition;
  const shiftBy = condition.operator === '<' ? shiftEnd : shiftWall;
  const instant = shiftInstant(shift, condition.instant, shiftBy, clock);
  return instant === null
    ? report(say`leads out of the years 1 to 9999`)
    : { ...condition, instant };
}
