/** Offsets are looked up in stretches of this length: in none of them has a zone changed its clocks twice. */
const stretch = 4 * 86_400_000;

/** Where the offset of a zone changes in a stretch, and the offsets before and after. */
interface ZoneStretch {
  readonly change: number;
  readonly before: number;
  readonly after: number;
}

/**
 * Wall time of one zone. A wall time is a number too: the milliseconds that UTC would show at the
 * same reading of the clock, so that plain UTC arithmetic works on it.
 */
export class ZoneClock {
  readonly #format: Intl.DateTimeFormat | null;
  readonly #stretches = new Map<number, ZoneStretch>();
  /** Offsets at the starts of stretches. */
  readonly #starts = new Map<number, number>();

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
    return instant + this.offsetAt(instant);
  }

  /** What the zone adds to UTC at an instant, in milliseconds. */
  offsetAt(instant: number): number {
    if (this.#format === null) return 0;
    const index = Math.floor(instant / stretch);
    let found = this.#stretches.get(index);
    if (!found) this.#stretches.set(index, (found = this.#readStretch(index)));
    return instant < found.change ? found.before : found.after;
  }

  /**
   * The instant of a wall time: the earlier one where clocks go back, and where they jump forward
   * the instant as far after the jump as the reading is after its start.
   */
  instantOf(wall: number): number {
    if (this.#format === null) return wall;
    const before = this.offsetAt(wall - 86_400_000);
    const after = this.offsetAt(wall + 86_400_000);
    if (before === after && this.offsetAt(wall - before) === before) return wall - before;
    const candidates = [wall - before, wall - after].filter(
      (instant) => this.wallAt(instant) === wall,
    );
    return candidates.length > 0 ? Math.min(...candidates) : wall - before;
  }

  /** As {@link instantOf}, but the later instant of a wall time that occurs twice. */
  lastInstantOf(wall: number): number {
    const later = wall - this.offsetAt(wall + 86_400_000);
    return this.wallAt(later) === wall ? later : this.instantOf(wall);
  }

  #readStretch(index: number): ZoneStretch {
    const [from, until] = [index * stretch, (index + 1) * stretch];
    const [before, after] = [this.#offsetAtStart(index), this.#offsetAtStart(index + 1)];
    if (before === after) return { change: until, before, after };
    let [same, changed] = [from / 1000, until / 1000];
    while (changed - same > 1) {
      const middle = Math.floor((same + changed) / 2);
      if (this.#readOffset(middle * 1000) === before) same = middle;
      else changed = middle;
    }
    return { change: changed * 1000, before, after };
  }

  #offsetAtStart(index: number): number {
    let offset = this.#starts.get(index);
    if (offset === undefined) {
      this.#starts.set(index, (offset = this.#readOffset(index * stretch)));
    }
    return offset;
  }

  /** As the platform says it, at a whole second. */
  #readOffset(instant: number): number {
    const fields = new Map<string, string>();
    for (const { type, value } of this.#format!.formatToParts(instant)) fields.set(type, value);
    const number = (name: string): number => Number(fields.get(name));
    const year = fields.get('era')?.startsWith('B') ? 1 - number('year') : number('year');
    const wall = new Date(0);
    wall.setUTCFullYear(year, number('month') - 1, number('day'));
    wall.setUTCHours(number('hour'), number('minute'), number('second'), 0);
    return wall.getTime() - instant;
  }
}
