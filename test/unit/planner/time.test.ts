import { describe, expect, test } from 'vitest';
import { readDateRange } from '../../../src/planner/time/date-range.ts';
import { canonicalTimeZone } from '../../../src/planner/time/time-zone.ts';
import { windowOf } from '../../../src/planner/time/windows.ts';
import { ZoneClock } from '../../../src/planner/time/zone-clock.ts';
import { zoneOffsets } from '../../../src/planner/time/zone-offsets.ts';

const noon = Date.UTC(2024, 1, 29, 12);

function range(value: string | readonly [string, string], zone = 'UTC', now = noon): string {
  const found = readDateRange(value, { now, clock: new ZoneClock(zone) });
  if ('kind' in found) return found.kind;
  const short = (text: string) => text.replace(/T00:00:00\.000Z$/, '').replace(/\.000Z$/, '');
  return `${short(found.from)} ${found.includesEnd ? '<=' : '<'} ${short(found.to)}`;
}

describe('date ranges', () => {
  test.for([
    [['2024-01-01', '2024-01-31'], '2024-01-01 < 2024-02-01'],
    [['2024-01-01', '2024-01-01T12:00:00'], '2024-01-01 <= 2024-01-01T12:00:00'],
    [['2024-01-01T01:00:00+02:00', '2024-01-02'], '2023-12-31T23:00:00 < 2024-01-03'],
    ['2024-02-29', '2024-02-29 < 2024-03-01'],
    ['today', '2024-02-29 < 2024-03-01'],
    ['Yesterday', '2024-02-28 < 2024-02-29'],
    ['tomorrow', '2024-03-01 < 2024-03-02'],
    ['this week', '2024-02-26 < 2024-03-04'],
    ['last week', '2024-02-19 < 2024-02-26'],
    ['this quarter', '2024-01-01 < 2024-04-01'],
    ['last quarter', '2023-10-01 < 2024-01-01'],
    ['last 6 months', '2023-08-01 < 2024-02-01'],
    ['last 12 months', '2023-02-01 < 2024-02-01'],
    ['last year', '2023-01-01 < 2024-01-01'],
    ['next 2 days', '2024-03-01 < 2024-03-03'],
    ['last 3 hours', '2024-02-29T09:00:00 < 2024-02-29T12:00:00'],
    ['from yesterday to today', '2024-02-28 < 2024-03-01'],
    ['last 24 hours', '2024-02-28T12:00:00 < 2024-02-29T12:00:00'],
    ['now', '2024-02-29 < 2024-03-01'],
    ['90 minutes ago', '2024-02-29T10:30:00 < 2024-02-29T10:31:00'],
    ['from 3 hours ago to now', '2024-02-29T09:00:00 < 2024-02-29T13:00:00'],
    ['from 2 days ago to 3 hours ago', '2024-02-27T12:00:00 < 2024-02-29T10:00:00'],
    ['from 7 days ago to now', '2024-02-22 < 2024-03-01'],
    ['from 2024-01-31 to 2024-02-02', '2024-01-31 < 2024-02-03'],
    ['2 months ago', '2023-12-29 < 2023-12-30'],
    [['2024-02-01', '2024-01-01'], 'reversed'],
    ['2024-02-30', 'unreadable'],
    ['2023-02-29', 'unreadable'],
    ['0000-01-01', 'unreadable'],
    ['last 0 days', 'unreadable'],
    ['last 99999999 years', 'unreadable'],
    ['soon', 'unreadable'],
    ['', 'unreadable'],
    [`from ${'x'.repeat(100_000)} to y`, 'unreadable'],
  ] as const)('%o: %s', ([value, expected]) => {
    expect(range(value)).toBe(expected);
  });

  test('months of a clamped day', () => {
    expect(range('1 month ago', 'UTC', Date.UTC(2024, 2, 31))).toBe('2024-02-29 < 2024-03-01');
  });

  test.for([
    ['Europe/Berlin', '2024-03-31', '2024-03-30T23:00:00 < 2024-03-31T22:00:00'],
    ['Europe/Berlin', '2024-10-27', '2024-10-26T22:00:00 < 2024-10-27T23:00:00'],
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00 < 2018-11-05T02:00:00'],
    ['Asia/Kathmandu', '2024-01-01', '2023-12-31T18:15:00 < 2024-01-01T18:15:00'],
    ['Pacific/Apia', '2011-12-31', '2011-12-30T10:00:00 < 2011-12-31T10:00:00'],
  ] as const)('days of %s: %s', ([zone, value, expected]) => {
    expect(range(value, zone)).toBe(expected);
  });

  test.for([
    // 03:30 on the morning when 02:00 became 03:00, and the second 02:30 of a morning with two.
    ['Europe/Berlin', '2024-03-31T01:30:00Z', '2024-03-31 < 2024-03-31T01:00:00'],
    ['Europe/Berlin', '2024-10-27T01:30:00Z', '2024-10-27 < 2024-10-27T01:00:00'],
    ['Asia/Kolkata', '2024-01-01T12:10:00Z', '2024-01-01T10:30:00 < 2024-01-01T11:30:00'],
    ['Australia/Lord_Howe', '2024-04-06T16:00:00Z', '2024-04-06T14:30:00 < 2024-04-06T15:30:00'],
  ] as const)('the last hour in %s at %s', ([zone, now, expected]) => {
    expect(range('last hour', zone, Date.parse(now))).toBe(expected);
  });

  test('an hour that occurs twice is the earlier one', () => {
    const clock = new ZoneClock('Europe/Berlin');
    expect(new Date(clock.instantOf(Date.UTC(2024, 9, 27, 2, 30))).toISOString()).toBe(
      '2024-10-27T00:30:00.000Z',
    );
    expect(new Date(clock.instantOf(Date.UTC(2024, 2, 31, 2, 30))).toISOString()).toBe(
      '2024-03-31T01:30:00.000Z',
    );
  });
});

test('offsets of a zone agree with its clock at every hour', () => {
  for (const zone of ['Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'UTC']) {
    const from = Date.UTC(2023, 11, 1);
    const to = Date.UTC(2025, 1, 1);
    const offsets = zoneOffsets(zone, {
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
    });
    const clock = new ZoneClock(zone);
    for (let instant = from; instant < to; instant += 3_600_000) {
      const found = offsets.find(
        (item) => item.until === null || Date.parse(item.until) > instant,
      )!;
      expect(found.minutes).toBe(clock.offsetAt(instant) / 60_000);
    }
  }
});

test('a time zone is an IANA name and nothing else', () => {
  expect(['UTC', 'europe/berlin', 'US/Pacific', 'Etc/GMT+5'].map(canonicalTimeZone)).toEqual([
    'UTC',
    'Europe/Berlin',
    'US/Pacific',
    'Etc/GMT+5',
  ]);
  for (const name of ['+05:00', "UTC'", 'Mars/Base', '', 'a'.repeat(100), 'Europe/Berlin;']) {
    expect(canonicalTimeZone(name)).toBeUndefined();
  }
});

test('a window that reaches further than times do ends where they end', () => {
  const period = { from: Date.UTC(2024, 0, 1), until: Date.UTC(2024, 1, 1) };
  const far = (count: number) => [{ count, unit: 'year' }] as const;
  for (const count of [9000, 999_999_999]) {
    const window = {
      kind: 'fixed',
      trailing: far(count),
      leading: far(count),
      offset: 'end',
    } as const;
    const { from, until } = windowOf(window, period, null);
    expect([new Date(from!).toISOString(), new Date(until!).toISOString()]).toEqual([
      '0001-01-02T00:00:00.000Z',
      '9999-12-30T00:00:00.000Z',
    ]);
  }
});
