/** Units of time, which are the granularities too. */
export const units = [
  'second',
  'minute',
  'hour',
  'day',
  'week',
  'month',
  'quarter',
  'year',
] as const;
export type Unit = (typeof units)[number];

/** Units of one length each, whatever a zone does to its clocks; from the smallest. */
export const clockUnits: readonly Unit[] = ['second', 'minute', 'hour'];

export function isClockUnit(unit: Unit): boolean {
  return clockUnits.includes(unit);
}

/** Start of the unit that a wall time lies in. Weeks start on Monday (ISO 8601). */
export function startOf(unit: Unit, wall: number): number {
  const date = new Date(wall);
  date.setUTCMilliseconds(0);
  if (unit === 'second') return date.getTime();
  date.setUTCSeconds(0);
  if (unit === 'minute') return date.getTime();
  date.setUTCMinutes(0);
  if (unit === 'hour') return date.getTime();
  date.setUTCHours(0);
  if (unit === 'day') return date.getTime();
  if (unit === 'week') {
    date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
    return date.getTime();
  }
  date.setUTCDate(1);
  if (unit === 'quarter') date.setUTCMonth(Math.floor(date.getUTCMonth() / 3) * 3);
  if (unit === 'year') date.setUTCMonth(0);
  return date.getTime();
}

/** A wall time some units later; a day that the month lacks becomes its last one. */
export function addUnits(unit: Unit, count: number, wall: number): number {
  const milliseconds = { second: 1e3, minute: 6e4, hour: 36e5, day: 864e5, week: 6048e5 };
  if (unit !== 'month' && unit !== 'quarter' && unit !== 'year')
    return wall + count * milliseconds[unit];
  const months = count * { month: 1, quarter: 3, year: 12 }[unit];
  const date = new Date(wall);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime();
}
