import { ZoneClock } from './zone-clock.ts';

export interface ZoneOffset {
  /** First instant (ISO, UTC) at which the offset no longer holds; null: it holds to the end. */
  readonly until: string | null;
  /** What local time adds to UTC. Seconds of old local mean times are dropped. */
  readonly minutes: number;
}

const defaultRange = { from: '1970-01-01T00:00:00.000Z', to: '2038-01-01T00:00:00.000Z' };
/** No zone has changed its offset twice within this time and gone back. */
const step = 14 * 86_400_000;

/** No zone had a rule before: its local mean time holds. */
const firstRule = Date.UTC(1800, 0, 1);

/** How often {@link zoneOffsets} looks at the clock, before it finds a change. */
export function offsetSteps(zone: string, range: Parameters<typeof zoneOffsets>[1]): number {
  const { from, to } = range ?? defaultRange;
  if (zone === 'UTC') return 0;
  return Math.ceil(Math.max(0, Date.parse(to) - Math.max(Date.parse(from), firstRule)) / step);
}

/** The offsets that a zone has in a range (default: 1970 to 2037), for dialects without zone names. */
export function zoneOffsets(
  zone: string,
  range: { readonly from: string; readonly to: string } | null,
): readonly ZoneOffset[] {
  const clock = new ZoneClock(zone);
  const { from, to } = range ?? defaultRange;
  const end = Date.parse(to);
  const offsets: ZoneOffset[] = [];
  let instant = Date.parse(from);
  if (instant < firstRule && end > firstRule) instant = firstRule;
  let offset = clock.offsetAt(instant);
  if (zone === 'UTC') return [{ until: null, minutes: 0 }];
  while (instant < end) {
    const next = Math.min(instant + step, end);
    const nextOffset = clock.offsetAt(next);
    if (nextOffset !== offset) {
      const change = bisect(clock, instant, next, offset);
      offsets.push({ until: new Date(change).toISOString(), minutes: toMinutes(offset) });
      instant = change;
      offset = clock.offsetAt(change);
    } else instant = next;
  }
  return [...offsets, { until: null, minutes: toMinutes(offset) }];
}

/** First instant, to the second, at which the offset differs from the one at `low`. */
function bisect(clock: ZoneClock, low: number, high: number, offset: number): number {
  let [same, changed] = [Math.floor(low / 1000), Math.ceil(high / 1000)];
  while (changed - same > 1) {
    const middle = Math.floor((same + changed) / 2);
    if (clock.offsetAt(middle * 1000) === offset) same = middle;
    else changed = middle;
  }
  return changed * 1000;
}

function toMinutes(offset: number): number {
  return Math.trunc(offset / 60_000);
}
