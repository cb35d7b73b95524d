import { createDuckDbDriver, createSqliteDriver, type Driver } from '../../src/drivers/index.ts';
import type { DialectName, ParameterValue } from '../../src/index.ts';
import { shopColumns, shopRows } from './shop-rows.ts';
import { salesTables } from './sales-rows.ts';
import { staffTables } from './staff-rows.ts';
import { storeTables } from './store-rows.ts';
import { visitTables } from './visit-rows.ts';

/** A database that holds the sample tables. */
export interface Engine {
  readonly dialect: DialectName;
  /** Rows as arrays; times as `YYYY-MM-DDTHH:mm:ss.SSS`, whatever the engine makes of them. */
  query(sql: string, params: readonly ParameterValue[]): Promise<unknown[][]>;
  close(): Promise<void>;
}

type ColumnType = (typeof shopColumns)[keyof typeof shopColumns];
type Cell = string | number | boolean | null;

interface SampleTable {
  readonly name: string;
  readonly columns: Readonly<Record<string, ColumnType>>;
  readonly rows: readonly (readonly Cell[])[];
}

/** The tables over which the cases of `fixtures` are asked. */
export const sampleTables: readonly SampleTable[] = [
  { name: 'orders', columns: shopColumns, rows: shopRows },
  ...Object.entries({ ...storeTables, ...salesTables, ...staffTables, ...visitTables }).map(
    ([name, table]) => ({
      name,
      ...table,
    }),
  ),
];

/** `CREATE TABLE ...` with each type as an engine calls it. */
export function createTable(
  { name, columns }: SampleTable,
  types: Readonly<Record<ColumnType, string>>,
): string {
  const list = Object.entries(columns).map(([column, type]) => `${column} ${types[type]}`);
  return `CREATE TABLE ${name} (${list.join(', ')})`;
}

export function openDuckDb(): Promise<Engine> {
  const types = {
    integer: 'INTEGER',
    string: 'VARCHAR',
    boolean: 'BOOLEAN',
    timestamp: 'TIMESTAMP',
  } as const;
  return opened(createDuckDbDriver({ setup: setup(types) }));
}

export function openSqlite(): Promise<Engine> {
  const types = {
    integer: 'INTEGER',
    string: 'TEXT',
    boolean: 'BOOLEAN',
    timestamp: 'TIMESTAMP',
  } as const;
  return opened(createSqliteDriver({ path: ':memory:', setup: setup(types) }));
}

function setup(types: Readonly<Record<ColumnType, string>>): string[] {
  return sampleTables.flatMap((table) => {
    const rows = table.rows.map((row) => `(${row.map(literal).join(', ')})`);
    return [createTable(table, types), `INSERT INTO ${table.name} VALUES ${rows.join(', ')}`];
  });
}

function literal(value: Cell): string {
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
