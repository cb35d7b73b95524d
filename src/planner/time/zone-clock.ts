/**
 * Wall time of one zone. A wall time is a number too: the milliseconds that UTC would show at the
 * same reading of the clock, so that plain UTC arithmetic works on it.
 */
export class ZoneClock {
  readonly #format: Intl.DateTimeFormat | null;

  constructor(zone: string) {
    this.#format =
      zone === 'UTC'
        ? null
        : new Intl.DateTimeFormat('en-US', {
            timeZone: zone,
            calendar: 'iso8601',
            numberingSystem: 'latn',
            hourCycle: 'h23',
            era: 'short',
            year: 'numeric',
            month: 'numeric',
            day: 'numeric',
            hour: 'numeric',
            minute: 'numeric',
            second: 'numeric',
          });
  }

  /** Wall time at an instant. */
  wallAt(instant: number): number {
    if (this.#format === null) return instant;
    const fields = new Map<string, string>();
    for (const { type, value } of this.#format.formatToParts(instant)) fields.set(type, value);
    const number = (name: string): number => Number(fields.get(name));
    const year = fields.get('era')?.startsWith('B') ? 1 - number('year') : number('year');
    const wall = new Date(0);
    wall.setUTCFullYear(year, number('month') - 1, number('day'));
    wall.setUTCHours(number('hour'), number('minute'), number('second'), 0);
    const milliseconds = ((instant % 1000) + 1000) % 1000;
    return wall.getTime() + milliseconds;
  }

  /** What the zone adds to UTC at an instant, in milliseconds. */
  offsetAt(instant: number): number {
    return this.wallAt(instant) - instant;
  }

  /**
   * The instant of a wall time: the earlier one where clocks go back, and where they jump forward
   * the instant as far after the jump as the reading is after its start.
   */
  instantOf(wall: number): number {
    if (this.#format === null) return wall;
    const before = this.offsetAt(wall - 86_400_000);
    const after = this.offsetAt(wall + 86_400_000);
    const candidates = [wall - before, wall - after].filter(
      (instant) => this.wallAt(instant) === wall,
    );
    return candidates.length > 0 ? Math.min(...candidates) : wall - before;
  }
}
