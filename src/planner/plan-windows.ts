import type { MemberPath } from '../core/names.ts';
import { memberName, ownName, say } from '../core/told.ts';
import type { RollingWindow } from '../model/interval.ts';
import type { Measure } from '../model/model.ts';
import type { JoinSetting } from './choose-root.ts';
import type { Condition } from './condition.ts';
import { periodRule } from './period-rule.ts';
import type { Period, WindowsNode } from './plan.ts';
import type { Grouping } from './plan-part.ts';
import type { UsedTime } from './plan-times.ts';
import { findMember } from './references.ts';
import { wallText, type PeriodRule } from './time/periods.ts';
import { isStorable } from './time/date-range.ts';
import { hasFixedLength, shiftStretch, type Shift } from './time/shifts.ts';
import {
  instantText,
  periodCount,
  periodsIn,
  wholeRange,
  windowOf,
  type Stretch,
} from './time/windows.ts';
import type { ZoneClock } from './time/zone-clock.ts';

/** The time dimensions of a query, and the clock that they are read by. */
export interface QueryTimes {
  readonly used: readonly UsedTime[];
  readonly clock: ZoneClock;
}

/** Windows over the rows of a part, under the conditions of its grouping. */
export type Windows = Omit<WindowsNode, 'kind' | 'input'>;

/**
 * What decides the rows of a rolling measure: in place of the rows of the range, those of the window
 * of each period. Without a time dimension in the query there is no moment to measure a window from,
 * and it is computed over all rows. null after reporting.
 */
export function rollingGrouping(
  measure: Measure,
  window: RollingWindow,
  path: string,
  grouping: Grouping,
  setting: JoinSetting,
): Grouping | null {
  const along = timeAlong(grouping, measure, path, setting);
  if (along === null || along === 'none') return along && grouping;
  const { clock } = grouping.times;
  const toDate = toDateRule(window, along, path, setting);
  const stretches = stretchesOf(along, clock, setting);
  if (!stretches || toDate === 'unknown') return null;
  const periods = stretches.map((stretch) =>
    periodOf(stretch.start, windowOf(window, stretch, toDate), clock),
  );
  const ranges = grouping.times.used.flatMap((time) =>
    time.member === along.member ? (time.bounded?.condition ?? []) : [],
  );
  const kept = grouping.conditions.filter((condition) => !ranges.includes(condition));
  const conditions = [...bounds(along.member, periods), ...kept];
  return { ...grouping, conditions, windows: windowsOver(along, periods, conditions) };
}

/** Without a column there is one period, and its bounds are among the conditions. */
export function windowsOver(
  { member: time, grouped }: UsedTime,
  periods: readonly Period[],
  rows: readonly Condition[],
): Windows {
  return { rows, along: grouped && { time, column: grouped.column, periods } };
}

/** A window of the rows that count in a period. */
export function periodOf(
  start: number,
  { from, until }: { readonly from: number | null; readonly until: number | null },
  clock: ZoneClock,
): Period {
  return {
    start: wallText(start),
    from: instantText(from, clock),
    until: instantText(until, clock),
  };
}

export type Bounded = UsedTime & { readonly bounded: NonNullable<UsedTime['bounded']> };

/**
 * The time dimension that windows lie along; `none`: the query has none; null after reporting. A group of
 * single instants has no periods, so that a window would have no effect there.
 */
function timeAlong(
  { groups, times: { used } }: Grouping,
  { path: name }: Measure,
  path: string,
  { reader }: JoinSetting,
): Bounded | 'none' | null {
  const grouped = used.filter((time) => time.grouped);
  const [along, ...others] = grouped.length > 0 ? grouped : used;
  const raw = groups.find(
    ({ kind, type, member }) =>
      kind === 'dimension' &&
      type === 'time' &&
      (grouped.length === 0 || grouped.some((time) => time.member === member)),
  );
  if (raw) {
    const message = `the rolling window of ${name} needs periods to lie along, and ${raw.member} is asked for with its single instants; ask for it with a granularity`;
    reader.report('query/rolling-window', path, message);
    return null;
  }
  if (!along) return 'none';
  if (others.length > 0) {
    const message = say`the rolling window of ${memberName(name)} needs one time dimension with one granularity to lie along, and the query has several`;
    reader.report('query/rolling-window', path, message);
    return null;
  }
  const bounded = used.find((time) => time.member === along.member && time.bounded)?.bounded;
  if (bounded) return { ...along, bounded };
  const message = say`the rolling window of ${memberName(name)} needs a date range of ${memberName(along.member)}: without one there is no first and no last period`;
  reader.report('query/rolling-window', path, message);
  return null;
}

/** A stretch of time, shifted; `start`: of the period that it belongs to, which is not. */
export interface PeriodStretch extends Stretch {
  readonly start: number;
}

/**
 * The periods of a query, or its range as a whole, shifted where the time dimension is; null after
 * reporting. `within`: nothing outside of these stretches.
 *
 * @throws QueryError when there would be too many.
 */
export function stretchesOf(
  { grouped, bounded, path, shifts }: Bounded,
  clock: ZoneClock,
  { reader }: JoinSetting,
  within: readonly Stretch[] = [],
): readonly PeriodStretch[] | null {
  if (grouped) {
    reader.budget.spend('periods', periodCount(grouped.rule, bounded.range, clock), path);
  }
  const whole = grouped
    ? periodsIn(grouped.rule, bounded.range, clock)
    : [wholeRange(bounded.range, clock)];
  const keepsLength = grouped !== null && hasFixedLength(grouped.rule);
  const periods = whole.map((period) => {
    const clipped = within.reduce<Stretch>(overlap, period);
    const shift = (stretch: Stretch, by: Shift) => shiftStretch(by, stretch, keepsLength);
    return { start: period.from, ...shifts.reduce(shift, clipped) };
  });
  if (periods.every(({ from, until }) => isStorable(from) && isStorable(until))) return periods;
  const message = 'its periods lead out of the years 1 to 9999';
  reader.report('query/bad-date-range', path, message);
  return null;
}

function toDateRule(
  window: RollingWindow,
  { occurrence: { member: path } }: UsedTime,
  place: string,
  { model, reader }: JoinSetting,
): PeriodRule | null | 'unknown' {
  if (window.kind !== 'to-date') return null;
  const member = findMember(model, path)?.member;
  const rule = member?.kind === 'dimension' ? periodRule(member, window.granularity) : null;
  if (rule) return rule;
  const message = say`the rolling window goes back to the start of the ${ownName(path, window.granularity)}, a granularity that ${memberName(path)} does not have`;
  reader.report('query/rolling-window', place, message);
  return 'unknown';
}

function overlap(first: Stretch, second: Stretch): Stretch {
  return {
    from: Math.max(first.from, second.from),
    until: Math.min(first.until, second.until),
  };
}

/** Conditions that every row of any window fulfils, so that no other rows are read. */
export function bounds(member: MemberPath, periods: readonly Period[]): Condition[] {
  const [froms, untils] = [periods.map(({ from }) => from), periods.map(({ until }) => until)];
  const [first] = [...froms].sort();
  const last = [...untils].sort().at(-1);
  const conditions: Condition[] = [];
  if (first && !froms.includes(null))
    conditions.push({ kind: 'compare-instant', member, operator: '>=', instant: first });
  if (last && !untils.includes(null))
    conditions.push({ kind: 'compare-instant', member, operator: '<', instant: last });
  return conditions;
}
