import type { Instants } from './date-ranges.ts';
import { periodAt, shifted, type Period, type Unit } from './periods.ts';
import { instantOf, isShown, wallAt, type ZoneName } from './zones.ts';

type Reach = readonly [count: number, unit: Unit] | 'unbounded' | null;

/** The rows of a rolling measure, beside a period. */
export type Window =
  | { readonly trailing: Reach; readonly leading: Reach; readonly at: 'start' | 'end' }
  | { readonly toDate: string };

/** Instants between which rows lie; null: without that end. */
export interface Stretch {
  readonly from: number | null;
  readonly until: number | null;
}

/** No answer has more groups. */
const mostPeriods = 20_000;

/** The periods of a range that the clocks show; null: too many. */
export function periodsOf(
  granularity: string,
  range: Instants,
  zone: ZoneName,
): readonly Period[] | null {
  const { from, until } = localRange(range, zone);
  const periods: Period[] = [];
  for (let period = periodAt(granularity, from); period.from < until;) {
    if (isShown(zone, period.from, period.until)) periods.push(period);
    if (periods.length > mostPeriods) return null;
    period = periodAt(granularity, period.until);
  }
  return periods;
}

export function localRange({ from, to, isClosed }: Instants, zone: ZoneName): Period {
  return { from: wallAt(zone, from), until: wallAt(zone, to) + (isClosed ? 1 : 0) };
}

/** Its ends are readings of the clock, of which the first counts where there are two. */
export function windowOf(window: Window, period: Period, zone: ZoneName): Stretch {
  const { from, until } = localWindow(window, period);
  const at = (wall: number | null) => (wall === null ? null : instantOf(zone, wall));
  return { from: at(from), until: at(until) };
}

function localWindow(window: Window, period: Period): Stretch {
  if ('toDate' in window) {
    return { from: periodAt(window.toDate, period.until - 1).from, until: period.until };
  }
  const at = window.at === 'start' ? period.from : period.until;
  const { trailing, leading } = window;
  return {
    from: trailing === 'unbounded' ? null : trailing ? shifted(at, -trailing[0], trailing[1]) : at,
    until: leading === 'unbounded' ? null : leading ? shifted(at, leading[0], leading[1]) : at,
  };
}

export function lies(instant: number | null, { from, until }: Stretch): boolean {
  if (instant === null) return from === null && until === null;
  return (from === null || instant >= from) && (until === null || instant < until);
}
