import type { Interval } from './interval.ts';
import type { Fragment } from './model.ts';

export interface Granularity {
  readonly name: string;
  readonly title: string;
  readonly rule:
    | {
        readonly kind: 'interval';
        readonly interval: Interval;
        /** Local time in the query's zone, `2024-01-01T00:00:00.000`; null: the start of the year. */
        readonly origin: string | null;
        /** From the origin; its parts may be negative. */
        readonly offset: Interval | null;
      }
    | { readonly kind: 'sql'; readonly sql: Fragment };
}

/** How a calendar shifts time: by name or interval, as an interval of the calendar or as a column. */
export interface CalendarShift {
  readonly name: string | null;
  readonly interval: Interval | null;
  readonly direction: 'prior' | 'next' | null;
  readonly sql: Fragment | null;
}
