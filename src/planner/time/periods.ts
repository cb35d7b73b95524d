import type { Interval } from '../../model/interval.ts';
import type { Granularity } from '../../model/granularity.ts';
import type { Bins } from '../../sql/time-ast.ts';
import { addUnits, startOf, units, type Unit } from './calendar.ts';

/** How time is cut into periods: by a unit of the calendar, or in bins from an origin. */
export type PeriodRule =
  { readonly kind: 'unit'; readonly unit: Unit } | { readonly kind: 'bins'; readonly bins: Bins };

/** undefined: no unit of that name. */
export function unitRule(name: string): PeriodRule | undefined {
  const unit = units.find((known) => known === name);
  return unit && { kind: 'unit', unit };
}

type IntervalRule = Extract<Granularity['rule'], { kind: 'interval' }>;

const monthsOf: Readonly<Partial<Record<Unit, number>>> = { month: 1, quarter: 3, year: 12 };

/** A granularity of a schema; null for an interval that is of months and of days, whose periods have no common length. */
export function intervalRule({ interval, origin, offset }: IntervalRule): PeriodRule | null {
  const months = interval.reduce((sum, { count, unit }) => sum + count * (monthsOf[unit] ?? 0), 0);
  const fixed = interval.filter(({ unit }) => monthsOf[unit] === undefined);
  if (months > 0 && fixed.length > 0) return null;
  const start = addInterval(offset ?? [], origin === null ? anchor(interval) : wallOf(origin));
  if (months === 0) {
    const every = addInterval(fixed, 0) / 1000;
    return { kind: 'bins', bins: { unit: 'second', every, origin: wallText(start), shift: 0 } };
  }
  const month = startOf('month', start);
  const shift = Math.floor((start - month) / 1000);
  return { kind: 'bins', bins: { unit: 'month', every: months, origin: wallText(month), shift } };
}

/** Where periods without an origin begin: with the first Monday, or the first day, of the year 2000. */
function anchor(interval: Interval): number {
  return Date.UTC(2000, 0, interval.some(({ unit }) => unit === 'week') ? 3 : 1);
}

/** A wall time some units later, part by part; backwards where `direction` is -1. */
export function addInterval(interval: Interval, wall: number, direction: 1 | -1 = 1): number {
  return interval.reduce((sum, { count, unit }) => addUnits(unit, direction * count, sum), wall);
}

/** Start of the period that a wall time lies in. */
export function periodStart(rule: PeriodRule, wall: number): number {
  if (rule.kind === 'unit') return startOf(rule.unit, wall);
  const { unit, every, origin, shift } = rule.bins;
  const first = wallOf(origin);
  if (unit === 'second') {
    const length = every * 1000;
    return first + Math.floor((wall - first) / length) * length;
  }
  const bins = Math.floor((monthIndex(wall - shift * 1000) - monthIndex(first)) / every);
  return addUnits('month', bins * every, first) + shift * 1000;
}

/** Start of the period after the one that starts at a wall time. */
export function nextPeriod(rule: PeriodRule, start: number): number {
  if (rule.kind === 'unit') return addUnits(rule.unit, 1, start);
  const { unit, every, shift } = rule.bins;
  if (unit === 'second') return start + every * 1000;
  return addUnits('month', every, start - shift * 1000) + shift * 1000;
}

const lengths = { second: 1e3, minute: 6e4, hour: 36e5, day: 864e5, week: 6048e5 } as const;

/** Which period a wall time lies in, counted from any one of the rule. */
export function periodIndex(rule: PeriodRule, wall: number): number {
  const start = periodStart(rule, wall);
  if (rule.kind === 'unit') {
    const { unit } = rule;
    if (unit !== 'month' && unit !== 'quarter' && unit !== 'year')
      return Math.round((start - periodStart(rule, 0)) / lengths[unit]);
    return Math.floor(monthIndex(start) / monthsOf[unit]!);
  }
  const { unit, every, origin, shift } = rule.bins;
  if (unit === 'second') return Math.round((start - wallOf(origin)) / (every * 1000));
  return Math.round((monthIndex(start - shift * 1000) - monthIndex(wallOf(origin))) / every);
}

function monthIndex(wall: number): number {
  const date = new Date(wall);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** `2024-01-01T00:00:00.000`. */
export function wallText(wall: number): string {
  return new Date(wall).toISOString().slice(0, -1);
}

function wallOf(text: string): number {
  return Date.parse(`${text}Z`);
}
