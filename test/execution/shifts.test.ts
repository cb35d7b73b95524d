import type { Query } from '../../src/index.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileSchema, type Schema } from '../../src/index.ts';
import { openDuckDb, type Engine } from '../support/engines.ts';

const shifts = {
  day: ['1 day', '1 week', '1 month', '1 year', '1 year 1 month'],
  week: ['1 week', '4 weeks'],
  month: ['1 month', '1 quarter', '1 year', '14 months'],
  quarter: ['1 quarter', '1 year'],
  year: ['1 year', '2 years'],
} as const;
const directions = { prior: '-', next: '+' } as const;

const pairs = Object.entries(shifts).flatMap(([granularity, intervals]) =>
  intervals.flatMap((interval) =>
    (['prior', 'next'] as const).map((type) => ({ granularity, interval, type })),
  ),
);
const nameOf = ({ interval, type }: (typeof pairs)[number]) =>
  `${type}_${interval.replaceAll(' ', '_')}`;

const content = `
  cube('Visits', {
    sql_table: 'visits',
    measures: {
      spent: { type: 'sum', sql: 'amount' },
      ${[...new Map(pairs.map((pair) => [nameOf(pair), pair]))]
        .map(
          ([name, { interval, type }]) =>
            `${name}: { type: 'number', sql: \`\${spent}\`, multi_stage: true, time_shift: [{ interval: '${interval}', type: '${type}' }] },`,
        )
        .join('\n')}
    },
    dimensions: { visitedAt: { sql: 'visited_at', type: 'time' } },
  });`;

describe('a shifted measure is what the database has at the shifted period', () => {
  let schema: Schema;
  let duckdb: Engine;
  beforeAll(async () => {
    [schema, duckdb] = await Promise.all([
      compileSchema({ files: [{ path: 'Visits.js', content }] }),
      openDuckDb(),
    ]);
  });
  afterAll(() => Promise.all([schema.close(), duckdb.close()]));

  test.for(pairs)('$granularity, $interval $type', async (pair) => {
    const { granularity, interval, type } = pair;
    const query: Query = {
      measures: [`Visits.${nameOf(pair)}`],
      timeDimensions: [
        { dimension: 'Visits.visitedAt', granularity, dateRange: ['2020-01-01', '2029-12-31'] },
      ],
    };
    const { sql, params } = await schema.generateSql(query, {
      dialect: 'duckdb',
      securityContext: {},
    });
    const parts = interval.match(/\d+ \w+/g)!.map((part) => `INTERVAL '${part}'`);
    const there = parts.reduce((sum, part) => `${sum} ${directions[type]} ${part}`, 'period');
    const expected = await duckdb.query(
      `SELECT period, sum(amount) FROM (
         SELECT DISTINCT date_trunc('${granularity}', day) AS period
         FROM range(TIMESTAMP '2020-01-01', TIMESTAMP '2030-01-01', INTERVAL 1 DAY) AS days(day)
       )
       INNER JOIN visits ON date_trunc('${granularity}', visited_at) = date_trunc('${granularity}', ${there})
       GROUP BY 1 ORDER BY 1`,
      [],
    );
    expect(expected.length).toBeGreaterThan(0);
    expect(await duckdb.query(sql, params)).toEqual(expected);
  });
});
