import { includes, instantsOf, type Clock, type Instants } from './date-ranges.ts';
import type { WorldFilter } from './world.ts';

export type Value = string | number | null;
/** SQL's third truth value is `null`. */
export type Truth = boolean | null;

export function membersIn(filter: WorldFilter): string[] {
  if ('and' in filter) return filter.and.flatMap(membersIn);
  return 'or' in filter ? filter.or.flatMap(membersIn) : [filter.member];
}

/** A group without conditions is no condition, wherever it stands. */
export function isEmpty(filter: WorldFilter): boolean {
  return membersIn(filter).length === 0;
}

export function holds(
  filter: WorldFilter,
  valueOf: (member: string) => Value,
  clock: Clock = { zone: 'UTC', now: 0 },
): Truth {
  const inGroup = (items: readonly WorldFilter[]): Truth[] =>
    items.filter((item) => !isEmpty(item)).map((item) => holds(item, valueOf, clock));
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
    default:
      return holdsInTime(filter, value, clock);
  }
}

function holdsInTime(
  { operator, values }: Extract<WorldFilter, { readonly member: string }>,
  value: Value,
  clock: Clock,
): Truth {
  const [first, last] = values as readonly [string, string?];
  const range = instantsOf(last === undefined ? first : [first, last], clock)!;
  if (value === null) return operator === 'notInDateRange' ? true : null;
  const instant = instantIn(value);
  switch (operator) {
    case 'inDateRange':
      return includes(range, instant);
    case 'notInDateRange':
      return !includes(range, instant);
    case 'beforeDate':
      return instant < range.from;
    default:
      return instant >= range.from;
  }
}

/** Of a time in the rows. */
export function instantIn(value: Value): number {
  return Date.parse(`${value as string}Z`);
}

export function isIn(value: Value, range: Instants): Truth {
  return value === null ? null : includes(range, instantIn(value));
}

export function present<T>(values: readonly (T | null)[]): T[] {
  return values.filter((value) => value !== null);
}

export function sum(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((total, value) => total + value, 0);
}
