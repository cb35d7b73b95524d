/** How time is cut into periods. Wall times are milliseconds. */
export interface Period {
  readonly from: number;
  readonly until: number;
}

const milliseconds = { second: 1e3, minute: 6e4, hour: 36e5, day: 864e5, week: 6048e5 } as const;
const months = { month: 1, quarter: 3, year: 12 } as const;
export type ClockUnit = keyof typeof milliseconds;
export type Unit = ClockUnit | keyof typeof months;

interface CustomGranularity {
  /** As a schema declares it. */
  readonly text: string;
  readonly unit: ClockUnit | 'month';
  readonly every: number;
  /** A moment at which a period begins. */
  readonly origin: string;
  /** How long after the first of a month its periods begin. */
  readonly days?: number;
}

/** The granularities of each time dimension that is no plain unit. */
export const customGranularities: Readonly<Record<string, CustomGranularity>> = {
  quarter_hour: { text: 'interval: `15 minutes`', unit: 'minute', every: 15, origin: '2000-01-01' },
  long_film: {
    text: 'interval: `90 minutes`, origin: `2024-01-01 00:30:00`',
    unit: 'minute',
    every: 90,
    origin: '2024-01-01T00:30:00',
  },
  sunday_week: {
    text: 'interval: `1 week`, offset: `-1 day`',
    unit: 'week',
    every: 1,
    origin: '2000-01-02',
  },
  sprint: {
    text: 'interval: `2 weeks`, origin: `2024-01-08`',
    unit: 'week',
    every: 2,
    origin: '2024-01-08',
  },
  fiscal_year: {
    text: 'interval: `1 year`, offset: `-3 months`',
    unit: 'month',
    every: 12,
    origin: '1999-10-01',
  },
  five_months: {
    text: 'interval: `5 months`, origin: `2023-09-01`',
    unit: 'month',
    every: 5,
    origin: '2023-09-01',
  },
  mid_month: {
    text: 'interval: `1 month`, offset: `14 days`',
    unit: 'month',
    every: 1,
    origin: '2000-01-01',
    days: 14,
  },
};

/** The period of a granularity that a wall time lies in. */
export function periodAt(granularity: string, wall: number): Period {
  const custom = customGranularities[granularity];
  if (custom) return customPeriod(custom, wall);
  const date = new Date(wall);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  switch (granularity) {
    case 'week': {
      const from = Date.UTC(year, month, day - ((date.getUTCDay() + 6) % 7));
      return { from, until: from + milliseconds.week };
    }
    case 'month':
    case 'quarter':
    case 'year': {
      const length = months[granularity];
      const first = month - (month % length);
      return { from: Date.UTC(year, first), until: Date.UTC(year, first + length) };
    }
    default: {
      const length = milliseconds[granularity as ClockUnit];
      const from = Math.floor(wall / length) * length;
      return { from, until: from + length };
    }
  }
}

function customPeriod({ unit, every, origin, days = 0 }: CustomGranularity, wall: number): Period {
  const first = Date.parse(origin.includes('T') ? `${origin}Z` : origin);
  if (unit !== 'month') {
    const length = every * milliseconds[unit];
    const from = first + Math.floor((wall - first) / length) * length;
    return { from, until: from + length };
  }
  const begin = new Date(first);
  const start = (index: number): number =>
    Date.UTC(begin.getUTCFullYear(), begin.getUTCMonth() + index * every, 1 + days);
  let index = 0;
  while (start(index) > wall) index--;
  while (start(index + 1) <= wall) index++;
  return { from: start(index), until: start(index + 1) };
}

/** A wall time some units later; a day that the month lacks becomes its last one. */
export function shifted(wall: number, count: number, unit: Unit): number {
  if (unit in milliseconds) return wall + count * milliseconds[unit as ClockUnit];
  const date = new Date(wall);
  const month = date.getUTCMonth() + count * months[unit as keyof typeof months];
  const last = new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const moved = Date.UTC(date.getUTCFullYear(), month, Math.min(date.getUTCDate(), last));
  return moved + (((wall % milliseconds.day) + milliseconds.day) % milliseconds.day);
}

/** `2024-01-31T12:00:00.000` */
export function timeText(wall: number): string {
  return new Date(wall).toISOString().slice(0, -1);
}
