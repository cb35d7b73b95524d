import { createDuckDbDriver, createSqliteDriver, type Driver } from '../../src/drivers/index.ts';

/** Buyers and their sales: one without a sale, sales without a buyer, nulls, and equal amounts. */
export const buyers = [
  { id: 1, name: 'Ada', country: 'DE', city: 'Berlin' },
  { id: 2, name: 'Ben', country: 'DE', city: 'Bonn' },
  { id: 3, name: 'Cem', country: 'DE', city: 'Berlin' },
  { id: 4, name: 'Dee', country: 'FR', city: 'Paris' },
  { id: 5, name: 'Eve', country: null, city: null },
] as const;

export const sales = [
  { id: 1, buyer_id: 1, status: 'paid', amount: 100, sold_at: '2024-01-01 10:00:00' },
  { id: 2, buyer_id: 1, status: 'open', amount: 20, sold_at: '2024-02-01 10:00:00' },
  { id: 3, buyer_id: 2, status: 'paid', amount: 40, sold_at: '2024-01-15 10:00:00' },
  { id: 4, buyer_id: 3, status: 'paid', amount: 40, sold_at: '2024-02-10 10:00:00' },
  { id: 5, buyer_id: 3, status: 'open', amount: null, sold_at: '2024-02-11 10:00:00' },
  { id: 6, buyer_id: 4, status: null, amount: 100, sold_at: '2024-03-01 10:00:00' },
  { id: 7, buyer_id: null, status: 'paid', amount: 5, sold_at: '2024-03-02 10:00:00' },
  { id: 8, buyer_id: 99, status: 'open', amount: 7, sold_at: '2024-03-03 10:00:00' },
] as const;

function cells(rows: readonly object[]): (string | number | null)[][] {
  return rows.map((row) => Object.values(row) as (string | number | null)[]);
}

/** Both, as the sample tables of engines. */
export const salesTables = {
  buyers: {
    columns: { id: 'integer', name: 'string', country: 'string', city: 'string' },
    rows: cells(buyers),
  },
  sales: {
    columns: {
      id: 'integer',
      buyer_id: 'integer',
      status: 'string',
      amount: 'integer',
      sold_at: 'timestamp',
    },
    rows: cells(sales),
  },
} as const;

const setup = [
  'CREATE TABLE buyers (id INTEGER, name VARCHAR(20), country VARCHAR(20), city VARCHAR(20))',
  'CREATE TABLE sales (id INTEGER, buyer_id INTEGER, status VARCHAR(20), amount INTEGER, sold_at TIMESTAMP)',
  insert('buyers', buyers),
  insert('sales', sales),
];

function insert(table: string, rows: readonly object[]): string {
  const literal = (value: unknown): string =>
    typeof value === 'string' ? `'${value}'` : String(value);
  const lists = rows.map((row) => `(${Object.values(row).map(literal).join(', ')})`);
  return `INSERT INTO ${table} VALUES ${lists.join(', ')}`;
}

/** Databases that hold both tables. */
export function salesDrivers(): readonly Driver[] {
  return [createDuckDbDriver({ setup }), createSqliteDriver({ path: ':memory:', setup })];
}
