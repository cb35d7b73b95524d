import { addUnits, clockUnits, isClockUnit, startOf, units, type Unit } from './calendar.ts';
import type { ZoneClock } from './zone-clock.ts';

/** What a text means: a stretch of time, from an instant until before another. */
export interface Stretch {
  readonly from: number;
  readonly until: number;
  /** An exact instant was given, so as an end it is included. */
  readonly exact: boolean;
  /** Whether the meaning changes as time passes. */
  readonly relative: boolean;
}

/** Time and zone in which texts are read. */
export interface DateSetting {
  readonly now: number;
  readonly clock: ZoneClock;
}

const isoDate =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;

/**
 * One date, time, or relative text; undefined when it is none. `grain`: the unit that `now` and
 * `3 days ago` stand for, unless their own is smaller.
 */
export function readDateText(
  text: string,
  setting: DateSetting,
  grain: Unit = 'day',
): Stretch | undefined {
  const trimmed = text.trim();
  return readIso(trimmed, setting.clock) ?? readRelative(trimmed.toLowerCase(), setting, grain);
}

/** The smallest unit that a text names, of those that a clock shows; else the day. */
export function grainOf(text: string): Unit {
  return clockUnits.find((unit) => text.toLowerCase().includes(unit)) ?? 'day';
}

function readIso(text: string, clock: ZoneClock): Stretch | undefined {
  const match = isoDate.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((part) =>
    Number(match[part] ?? 0),
  ) as [number, number, number, number, number, number];
  const wall = wallOf(year, month, day);
  if (wall === undefined || year < 1 || hour > 23 || minute > 59 || second > 59) return undefined;
  if (match[4] === undefined) return wholeUnits(clock, 'day', wall, 1, false);
  const milliseconds = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const reading = wall + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds;
  const instant = match[8] === undefined ? clock.instantOf(reading) : reading - zoneShift(match[8]);
  return { from: instant, until: instant, exact: true, relative: false };
}

/** Midnight of a day; undefined for a 30 February. */
function wallOf(year: number, month: number, day: number): number | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : undefined;
}

function zoneShift(zone: string): number {
  if (zone.toUpperCase() === 'Z') return 0;
  const digits = zone.replace(':', '');
  const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5));
  return (digits.startsWith('-') ? -minutes : minutes) * 60_000;
}

const days = new Map([
  ['today', 0],
  ['yesterday', -1],
  ['tomorrow', 1],
]);
const mostUnits = 100_000;

function readRelative(text: string, setting: DateSetting, grain: Unit): Stretch | undefined {
  const { now } = setting;
  if (text === 'now') return unitsFrom(grain, now, 0, 1, setting);
  const shift = days.get(text);
  if (shift !== undefined) return unitsFrom('day', now, shift, 1, setting);
  const ago = /^(\d{1,6}) +([a-z]+?)s? +(ago|from now)$/.exec(text);
  const unit = ago && unitOf(ago[2]!);
  if (ago && unit && Number(ago[1]) <= mostUnits) {
    const count = Number(ago[1]) * (ago[3] === 'ago' ? -1 : 1);
    const there = later(unit, count, now, setting.clock);
    return unitsFrom(isClockUnit(unit) ? smaller(unit, grain) : grain, there, 0, 1, setting);
  }
  const named = /^(this|last|next) +(?:(\d{1,6}) +)?([a-z]+?)s?$/.exec(text);
  const namedUnit = named && unitOf(named[3]!);
  if (!named || !namedUnit) return undefined;
  const count = Number(named[2] ?? 1);
  if (count < 1 || count > mostUnits) return undefined;
  if (named[1] === 'this') return named[2] ? undefined : unitsFrom(namedUnit, now, 0, 1, setting);
  return unitsFrom(namedUnit, now, named[1] === 'last' ? -count : 1, count, setting);
}

function smaller(one: Unit, other: Unit): Unit {
  return units.indexOf(one) < units.indexOf(other) ? one : other;
}

function unitOf(text: string): Unit | undefined {
  return units.find((unit) => unit === text);
}

/** `count` whole units, the first of them `shift` units after the one that an instant lies in. */
function unitsFrom(
  unit: Unit,
  instant: number,
  shift: number,
  count: number,
  { clock }: DateSetting,
): Stretch {
  const wall = clock.wallAt(instant);
  if (!isClockUnit(unit)) {
    return wholeUnits(clock, unit, addUnits(unit, shift, startOf(unit, wall)), count, true);
  }
  // A clock that is put forward or back within the stretch makes it no shorter and no longer.
  const start = later(unit, shift, instant - (wall - startOf(unit, wall)), clock);
  const until = later(unit, count, start, clock);
  return { from: start, until, exact: false, relative: true };
}

/** An instant some units later: hours pass on any clock, days are those of the zone. */
function later(unit: Unit, count: number, instant: number, clock: ZoneClock): number {
  return isClockUnit(unit)
    ? addUnits(unit, count, instant)
    : clock.instantOf(addUnits(unit, count, clock.wallAt(instant)));
}

function wholeUnits(
  clock: ZoneClock,
  unit: Unit,
  wall: number,
  count: number,
  relative: boolean,
): Stretch {
  return {
    from: clock.instantOf(wall),
    until: clock.instantOf(addUnits(unit, count, wall)),
    exact: false,
    relative,
  };
}
