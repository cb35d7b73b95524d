import fc from 'fast-check';
import { customGranularities } from './naive-evaluator/periods.ts';
import type { DateRange, WorldFilter, WorldTime } from './naive-evaluator/world.ts';

/** Instants about which zones and periods disagree: ends of years and months, and clocks put forward and back. */
export const rowTimes = [
  '2023-12-31T23:59:59.000',
  '2024-01-01T00:00:00.000',
  '2024-01-31T12:00:00.000',
  '2024-01-31T18:45:00.500',
  '2024-02-29T00:00:00.000',
  '2024-03-10T06:59:59.000',
  '2024-03-10T07:00:00.000',
  '2024-03-31T00:30:00.000',
  '2024-03-31T01:00:00.000',
  '2024-03-31T01:10:00.000',
  '2024-10-27T00:15:00.000',
  '2024-10-27T00:59:59.999',
  '2024-10-27T01:15:00.000',
  '2024-11-03T05:30:00.000',
  '2024-11-03T06:30:00.000',
] as const;

const seconds: readonly DateRange[] = [
  ['2024-03-31T01:59:30', '2024-03-31T03:00:10'],
  ['2024-10-27T02:15:00', '2024-10-27T02:15:20'],
  ['2024-01-01T00:00:00', '2024-01-01T00:00:05'],
  'last 20 seconds',
];
const hours: readonly DateRange[] = [
  '2024-03-31',
  ['2024-03-31', '2024-03-31'],
  ['2024-10-26', '2024-10-27'],
  ['2024-03-10', '2024-03-10'],
  ['2024-03-31T01:30:00', '2024-03-31T02:30:00'],
  ['2024-03-31T02:30:00', '2024-03-31T04:00:00'],
  ['2024-10-27T02:30:00', '2024-10-27T02:30:00.000'],
  ['2024-10-27T01:10:00', '2024-10-27T02:20:00'],
  ['2024-11-03T00:30:00', '2024-11-03T01:59:59'],
  ['2023-12-31 23:59:59', '2024-01-01 00:00:00'],
  'today',
  'yesterday',
  'tomorrow',
  'this hour',
  'last 2 hours',
  'next 3 hours',
  'last 24 hours',
  'last 90 minutes',
  'from 5 hours ago to now',
  'from 30 minutes ago to now',
  '2 hours ago',
  '1 day ago',
];
const long: readonly DateRange[] = [
  ['2024-01-01', '2024-01-31'],
  ['2023-01-01', '2024-01-01'],
  ['2024-01-31', '2024-11-03'],
  ['2024-02-01', '2024-01-01'],
  ['2024-03-15T12:00:00', '2024-10-27T01:15:00'],
  'this week',
  'last week',
  'last 2 weeks',
  'this month',
  'last month',
  'last 3 months',
  'next 2 months',
  'this quarter',
  'last 2 quarters',
  'this year',
  'last year',
  'last 30 days',
  'from 7 days ago to now',
  'from yesterday to today',
  '1 month ago',
  'from 2 months ago to now',
];

const coarse = [
  ...['day', 'week', 'month', 'quarter', 'year'],
  ...Object.keys(customGranularities).filter(
    (name) => name !== 'quarter_hour' && name !== 'long_film',
  ),
];
const fine = ['hour', 'quarter_hour', 'long_film', 'minute'];

/** Granularities with ranges that have no more than some hundreds of their periods. */
const cuts = fc.oneof(
  { weight: 6, arbitrary: cut([...coarse, null], [...long, ...hours, null]) },
  { weight: 3, arbitrary: cut([...fine.slice(0, 3), null], hours) },
  { weight: 1, arbitrary: cut(['second', 'minute', 'quarter_hour'], seconds.slice(1)) },
  { weight: 1, arbitrary: cut(['minute', 'second', ...fine], [null, ...seconds]) },
);

function cut(
  granularities: readonly (string | null)[],
  ranges: readonly (DateRange | null)[],
): fc.Arbitrary<Pick<WorldTime, 'granularity' | 'dateRange'>> {
  return fc.record({
    granularity: fc.constantFrom(...granularities),
    dateRange: fc.constantFrom(...ranges),
  });
}

export function times(dimension: fc.Arbitrary<string>): fc.Arbitrary<WorldTime> {
  return fc
    .record({ dimension, cut: cuts, isFilled: fc.integer({ min: 0, max: 3 }) })
    .map(({ dimension: name, cut: { granularity, dateRange }, isFilled }) => ({
      dimension: name,
      granularity,
      dateRange,
      ...(isFilled === 0 && { fillMissingDates: true }),
    }));
}

/** Filters that compare a time. */
export function timeFilters(member: fc.Arbitrary<string>): fc.Arbitrary<WorldFilter> {
  const pairs = [...hours, ...long].filter(
    (range) => typeof range !== 'string' && range[0] < range[1],
  );
  const texts = [...hours, ...long].filter((range) => typeof range === 'string');
  return fc.oneof(
    fc.record({
      member,
      operator: fc.constantFrom('inDateRange', 'notInDateRange'),
      values: fc.constantFrom(...pairs.map((pair) => [...pair])),
    }),
    fc.record({
      member,
      operator: fc.constantFrom('inDateRange', 'beforeDate', 'afterOrOnDate'),
      values: fc.constantFrom(...texts.map((text) => [text])),
    }),
  );
}
