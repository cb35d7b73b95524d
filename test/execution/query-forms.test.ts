import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Query, Schema } from '../../src/index.ts';
import { openDuckDb, openSqlite, type Engine } from '../support/engines.ts';
import { compileQueryForms, queryForms, rowsOfForm } from '../support/query-forms.ts';

let schema: Schema;
beforeAll(async () => {
  schema = await compileQueryForms();
});
afterAll(() => schema.close());

describe.for([
  ['DuckDB', openDuckDb],
  ['SQLite', openSqlite],
] as const)('the rows of a form of query on %s', ([, open]) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await open();
  });
  afterAll(() => engine.close());

  test.for(queryForms)('$name', async (form) => {
    expect(await rowsOfForm(form, schema, engine)).toEqual(form.rows);
  });
});

async function problemOf(query: object): Promise<string> {
  const error: unknown = await schema.generateSql(query as Query).then(
    () => null,
    (found: unknown) => found,
  );
  return String((error as Error | null)?.message);
}

describe('an order that is refused', () => {
  const base = { measures: ['Orders.count'], dimensions: ['Orders.id'] };
  test.for([
    ['an unselected dimension', 'Orders.status', 'a group has many values of it'],
    ['an unselected time dimension', 'Orders.createdAt', 'a group has many values of it'],
    ['a hidden measure', 'Orders.hidden', 'there is no member "Orders.hidden"'],
    ['a measure that is not there', 'Orders.cuont', "did you mean 'Orders.count'"],
    ['no member', 'count', 'is not selected'],
  ] as const)('%s', async ([, name, reason]) => {
    const problem = await problemOf({ ...base, order: [[name, 'asc']] });
    expect(problem).toContain('order[0]');
    expect(problem).toContain(reason);
  });

  test('a measure, where rows are not grouped', async () => {
    const query = {
      dimensions: ['Orders.id'],
      ungrouped: true,
      order: { 'Orders.count': 'asc' },
    } as const;
    expect(await problemOf(query)).toContain('the rows of an ungrouped query have none');
  });
});

test('a measure that only the order names is no column, and decides the rows like a selected one', async () => {
  const query = { dimensions: ['Shops.town'], order: { 'Orders.count': 'desc' } } as const;
  const { columns, sql } = await schema.generateSql(query as Query);
  expect(columns.map((column) => column.member)).toEqual(['Shops.town']);
  expect(sql).not.toContain('"orders.count"\n');
});

test.for([
  [{ dateRange: { from: '2024-01-01' } }, 'timeDimensions[0].dateRange'],
  [{ dateRange: { from: '2024-01-01', to: '2024-01-02', too: 1 } }, 'dateRange.too'],
  [{ dateRange: { from: 1, to: 2 } }, 'timeDimensions[0].dateRange'],
] as const)('a range that lacks an end or has more is refused: %j', async ([time, place]) => {
  const timeDimensions = [{ dimension: 'Orders.createdAt', ...time }];
  expect(await problemOf({ measures: ['Orders.count'], timeDimensions })).toContain(place);
});
