import type { WorldFilter } from './world.ts';

export type Value = string | number | null;
/** SQL's third truth value is `null`. */
type Truth = boolean | null;

export function membersIn(filter: WorldFilter): string[] {
  if ('and' in filter) return filter.and.flatMap(membersIn);
  return 'or' in filter ? filter.or.flatMap(membersIn) : [filter.member];
}

/** A group without conditions is no condition, wherever it stands. */
export function isEmpty(filter: WorldFilter): boolean {
  return membersIn(filter).length === 0;
}

export function holds(filter: WorldFilter, valueOf: (member: string) => Value): Truth {
  const inGroup = (items: readonly WorldFilter[]): Truth[] =>
    items.filter((item) => !isEmpty(item)).map((item) => holds(item, valueOf));
  if ('and' in filter) {
    const items = inGroup(filter.and);
    return items.includes(false) ? false : items.includes(null) ? null : true;
  }
  if ('or' in filter) {
    const items = inGroup(filter.or);
    return items.includes(true) ? true : items.includes(null) ? null : items.length === 0;
  }
  const value = valueOf(filter.member);
  const wanted = present(filter.values);
  switch (filter.operator) {
    case 'set':
      return value !== null;
    case 'notSet':
      return value === null;
    case 'equals':
      if (value === null) return filter.values.includes(null) ? true : null;
      return wanted.some((item) => String(item) === String(value));
    case 'notEquals':
      if (value === null) return !filter.values.includes(null);
      return !wanted.some((item) => String(item) === String(value));
    case 'gt':
      return value === null ? null : Number(value) > Number(wanted[0]);
    case 'lte':
      return value === null ? null : Number(value) <= Number(wanted[0]);
  }
}

export function present<T>(values: readonly (T | null)[]): T[] {
  return values.filter((value) => value !== null);
}

export function sum(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((total, value) => total + value, 0);
}

export function truncate(value: Value, granularity: 'day' | 'month' | 'year'): Value {
  if (typeof value !== 'string') return null;
  const length = { day: 10, month: 7, year: 4 }[granularity];
  return `${value.slice(0, length)}${'-01-01'.slice(length === 4 ? 0 : length === 7 ? 3 : 6)}T00:00:00.000`;
}
