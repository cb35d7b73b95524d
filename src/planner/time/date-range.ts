import type { Unit } from './calendar.ts';
import { grainOf, readDateText, type DateSetting, type Stretch } from './date-text.ts';

/** Instants (UTC, ISO with milliseconds) between which a time must lie. */
export interface InstantRange {
  readonly from: string;
  readonly to: string;
  /** Whether `to` itself belongs to the range. */
  readonly includesEnd: boolean;
  readonly relative: boolean;
}

export type RangeProblem =
  { readonly kind: 'unreadable'; readonly text: string } | { readonly kind: 'reversed' };

/** Reads `last week`, `from X to Y`, one date, or the two ends of a range. */
export function readDateRange(
  value: string | readonly [string, string],
  setting: DateSetting,
): InstantRange | RangeProblem {
  if (typeof value !== 'string') return between(value[0], value[1], setting);
  const text = value.trim().slice(0, 200);
  const fromTo = /^from +(.+?) +to +(.+)$/i.exec(text);
  if (fromTo) return between(fromTo[1]!, fromTo[2]!, setting, grainOf(text));
  const stretch = readDateText(value, setting);
  return stretch ? toRange(stretch, stretch) : { kind: 'unreadable', text: value };
}

export function isRangeProblem(range: InstantRange | RangeProblem): range is RangeProblem {
  return 'kind' in range;
}

function between(
  first: string,
  last: string,
  setting: DateSetting,
  grain: Unit = 'day',
): InstantRange | RangeProblem {
  const from = readDateText(first, setting, grain);
  if (!from) return { kind: 'unreadable', text: first };
  const to = readDateText(last, setting, grain);
  return to ? toRange(from, to) : { kind: 'unreadable', text: last };
}

/** Years that every database can store. */
export function isStorable(instant: number): boolean {
  const year = new Date(instant).getUTCFullYear();
  return year >= 1 && year <= 9999;
}

function toRange(first: Stretch, last: Stretch): InstantRange | RangeProblem {
  if (last.until < first.from) return { kind: 'reversed' };
  if (!isStorable(first.from) || !isStorable(last.until)) return { kind: 'unreadable', text: '' };
  return {
    from: new Date(first.from).toISOString(),
    to: new Date(last.until).toISOString(),
    includesEnd: last.exact,
    relative: first.relative || last.relative,
  };
}
