import { shopColumns, shopRows } from '../../support/shop-rows.ts';

/**
 * What a query over the shop's cube means, by nested loops over the rows in memory. Shares nothing
 * with the planner: an independent reading of the same definitions.
 */
export type Row = Readonly<Record<string, unknown>>;

const names = Object.keys(shopColumns);
export const orders: readonly Row[] = shopRows.map((row) =>
  Object.fromEntries(names.map((name, index) => [name, row[index]])),
);

export interface NaiveQuery {
  readonly measures: readonly string[];
  readonly dimensions: readonly string[];
  readonly segments: readonly string[];
  readonly filters: readonly NaiveFilter[];
}

export type NaiveFilter =
  | { readonly member: string; readonly operator: string; readonly values?: readonly unknown[] }
  | { readonly and: readonly NaiveFilter[] }
  | { readonly or: readonly NaiveFilter[] };

/** SQL's third truth value is `null`. */
type Truth = boolean | null;

const dimensions: Readonly<Record<string, (row: Row) => unknown>> = {
  id: (row) => row['id'],
  userId: (row) => row['user_id'],
  status: (row) => row['status'],
  paid: (row) => row['paid'],
  amount: (row) => row['amount'],
  note: (row) => row['note'],
  band: (row) => {
    const amount = row['amount'] as number | null;
    if (amount !== null && amount >= 100) return 'large';
    return amount !== null && amount >= 20 ? "the customer's middle" : 'small';
  },
};

const segments: Readonly<Record<string, (row: Row) => Truth>> = {
  open: (row) => (row['status'] === null ? null : row['status'] !== 'closed'),
  large: (row) =>
    or([compare(row['amount'], 50, (a, b) => a > b), compare(row['discount'], 5, (a, b) => a > b)]),
};

const measures: Readonly<Record<string, (rows: readonly Row[]) => number | null>> = {
  count: (rows) => rows.length,
  users: (rows) => new Set(present(rows, 'user_id')).size,
  revenue: (rows) => sum(present(rows, 'amount')),
  netRevenue: (rows) =>
    sum(
      rows
        .filter((row) => row['amount'] !== null && row['discount'] !== null)
        .map((row) => (row['amount'] as number) - (row['discount'] as number)),
    ),
  averageAmount: (rows) => {
    const values = present(rows, 'amount');
    return values.length === 0 ? null : sum(values)! / values.length;
  },
  smallest: (rows) => extreme(present(rows, 'amount'), Math.min),
  largest: (rows) => extreme(present(rows, 'amount'), Math.max),
  paidRevenue: (rows) => sum(present(rows.filter(isPaid), 'amount')),
  bigPaidCount: (rows) => rows.filter((row) => isPaid(row) && segments['large']!(row)).length,
};

export const measureNames = Object.keys(measures);
export const dimensionNames = Object.keys(dimensions);
export const segmentNames = Object.keys(segments);

/** What a user sees in the place of a member. */
export interface Masks {
  readonly dimension: (name: string, row: Row, value: unknown) => unknown;
  /** Undefined: the measure itself. */
  readonly measure: (name: string, rows: readonly Row[]) => number | null | undefined;
}

const noMasks: Masks = { dimension: (_name, _row, value) => value, measure: () => undefined };

/** `visible`: which rows this user may see. One array a result row, dimensions before measures. */
export function evaluateNaively(
  query: NaiveQuery,
  visible: (row: Row) => boolean,
  masks: Masks = noMasks,
): unknown[][] {
  const valueOf = (name: string, row: Row): unknown =>
    masks.dimension(name, row, dimensions[name]!(row));
  const rows = orders.filter(
    (row) =>
      visible(row) &&
      query.segments.every((name) => segments[name]!(row) === true) &&
      query.filters.every((filter) => holds(filter, row, valueOf) === true),
  );
  const groups = new Map<string, Row[]>();
  if (query.dimensions.length === 0) groups.set('', []);
  for (const row of rows) {
    const key = JSON.stringify(query.dimensions.map((name) => valueOf(name, row)));
    const group = groups.get(query.dimensions.length === 0 ? '' : key) ?? [];
    group.push(row);
    groups.set(query.dimensions.length === 0 ? '' : key, group);
  }
  return [...groups.values()].map((group) => [
    ...query.dimensions.map((name) => valueOf(name, group[0]!)),
    ...query.measures.map((name) => {
      const mask = masks.measure(name, group);
      return mask === undefined ? measures[name]!(group) : mask;
    }),
  ]);
}

/** A group without conditions is no condition, wherever it stands. */
function isEmpty(filter: NaiveFilter): boolean {
  if ('and' in filter) return filter.and.every(isEmpty);
  return 'or' in filter && filter.or.every(isEmpty);
}

function holds(filter: NaiveFilter, row: Row, valueOf: (name: string, row: Row) => unknown): Truth {
  if (isEmpty(filter)) return true;
  const inGroup = (items: readonly NaiveFilter[]): Truth[] =>
    items.filter((item) => !isEmpty(item)).map((item) => holds(item, row, valueOf));
  if ('and' in filter) return and(inGroup(filter.and));
  if ('or' in filter) return or(inGroup(filter.or));
  const value = valueOf(filter.member.split('.')[1]!, row);
  const values = filter.values ?? [];
  const wanted = values.filter((item) => item !== null);
  switch (filter.operator) {
    case 'set':
      return value !== null;
    case 'notSet':
      return value === null;
    case 'equals':
      return or([
        value === null ? values.includes(null) : wanted.some((item) => same(item, value)),
      ]);
    case 'notEquals':
      if (value === null) return !values.includes(null);
      return !wanted.some((item) => same(item, value));
    case 'gt':
      return compare(value, values[0], (a, b) => a > b);
    case 'lte':
      return compare(value, values[0], (a, b) => a <= b);
    case 'contains':
      return value === null ? null : wanted.some((item) => includes(value, item));
    case 'notContains':
      return value === null ? true : !wanted.some((item) => includes(value, item));
    default:
      throw new Error(`the naive evaluator lacks ${filter.operator}`);
  }
}

function same(wanted: unknown, value: unknown): boolean {
  return String(wanted) === String(value);
}

function includes(value: unknown, part: unknown): boolean {
  return String(value).toLowerCase().includes(String(part).toLowerCase());
}

function compare(left: unknown, right: unknown, test: (a: number, b: number) => boolean): Truth {
  return left === null || right === null ? null : test(Number(left), Number(right));
}

function and(items: readonly Truth[]): Truth {
  return items.includes(false) ? false : items.includes(null) ? null : true;
}

function or(items: readonly Truth[]): Truth {
  return items.includes(true) ? true : items.includes(null) ? null : false;
}

function isPaid(row: Row): boolean {
  return row['paid'] === true;
}

function present(rows: readonly Row[], column: string): number[] {
  return rows.map((row) => row[column] as number | null).filter((value) => value !== null);
}

function sum(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((total, value) => total + value, 0);
}

function extreme(values: readonly number[], pick: (...values: number[]) => number): number | null {
  return values.length === 0 ? null : pick(...values);
}
