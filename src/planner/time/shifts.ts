import type { TimeShift } from '../../model/interval.ts';
import { isStorable } from './date-range.ts';
import { addInterval, type PeriodRule } from './periods.ts';
import type { Stretch } from './windows.ts';
import type { ZoneClock } from './zone-clock.ts';

/** From one local time to another: an interval earlier, or later. */
export interface Shift {
  readonly interval: NonNullable<TimeShift['interval']>;
  readonly direction: TimeShift['direction'];
}

export function shiftWall({ interval, direction }: Shift, wall: number): number {
  return addInterval(interval, wall, direction === 'prior' ? -1 : 1);
}

/**
 * The end of a stretch, shifted: where its last moment comes to, if that is later. So a range until the
 * 30th of March includes the 29th of February a month before, and one until the end of February the
 * 31st of January.
 */
export function shiftEnd(shift: Shift, until: number): number {
  return Math.max(shiftWall(shift, until), shiftWall(shift, until - 1) + 1);
}

/**
 * A stretch, shifted. A period of a fixed length keeps it (the day before the 31st of March by a month is
 * the 29th of February); one of months, and a whole range, ends where its end comes to.
 */
export function shiftStretch(
  shift: Shift,
  { from, until }: Stretch,
  keepsLength: boolean,
): Stretch {
  const start = shiftWall(shift, from);
  return { from: start, until: keepsLength ? start + until - from : shiftEnd(shift, until) };
}

/** Whether all periods of a rule are equally long by the clock on the wall. */
export function hasFixedLength(rule: PeriodRule): boolean {
  if (rule.kind === 'bins') return rule.bins.unit === 'second';
  return !['month', 'quarter', 'year'].includes(rule.unit);
}

/** An instant, shifted by the clock of a zone; null: to where no database goes. `shiftBy`: {@link shiftWall} or {@link shiftEnd}. */
export function shiftInstant(
  shift: Shift,
  instant: string,
  shiftBy: typeof shiftWall,
  clock: ZoneClock,
): string | null {
  const wall = shiftBy(shift, clock.wallAt(Date.parse(instant)));
  return isStorable(wall) ? new Date(clock.instantOf(wall)).toISOString() : null;
}
