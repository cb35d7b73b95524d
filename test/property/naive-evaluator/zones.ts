/**
 * Clocks of a few zones by the rules of their laws: no `Intl`, which the planner reads. Wall times and
 * instants are milliseconds; a wall time is what UTC would show at the same reading of the clock.
 */
export const zoneNames = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata'] as const;
export type ZoneName = (typeof zoneNames)[number];

const hour = 3_600_000;

interface Rule {
  readonly standard: number;
  /** Instants in a year between which clocks are an hour ahead; null: never. */
  readonly summer: ((year: number) => readonly [number, number]) | null;
}

const rules: Readonly<Record<ZoneName, Rule>> = {
  UTC: { standard: 0, summer: null },
  'Asia/Kolkata': { standard: 5.5 * hour, summer: null },
  'Europe/Berlin': {
    standard: hour,
    summer: (year) => [sundayFrom(year, 2, 25) + hour, sundayFrom(year, 9, 25) + hour],
  },
  'America/New_York': {
    standard: -5 * hour,
    summer: (year) => [sundayFrom(year, 2, 8) + 7 * hour, sundayFrom(year, 10, 1) + 6 * hour],
  },
};

/** Midnight, UTC, of the first Sunday on or after a day. */
function sundayFrom(year: number, month: number, day: number): number {
  const weekday = new Date(Date.UTC(year, month, day)).getUTCDay();
  return Date.UTC(year, month, day + ((7 - weekday) % 7));
}

export function wallAt(zone: ZoneName, instant: number): number {
  const { standard, summer } = rules[zone];
  const [begin, end] = summer?.(new Date(instant).getUTCFullYear()) ?? [0, 0];
  return instant + standard + (instant >= begin && instant < end ? hour : 0);
}

/** The earlier instant of a reading that occurs twice; of one that is left out, as far after the jump. */
export function instantOf(zone: ZoneName, wall: number): number {
  const { standard } = rules[zone];
  const found = [wall - standard - hour, wall - standard].find(
    (instant) => wallAt(zone, instant) === wall,
  );
  return found ?? wall - standard;
}

/** Whether the clocks show any reading of a stretch. */
export function isShown(zone: ZoneName, from: number, until: number): boolean {
  if (wallAt(zone, instantOf(zone, from)) === from) return true;
  const [begin] = rules[zone].summer!(new Date(from).getUTCFullYear());
  return wallAt(zone, begin) < until;
}
