import type { Interval, RollingWindow } from '../../model/interval.ts';
import { isStorable, type InstantRange } from './date-range.ts';
import { addInterval, nextPeriod, periodIndex, periodStart, type PeriodRule } from './periods.ts';
import type { ZoneClock } from './zone-clock.ts';

/** A stretch of local time, `until` not included. */
export interface Stretch {
  readonly from: number;
  readonly until: number;
}

/** A stretch without an end where one is null. */
interface Window {
  readonly from: number | null;
  readonly until: number | null;
}

/** The whole periods that lie in a range, also in part. Count them first with {@link periodCount}. */
export function periodsIn(rule: PeriodRule, range: InstantRange, clock: ZoneClock): Stretch[] {
  const { from: first, until: end } = wholeRange(range, clock);
  const periods: Stretch[] = [];
  for (let from = periodStart(rule, first); from < end;) {
    const until = nextPeriod(rule, from);
    // An hour that the clocks of the zone leave out has no rows and no name.
    if (isShown(from, clock) || isShown(until - 1, clock)) periods.push({ from, until });
    from = until;
  }
  return periods;
}

/** How many periods lie in a range, by arithmetic: hours that the clocks leave out are counted too. */
export function periodCount(rule: PeriodRule, range: InstantRange, clock: ZoneClock): number {
  const { from, until } = wholeRange(range, clock);
  if (from >= until) return 0;
  return periodIndex(rule, until - 1) - periodIndex(rule, from) + 1;
}

function isShown(wall: number, clock: ZoneClock): boolean {
  return clock.wallAt(clock.instantOf(wall)) === wall;
}

/** A range as one stretch of local time. Times are read to the millisecond. */
export function wholeRange(range: InstantRange, clock: ZoneClock): Stretch {
  return {
    from: clock.wallAt(Date.parse(range.from)),
    until: clock.wallAt(Date.parse(range.to)) + (range.includesEnd ? 1 : 0),
  };
}

/**
 * The rows that a rolling measure of a period is computed over: from `trailing` before its start or
 * end until `leading` after it; or from the start of the larger period that its end lies in.
 */
export function windowOf(
  window: RollingWindow,
  period: Stretch,
  toDate: PeriodRule | null,
): Window {
  if (window.kind === 'to-date') {
    return { from: toDate && periodStart(toDate, period.until - 1), until: period.until };
  }
  const at = window.offset === 'start' ? period.from : period.until;
  return { from: reach(at, window.trailing, -1), until: reach(at, window.leading, 1) };
}

function reach(at: number, interval: Interval | 'unbounded' | null, direction: 1 | -1) {
  if (interval === 'unbounded') return null;
  if (interval === null) return at;
  const reached = addInterval(interval, at, direction);
  if (isStorable(reached)) return reached;
  const isBackwards = interval.reduce((sum, { count }) => sum + direction * count, 0) < 0;
  return isBackwards ? earliest : latest;
}

/** Where windows end that reach further than times do. */
const earliest = Date.parse('0001-01-02T00:00:00Z');
const latest = Date.parse('9999-12-30T00:00:00Z');

/** As it is written in a plan. */
export function instantText(wall: number | null, clock: ZoneClock): string | null {
  return wall === null ? null : new Date(clock.instantOf(wall)).toISOString();
}
