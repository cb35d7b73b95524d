import type { MemberPath } from '../core/names.ts';

export type TimeUnit = 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

/** `1 year 2 months`: its parts in the order that they are added. A count may be negative. */
export type Interval = readonly { readonly count: number; readonly unit: TimeUnit }[];

export type RollingWindow =
  | {
      readonly kind: 'fixed';
      /** How far it reaches back; null: to the moment itself. */
      readonly trailing: Interval | 'unbounded' | null;
      readonly leading: Interval | 'unbounded' | null;
      /** Whether the window is measured from the start or the end of each period. */
      readonly offset: 'start' | 'end';
    }
  /** From the start of the period of a granularity, which may be a custom one. */
  | { readonly kind: 'to-date'; readonly granularity: string };

export interface TimeShift {
  /** null: every time dimension of the query. */
  readonly timeDimension: MemberPath | null;
  /** null where a calendar's named shift is used. */
  readonly interval: Interval | null;
  readonly direction: 'prior' | 'next';
  /** Of a shift that a calendar defines. */
  readonly name: string | null;
}

const units = 'second|minute|hour|day|week|month|quarter|year';
const part = new RegExp(`^\\s*(-?\\d{1,9})\\s+(${units})s?(?=\\s|$)`);

/** Reads `15 minutes` or `1 year 2 months`; null for what is no interval. At most eight parts. */
export function parseInterval(text: string): Interval | null {
  const parts: Interval[number][] = [];
  let rest = text.trim();
  while (rest !== '') {
    const match = part.exec(rest);
    if (!match || parts.length === 8) return null;
    parts.push({ count: Number(match[1]), unit: match[2] as TimeUnit });
    rest = rest.slice(match[0].length);
  }
  return parts.length > 0 ? parts : null;
}

/** `1 year 2 months`: as {@link parseInterval} reads it. */
export function formatInterval(interval: Interval): string {
  return interval
    .map(({ count, unit }) => `${count} ${unit}${Math.abs(count) === 1 ? '' : 's'}`)
    .join(' ');
}
