import { periodAt, shifted, type Unit } from './periods.ts';
import type { DateRange } from './world.ts';
import { instantOf, wallAt, type ZoneName } from './zones.ts';

/** Instants between which times lie; `isClosed`: `to` among them. */
export interface Instants {
  readonly from: number;
  readonly to: number;
  readonly isClosed: boolean;
}

export interface Clock {
  readonly zone: ZoneName;
  /** An instant. */
  readonly now: number;
}

/** What `docs/time.md` says of a date range; null: it ends before it begins. */
export function instantsOf(range: DateRange, clock: Clock): Instants | null {
  const [first, last = first] = typeof range === 'string' ? endsOf(range) : range;
  const grain = clockUnits.find((unit) => typeof range === 'string' && range.includes(unit));
  const [from, to] = [textual(first, clock, grain), textual(last, clock, grain)];
  return to.to < from.from ? null : { from: from.from, to: to.to, isClosed: to.isClosed };
}

export function includes({ from, to, isClosed }: Instants, instant: number): boolean {
  return instant >= from && (isClosed ? instant <= to : instant < to);
}

const clockUnits = ['second', 'minute', 'hour'] as const;
const isClockUnit = (unit: string): boolean => (clockUnits as readonly string[]).includes(unit);

function endsOf(text: string): readonly [string, string?] {
  const found = /^from (.+) to (.+)$/.exec(text);
  return found ? [found[1]!, found[2]!] : [text];
}

function textual(text: string, clock: Clock, grain: Unit = 'day'): Instants {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return whole('day', Date.parse(text), 0, 1, clock);
  if (/^\d/.test(text) && !text.includes('ago')) {
    const at = instantOf(clock.zone, Date.parse(`${text}Z`));
    return { from: at, to: at, isClosed: true };
  }
  const wall = wallAt(clock.zone, clock.now);
  const [word, count, unit] = wordsOf(text);
  switch (word) {
    case 'now':
      return around(grain, clock.now, clock);
    case 'ago': {
      const isClock = isClockUnit(unit);
      const there = isClock
        ? shifted(clock.now, -count, unit)
        : instantOf(clock.zone, shifted(wall, -count, unit));
      const own = isClock && clockUnits.indexOf(unit as 'hour') < place(grain) ? unit : grain;
      return around(own, there, clock);
    }
    case 'this':
      return whole(unit, wall, 0, 1, clock);
    case 'last':
      return whole(unit, wall, -count, count, clock);
    default:
      return whole(unit, wall, 1, count, clock);
  }
}

/** From the smallest; days and longer ones last. */
function place(unit: Unit): number {
  const index = clockUnits.indexOf(unit as 'hour');
  return index < 0 ? clockUnits.length : index;
}

function wordsOf(text: string): readonly [string, number, Unit] {
  const days = { today: 'this', yesterday: 'last', tomorrow: 'next' } as const;
  if (text === 'now') return ['now', 0, 'day'];
  if (text in days) return [days[text as keyof typeof days], 1, 'day'];
  const ago = /^(\d+) ([a-z]+?)s? ago$/.exec(text);
  if (ago) return ['ago', Number(ago[1]), ago[2] as Unit];
  const [, word, count, unit] = /^(this|last|next) (?:(\d+) )?([a-z]+?)s?$/.exec(text)!;
  return [word!, Number(count ?? 1), unit as Unit];
}

/** The unit that an instant lies in. */
function around(unit: Unit, instant: number, clock: Clock): Instants {
  return whole(unit, wallAt(clock.zone, instant), 0, 1, clock, instant);
}

/** `count` whole units, the first of them `skip` after the one that a wall time lies in. */
function whole(
  unit: Unit,
  wall: number,
  skip: number,
  count: number,
  { zone, now }: Clock,
  instant = now,
): Instants {
  const { from } = periodAt(unit, wall);
  if (!isClockUnit(unit)) {
    const first = shifted(from, skip, unit);
    const [begin, end] = [first, shifted(first, count, unit)];
    return { from: instantOf(zone, begin), to: instantOf(zone, end), isClosed: false };
  }
  // Hours pass on any clock: from the start of this one, so many of them.
  const first = shifted(instant - (wall - from), skip, unit);
  return { from: first, to: shifted(first, count, unit), isClosed: false };
}
