import { compileSchema } from '../../src/index.ts';
import type { Engine } from './engines.ts';
import { plainValue } from './rows-of-case.ts';

/** Over the sample table `orders`, and shops of which one has no orders. */
const schemaText = `
cube('Orders', {
  sql_table: 'orders',
  joins: { Shops: { relationship: 'many_to_one', sql: \`\${CUBE}.user_id = \${Shops}.id\` } },
  measures: {
    count: { type: 'count' },
    amount: { type: 'sum', sql: 'amount' },
    hidden: { type: 'sum', sql: 'discount', public: false },
    big: { type: 'boolean', sql: \`\${amount} > 50\` },
    lastNote: { type: 'string', sql: \`max(\${CUBE}.note)\` },
    first: { type: 'time', sql: \`min(\${createdAt})\` },
    running: { type: 'running_total', sql: 'amount' },
    share: { type: 'number', sql: \`1.0 * \${amount} / \${total}\`, multi_stage: true },
    total: { type: 'sum', sql: \`\${amount}\`, multi_stage: true, group_by: [] },
    perOrder: { type: 'number', sql: \`1.0 * \${Shops.size} / \${count}\` },
    plusOrders: { type: 'number', sql: \`\${Shops.size} + \${count}\` },
    one: { type: 'number', sql: '1' },
    perSum: { type: 'number', sql: \`1.0 * \${Shops.size} / (\${count} + 0 * \${amount} / \${count})\` },
    perCast: { type: 'number', sql: \`1.0 * \${Shops.size} / CAST(\${count} AS DECIMAL(10, 2))\` },
    ofShop: { type: 'number', sql: \`1.0 * \${count} / \${Shops.size}\` },
  },
  dimensions: {
    id: { type: 'number', sql: 'id', primary_key: true, public: true },
    status: { type: 'string', sql: 'status' },
    note: { type: 'string', sql: 'note' },
    paid: { type: 'boolean', sql: 'paid' },
    createdAt: { type: 'time', sql: 'created_at' },
  },
});
cube('Shops', {
  sql: \`SELECT 42 AS id, 'north' AS town, 10 AS size UNION ALL SELECT 7, 'south', 20 UNION ALL SELECT 99, 'empty', 30\`,
  measures: { size: { type: 'sum', sql: 'size' }, big: { type: 'boolean', sql: \`max(\${CUBE}.size) > 15\` } },
  dimensions: {
    id: { type: 'number', sql: 'id', primary_key: true, public: true },
    town: { type: 'string', sql: 'town' },
  },
});
view('Sold', {
  cubes: [
    { join_path: Orders, includes: ['count', 'amount', 'status', 'share', 'perOrder'] },
    { join_path: Orders.Shops, includes: ['town', 'size'] },
  ],
});
`;

export function compileQueryForms() {
  return compileSchema({ files: [{ path: 'Forms.js', content: schemaText }] });
}

export interface QueryForm {
  readonly name: string;
  readonly query: object;
  /** In order where the query says one. */
  readonly rows: readonly string[];
}

/** What each row is on an engine, each as one text; sorted where the query says no order. */
export async function rowsOfForm(
  { query }: Pick<QueryForm, 'query'>,
  schema: Awaited<ReturnType<typeof compileQueryForms>>,
  engine: Engine,
): Promise<string[]> {
  const { sql, params, columns } = await schema.generateSql(query, { dialect: engine.dialect });
  const rows = await engine.query(sql, params);
  const lines = rows.map((row) =>
    row.map((value, index) => plainValue(value, columns[index]!.type)).join(' | '),
  );
  return 'order' in query ? lines : lines.sort();
}

const byStatus = { measures: ['Orders.count'], dimensions: ['Orders.status'] };
const byId = { dimensions: ['Orders.id'], measures: ['Orders.count'] };
const where = (member: string, operator: string, ...values: unknown[]) => [
  { member, operator, values },
];

/** Forms of queries whose meaning must not depend on the engine. */
export const queryForms: readonly QueryForm[] = [
  {
    name: 'a boolean measure equals true',
    query: { ...byStatus, filters: where('Orders.big', 'equals', 'true') },
    rows: ['"closed" | 2', '"new" | 3'],
  },
  {
    name: 'a boolean measure is not true, or is unknown',
    query: { ...byStatus, filters: where('Orders.big', 'notEquals', true) },
    rows: ['"shipped" | 2', 'null | 1'],
  },
  {
    name: 'a string measure equals a text',
    query: { ...byStatus, filters: where('Orders.lastNote', 'equals', 'orphan') },
    rows: ['"shipped" | 2'],
  },
  {
    name: 'a string measure contains a text, in any case',
    query: { ...byStatus, filters: where('Orders.lastNote', 'contains', 'SLASH') },
    rows: ['null | 1'],
  },
  {
    name: 'a time measure is after a date',
    query: { ...byStatus, filters: where('Orders.first', 'afterDate', '2024-01-05') },
    rows: ['"shipped" | 2', 'null | 1'],
  },
  {
    name: 'a time measure is in a range of dates',
    query: {
      ...byStatus,
      filters: where('Orders.first', 'inDateRange', '2024-01-01', '2024-01-02'),
    },
    rows: ['"closed" | 2', '"new" | 3'],
  },
  {
    name: 'a time measure is compared by gt',
    query: { ...byStatus, filters: where('Orders.first', 'gt', '2024-03-01') },
    rows: ['"shipped" | 2'],
  },
  {
    name: 'a division of two facts is null where the divisor has no rows, and 0 where the dividend has none',
    query: {
      measures: [
        'Orders.perOrder',
        'Orders.perCast',
        'Orders.perSum',
        'Orders.plusOrders',
        'Orders.ofShop',
      ],
      dimensions: ['Shops.town'],
      filters: where('Shops.town', 'set'),
    },
    rows: [
      '"empty" | null | null | null | 30 | 0',
      '"north" | 3.33333333333 | 3.33333333333 | 3.33333333333 | 13 | 0.3',
      '"south" | 10 | 10 | 10 | 22 | 0.1',
    ],
  },
  {
    name: 'a division of two facts through a view, ordered by',
    query: {
      dimensions: ['Sold.town'],
      measures: ['Sold.perOrder'],
      filters: where('Sold.town', 'equals', 'south'),
      order: [['Sold.perOrder', 'asc']],
    },
    rows: ['"south" | 10'],
  },
  {
    name: 'a boolean measure of each of two facts',
    query: { measures: ['Orders.big', 'Shops.big'], dimensions: ['Shops.town'] },
    rows: [
      '"empty" | null | true',
      '"north" | true | false',
      '"south" | true | true',
      'null | false | null',
    ],
  },
  ...['contains', 'startsWith', 'endsWith'].map((operator) => ({
    name: `${operator} a text, or null`,
    query: { ...byId, filters: where('Orders.note', operator, 'first', null) },
    rows: ['1 | 1', '2 | 1', '6 | 1'],
  })),
  {
    name: 'contains null alone',
    query: { ...byId, filters: where('Orders.note', 'contains', null) },
    rows: ['2 | 1'],
  },
  ...['notContains', 'notStartsWith', 'notEndsWith'].map((operator) => ({
    name: `${operator} a text, and not null`,
    query: { ...byId, filters: where('Orders.note', operator, 'first', null) },
    rows: ['3 | 1', '4 | 1', '5 | 1', '7 | 1', '8 | 1'],
  })),
  {
    name: 'notContains a text alone keeps null',
    query: { ...byId, filters: where('Orders.note', 'notContains', 'first') },
    rows: ['2 | 1', '3 | 1', '4 | 1', '5 | 1', '7 | 1', '8 | 1'],
  },
  {
    name: 'a date, or null',
    query: { ...byStatus, filters: where('Orders.first', 'equals', '2024-01-01', null) },
    rows: ['"new" | 3'],
  },
  {
    name: 'a range of dates with from and to',
    query: {
      measures: ['Orders.count'],
      timeDimensions: [
        { dimension: 'Orders.createdAt', dateRange: { from: '2024-01-01', to: '2024-01-31' } },
      ],
    },
    rows: ['4'],
  },
  {
    name: 'order by a measure that is not selected',
    query: { ...byStatus, order: { 'Orders.amount': 'desc' } },
    rows: ['null | 1', '"new" | 3', '"closed" | 2', '"shipped" | 2'],
  },
  {
    name: 'order by a measure that is not selected, then by one that is',
    query: {
      ...byStatus,
      order: [
        ['Orders.one', 'asc'],
        ['Orders.count', 'desc'],
        ['Orders.status', 'asc'],
      ],
    },
    rows: ['"new" | 3', '"closed" | 2', '"shipped" | 2', 'null | 1'],
  },
  {
    name: 'order by a measure of another fact',
    query: {
      measures: ['Orders.count'],
      dimensions: ['Shops.town'],
      order: [['Shops.size', 'desc']],
    },
    rows: ['null | 3', '"empty" | 0', '"south" | 2', '"north" | 3'],
  },
  {
    name: 'order by a multi-stage measure, through a view',
    query: {
      measures: ['Sold.count'],
      dimensions: ['Sold.town'],
      order: [
        ['Sold.share', 'asc'],
        ['Sold.town', 'asc'],
      ],
    },
    rows: ['null | 3', '"south" | 2', '"north" | 3'],
  },
  {
    name: 'order by a running total that is not selected',
    query: {
      dimensions: ['Orders.status'],
      timeDimensions: [{ dimension: 'Orders.createdAt', granularity: 'year' }],
      measures: ['Orders.count'],
      filters: where('Orders.status', 'equals', 'shipped'),
      order: [['Orders.running', 'desc']],
    },
    rows: [
      '"shipped" | "2025-01-01T00:00:00.000" | 1',
      '"shipped" | "2024-01-01T00:00:00.000" | 1',
    ],
  },
  {
    name: 'order by a measure beside a selected running total',
    query: {
      timeDimensions: [{ dimension: 'Orders.createdAt', granularity: 'year' }],
      measures: ['Orders.running'],
      order: [['Orders.amount', 'asc']],
    },
    rows: ['"2025-01-01T00:00:00.000" | 255', '"2024-01-01T00:00:00.000" | 250'],
  },
  {
    name: 'order by a measure that is filtered by too',
    query: {
      dimensions: ['Orders.status'],
      filters: where('Orders.amount', 'gt', 20),
      order: [['Orders.amount', 'asc']],
    },
    rows: ['"shipped"', '"closed"', '"new"'],
  },
];
