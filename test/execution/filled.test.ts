import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileSchema, type Schema } from '../../src/index.ts';
import { openDuckDb, type Engine } from '../support/engines.ts';

const shopsOf = (rows: string) => `SELECT * FROM (VALUES ${rows}) AS t(id, shop_id, day_id)`;
const content = `
  cube('Shops', {
    sql: \`SELECT * FROM (VALUES (1, 'north', 10, TIMESTAMP '2024-01-05'), (2, 'south', 20, TIMESTAMP '2024-03-05')) AS t(id, name, area, opened)\`,
    measures: { area: { type: 'sum', sql: 'area' } },
    dimensions: {
      id: { type: 'number', sql: 'id', primaryKey: true },
      name: { type: 'string', sql: 'name' },
      opened: { type: 'time', sql: 'opened' },
    },
  });
  cube('Days', {
    sql: \`SELECT * FROM (VALUES (1, TIMESTAMP '2024-01-05'), (2, TIMESTAMP '2024-03-05')) AS t(id, day)\`,
    dimensions: {
      id: { type: 'number', sql: 'id', primaryKey: true },
      at: {
        type: 'time',
        sql: 'day',
        granularities: { quarter_hour: { interval: '15 minutes' } },
      },
    },
  });
  ${['Sales', 'Returns']
    .map(
      (name, index) => `cube('${name}', {
    sql: \`${shopsOf(index === 0 ? '(1, 1, 1), (2, 1, 2)' : '(1, 2, 1)')}\`,
    joins: {
      Shops: { relationship: 'many_to_one', sql: \`\${CUBE}.shop_id = \${Shops}.id\` },
      Days: { relationship: 'many_to_one', sql: \`\${CUBE}.day_id = \${Days}.id\` },
    },
    measures: { count: { type: 'count' } },
    dimensions: { id: { type: 'number', sql: 'id', primaryKey: true } },
  });`,
    )
    .join('\n')}
  view('Report', {
    cubes: [
      { join_path: Sales, includes: ['count'] },
      { join_path: Sales.Shops, includes: ['name', 'area', 'opened'] },
      { join_path: Sales.Days, includes: ['at'] },
    ],
  });`;

describe('filled periods', () => {
  let schema: Schema;
  let duckdb: Engine;
  beforeAll(async () => {
    [schema, duckdb] = await Promise.all([
      compileSchema({ files: [{ path: 'Shops.js', content }] }),
      openDuckDb(),
    ]);
  });
  afterAll(() => Promise.all([schema.close(), duckdb.close()]));

  const rowsOf = async (query: object): Promise<unknown[][]> => {
    const options = { dialect: 'duckdb', securityContext: {} } as const;
    const { sql, params } = await schema.generateSql(query, options);
    const rows = await duckdb.query(sql, params);
    return rows.map((row) => row.map((cell) => String(cell).replace(/-\d\dT00:00:00.000$/, '')));
  };
  const months = (dimension: string) => ({
    dimension,
    granularity: 'month',
    dateRange: ['2024-01-01', '2024-03-31'],
    fillMissingDates: true,
  });

  test('each combination that a fact has, whichever of them', async () => {
    const rows = await rowsOf({
      measures: ['Sales.count', 'Returns.count'],
      dimensions: ['Shops.name'],
      timeDimensions: [months('Days.at')],
      order: [
        ['Shops.name', 'asc'],
        ['Days.at', 'asc'],
      ],
    });
    expect(rows).toEqual([
      ['north', '2024-01', '1', '0'],
      ['north', '2024-02', '0', '0'],
      ['north', '2024-03', '1', '0'],
      ['south', '2024-01', '0', '1'],
      ['south', '2024-02', '0', '0'],
      ['south', '2024-03', '0', '0'],
    ]);
  });

  test('measures and dimensions that a view comes to on a path', async () => {
    const rows = await rowsOf({
      measures: ['Report.count', 'Report.area'],
      dimensions: ['Report.name'],
      timeDimensions: [months('Report.at')],
      order: [['Report.at', 'asc']],
    });
    expect(rows).toEqual([
      ['north', '2024-01', '1', '10'],
      ['north', '2024-02', '0', 'null'],
      ['north', '2024-03', '1', '10'],
    ]);
  });

  test('a measure on a path beside what comes on the same path', async () => {
    const rows = await rowsOf({
      measures: ['Report.area'],
      dimensions: ['Report.name'],
      timeDimensions: [months('Report.opened')],
      order: [
        ['Report.name', 'asc'],
        ['Report.opened', 'asc'],
      ],
    });
    expect(rows).toEqual([
      ['north', '2024-01', '10'],
      ['north', '2024-02', 'null'],
      ['north', '2024-03', 'null'],
      ['south', '2024-01', 'null'],
      ['south', '2024-02', 'null'],
      ['south', '2024-03', '20'],
    ]);
  });

  test('no quarter of the hour that clocks leave out', async () => {
    const rows = await rowsOf({
      timeDimensions: [
        {
          dimension: 'Days.at',
          granularity: 'quarter_hour',
          dateRange: ['2024-03-31T01:30:00', '2024-03-31T03:20:00'],
          fillMissingDates: true,
        },
      ],
      timezone: 'Europe/Berlin',
    });
    expect(rows.map(([time]) => String(time).slice(11, 16))).toEqual([
      '01:30',
      '01:45',
      '03:00',
      '03:15',
    ]);
  });
});
