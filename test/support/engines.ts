import { createDuckDbDriver, createSqliteDriver, type Driver } from '../../src/drivers/index.ts';
import type { DialectName, ParameterValue } from '../../src/index.ts';
import { shopColumns, shopRows } from './shop-rows.ts';

/** A database that holds the shop's rows in a table `orders`. */
export interface Engine {
  readonly dialect: DialectName;
  /** Rows as arrays; times as `YYYY-MM-DDTHH:mm:ss.SSS`, whatever the engine makes of them. */
  query(sql: string, params: readonly ParameterValue[]): Promise<unknown[][]>;
  close(): Promise<void>;
}

export type ShopType = (typeof shopColumns)[keyof typeof shopColumns];

/** `CREATE TABLE orders (...)` with each type as an engine calls it. */
export function createOrders(types: Readonly<Record<ShopType, string>>): string {
  const columns = Object.entries(shopColumns).map(([name, type]) => `${name} ${types[type]}`);
  return `CREATE TABLE orders (${columns.join(', ')})`;
}

export function openDuckDb(): Promise<Engine> {
  const types = {
    integer: 'INTEGER',
    string: 'VARCHAR',
    boolean: 'BOOLEAN',
    timestamp: 'TIMESTAMP',
  } as const;
  return opened(createDuckDbDriver({ setup: [createOrders(types), insertOrders] }));
}

export function openSqlite(): Promise<Engine> {
  const types = {
    integer: 'INTEGER',
    string: 'TEXT',
    boolean: 'BOOLEAN',
    timestamp: 'TIMESTAMP',
  } as const;
  const setup = [createOrders(types), insertOrders];
  return opened(createSqliteDriver({ path: ':memory:', setup }));
}

const insertOrders = `INSERT INTO orders VALUES ${shopRows
  .map((row) => `(${row.map(literal).join(', ')})`)
  .join(', ')}`;

function literal(value: string | number | boolean | null): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  return String(value);
}

/** The first query opens the database, so that a failure shows here. */
async function opened(driver: Driver): Promise<Engine> {
  await driver.query('SELECT 1', []);
  return {
    dialect: driver.dialect,
    query: async (sql, params) => {
      const { rows } = await driver.query(sql, params);
      return rows.map((row) => row.map(isoTime));
    },
    close: () => driver.close(),
  };
}

const timeText = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:Z|\+00)?$/;

/** Text that is a time in the form of the drivers; anything else as it is. */
export function isoTime(value: unknown): unknown {
  const found = typeof value === 'string' ? timeText.exec(value) : null;
  if (!found) return value;
  const [, date, time, fraction = ''] = found;
  return `${date}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}`;
}
