import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileSchema, QueryError, type Schema } from '../../../src/index.ts';
import { Budget } from '../../../src/planner/budget.ts';
import { periodCount, periodsIn } from '../../../src/planner/time/windows.ts';
import { unitRule } from '../../../src/planner/time/periods.ts';
import { units } from '../../../src/planner/time/calendar.ts';
import { ZoneClock } from '../../../src/planner/time/zone-clock.ts';

const cubes = Array.from({ length: 60 }, (_, index) => index);
const doubled = Array.from({ length: 200 }, (_, index) => index);
const content = `
${cubes
  .map(
    (index) => `cube('c${index}', {
  sql: \`SELECT * FROM t${index} WHERE \${FILTER_PARAMS.c${index}.name.filter('name')}\`,
  joins: { ${index < 59 ? `c${index + 1}: { relationship: 'many_to_one', sql: \`\${CUBE}.a = \${c${index + 1}}.id\` }` : ''} },
  measures: {
    count: { type: 'count' },
    ${Array.from({ length: 30 }, (_, item) => `m${item}: { type: 'sum', sql: 'm${item}' }`).join(', ')},
    rolling: { type: 'sum', sql: 'x', rolling_window: { trailing: '7 day' } },
  },
  dimensions: {
    id: { type: 'number', sql: 'id', primary_key: true },
    name: { type: 'string', sql: 'name' },
    at: { type: 'time', sql: 'at' },
    next: { type: 'number', sql: \`\${c${Math.min(index + 1, 59)}.count}\`, sub_query: true },
  },
});`,
  )
  .join('\n')}
cube('doubling', {
  sql_table: 't',
  measures: {
    a0: { type: 'count' }, b0: { type: 'sum', sql: 'y' },
    ${doubled.map((index) => `a${index + 1}: { type: 'number', sql: \`\${a${index}} + \${b${index}}\` }, b${index + 1}: { type: 'number', sql: \`\${a${index}} * \${b${index}}\` }`).join(', ')}
  },
  dimensions: {
    id: { type: 'number', sql: 'id', primary_key: true },
    d0: { type: 'number', sql: 'x' },
    ${doubled.map((index) => `d${index + 1}: { type: 'number', sql: \`\${d${index}} + \${d${index}}\` }`).join(', ')}
  },
});
cube('chain', {
  sql_table: 't',
  dimensions: { d0: { type: 'number', sql: 'x' }, ${Array.from({ length: 1500 }, (_, index) => `d${index + 1}: { type: 'number', sql: \`\${d${index}} + 1\` }`).join(', ')} },
});`;

let schema: Schema;
beforeAll(async () => {
  const files = [{ path: 'model.js', content }];
  schema = await compileSchema({ files }, { joinTies: 'first-declared' });
});
afterAll(() => schema.close());

const year = ['2023-01-01', '2023-12-31'] as const;
const time = (granularity: string, further: object = {}) => ({
  dimension: 'c0.at',
  granularity,
  dateRange: year,
  ...further,
});
const values = (count: number, text: string) => Array.from({ length: count }, () => text);
const manyMeasures = cubes.flatMap((index) =>
  Array.from({ length: 30 }, (_, item) => `c${index}.m${item}`),
);

const refused: readonly [name: string, query: object, code: string, message: RegExp][] = [
  [
    'measures that refer twice',
    { measures: ['doubling.a200'] },
    'query/statement-too-large',
    /doubling\.a200 needs \d.* pieces of SQL, and 20000 are/,
  ],
  [
    'dimensions that refer twice',
    { dimensions: ['doubling.d200'] },
    'query/statement-too-large',
    /doubling\.d200 needs/,
  ],
  [
    'a chain of members',
    { dimensions: ['chain.d1500'] },
    'query/statement-too-large',
    /1501 levels of references, and 500 are/,
  ],
  [
    'a year by the second',
    { measures: ['c0.rolling'], timeDimensions: [time('second')] },
    'query/too-many-periods',
    /31536000 periods, and 20000 are/,
  ],
  [
    'a year filled by the second',
    {
      measures: ['c0.count'],
      timezone: 'America/New_York',
      timeDimensions: [time('second', { fillMissingDates: true })],
    },
    'query/too-many-periods',
    /31536000 periods/,
  ],
  [
    'windows of many cubes',
    {
      measures: cubes.map((index) => `c${index}.rolling`),
      timeDimensions: [{ ...time('day'), dimension: 'c59.at' }],
    },
    'query/too-many-periods',
    /periods, and 20000 are/,
  ],
  [
    'relative dates',
    {
      measures: ['c0.count'],
      filters: [{ member: 'c0.at', operator: 'equals', values: values(45_000, 'last 3 days') }],
    },
    'query/too-long',
    /45000 comparisons, and 5000 are/,
  ],
  [
    'searched texts',
    {
      measures: ['c0.count'],
      filters: [{ member: 'c0.name', operator: 'contains', values: values(45_000, 'x') }],
    },
    'query/too-long',
    /45000 comparisons/,
  ],
  [
    'members',
    {
      measures: ['c0.count'],
      dimensions: Array.from({ length: 2_001 }, (_, item) => `c0.x${item}`),
    },
    'query/too-long',
    /2002 members, and 2000 are/,
  ],
  [
    'measures of many cubes',
    { measures: manyMeasures },
    'query/statement-too-large',
    /columns of parts, and 10000 are/,
  ],
  [
    'sub-queries of many cubes',
    {
      measures: cubes.slice(25).map((index) => `c${index}.count`),
      dimensions: cubes.slice(25).map((index) => `c${index}.next`),
    },
    'query/statement-too-large',
    /parts of the plan, and 4000 are/,
  ],
  [
    'roots for measures of many cubes',
    {
      measures: cubes.map((index) => `c${index}.count`),
      dimensions: cubes.map((index) => `c${index}.next`),
    },
    'query/statement-too-large',
    /steps of joins, and 80000 are/,
  ],
];

describe('a query beyond a budget', () => {
  test.for(refused)('is refused before the work: %s', async ([, query, code, message]) => {
    const before = process.cpuUsage();
    const error = await schema.generateSql(query).catch((thrown: unknown) => thrown);
    const { user, system } = process.cpuUsage(before);
    expect(error).toBeInstanceOf(QueryError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string });
    expect(user + system).toBeLessThan(2_000_000);
    // It is remembered.
    const again = process.cpuUsage();
    await expect(schema.generateSql(query)).rejects.toThrow(message);
    const { user: time } = process.cpuUsage(again);
    expect(time).toBeLessThan(500_000);
  });

  test.for([
    [
      '100,000 values of one filter',
      {
        measures: ['c0.count'],
        filters: [{ member: 'c0.name', operator: 'equals', values: values(100_000, 'x') }],
      },
    ],
    ['300 measures of 10 cubes', { measures: manyMeasures.slice(0, 300) }],
    [
      'an hour for each of a year',
      { measures: ['c0.rolling'], timeDimensions: [time('hour')], timezone: 'America/New_York' },
    ],
    ['a chain of 400 members', { dimensions: ['chain.d400'] }],
    ['60 sub-queries', { dimensions: cubes.map((index) => `c${index}.next`) }],
  ] as const)('an ordinary one is answered: %s', async ([, query]) => {
    await expect(schema.generateSql(query)).resolves.toHaveProperty('sql');
  });
});

test('a budget says what is asked for and what the limit is', () => {
  const budget = new Budget();
  budget.spend('periods', 20_000);
  expect(() => budget.spend('periods', 1, 'timeDimensions[0]')).toThrow(/20001 periods, and 20000/);
});

describe('periods are counted without being made', () => {
  const range = {
    from: '2023-11-03T05:30:00.000Z',
    to: '2024-03-12T10:20:30.000Z',
    includesEnd: true,
    relative: false,
  };
  test.for(units.filter((unit) => unit !== 'second'))('%s', (unit) => {
    for (const zone of ['UTC', 'America/New_York', 'Asia/Kolkata']) {
      const clock = new ZoneClock(zone);
      const rule = unitRule(unit)!;
      const made = periodsIn(rule, range, clock).length;
      const counted = periodCount(rule, range, clock);
      // Of what the clocks leave out, as much as an hour of minutes is counted.
      expect(counted - made, zone).toBeGreaterThanOrEqual(0);
      expect(counted - made, zone).toBeLessThanOrEqual(60);
    }
  });
});

test('a clock reads every hour of two years as the platform does', () => {
  for (const zone of ['America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca']) {
    const clock = new ZoneClock(zone);
    const format = new Intl.DateTimeFormat('sv-SE', {
      timeZone: zone,
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    for (let instant = Date.UTC(2023, 0, 1); instant < Date.UTC(2025, 0, 1); instant += 36e5) {
      const text = new Date(clock.wallAt(instant)).toISOString().slice(0, 19).replace('T', ' ');
      expect(text).toBe(format.format(instant));
    }
  }
});
