import type { ZoneClock } from './zone-clock.ts';

/** An instant (UTC), or a reading of the clock in the query's time zone. */
export type TimeForm = 'instant' | 'local';

/** The end of a condition on a time, as the query names it (ISO, UTC). */
export interface TimeBound {
  readonly instant: string;
  /** `from`: later times pass. `to`: earlier ones. */
  readonly side: 'from' | 'to';
  /** What is compared with it. */
  readonly of: TimeForm;
}

const day = 86_400_000;

/**
 * The same end for the other form of that time, or for its own. Where clocks go back the two forms
 * differ in their order: the end is then moved outwards, so that no time is lost that passes the first.
 *
 * @returns ISO with milliseconds; of a local time without the `Z`.
 */
export function boundIn(
  form: TimeForm,
  { instant, side, of }: TimeBound,
  clock: ZoneClock,
): string {
  const at = Date.parse(instant);
  const wall = clock.wallAt(at);
  const [first, last] = [clock.instantOf(wall), clock.lastInstantOf(wall)];
  if (of === 'local') {
    return form === 'local' ? localText(wall) : isoText(side === 'from' ? first : last);
  }
  if (form === 'instant') return instant;
  const isAgain = side === 'from' ? last > at : first < at;
  if (!isAgain) return localText(wall);
  return localText(at + clock.offsetAt(side === 'from' ? at + day : at - day));
}

function isoText(instant: number): string {
  return new Date(instant).toISOString();
}

function localText(wall: number): string {
  return isoText(wall).slice(0, -1);
}
