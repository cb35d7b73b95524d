import { join, own, sql, type PrintedText } from '../printed.ts';
import type { DialectFunctions, Printed } from './dialect.ts';

/** Functions that every dialect so far writes alike. */
export const standardCalls = {
  lower: (args: readonly Printed[]): PrintedText => sql`lower(${join(args, ', ')})`,
  coalesce: (args: readonly Printed[]): PrintedText => sql`coalesce(${join(args, ', ')})`,
  nullif: (args: readonly Printed[]): PrintedText => sql`nullif(${join(args, ', ')})`,
};

/** `||` gives null when a part is null. */
export function concatenate(args: readonly Printed[]): PrintedText {
  const parts = args.map((part) => sql`(${part})`);
  return sql`(${join(parts, ' || ')})`;
}

export function countDistinct(operand: Printed): PrintedText {
  return sql`count(distinct ${operand})`;
}

export const plainAggregates = {
  count: (operand: Printed) => sql`count(${operand})`,
  'count-distinct': countDistinct,
  sum: (operand: Printed) => sql`sum(${operand})`,
  avg: (operand: Printed) => sql`avg(${operand})`,
  min: (operand: Printed) => sql`min(${operand})`,
  max: (operand: Printed) => sql`max(${operand})`,
} satisfies Partial<DialectFunctions['aggregate']>;

type Position = 'anywhere' | 'start' | 'end';

/** A LIKE pattern around a bound text, joined with `||`. */
export function searchPattern(needle: Printed, position: Position): PrintedText {
  const before = position === 'start' ? [] : [own("'%'")];
  const after = position === 'end' ? [] : [own("'%'")];
  return join([...before, needle, ...after], ' || ');
}

type Offsets = Parameters<DialectFunctions['localTime']>[2];

/**
 * What a zone adds to UTC, from a table of offsets: one value, or a CASE over the instants at which
 * it changes. `before` compares with an instant in the form `2020-03-29 01:00:00.000`.
 */
export function offsetByInstant(
  offsets: Offsets,
  value: (minutes: number) => string,
  before: (instant: string) => Printed,
): PrintedText {
  const [first] = offsets;
  if (offsets.length <= 1) return own(value(first?.minutes ?? 0));
  const branches = offsets.map(({ until, minutes }) =>
    until === null
      ? own(`ELSE ${value(minutes)}`)
      : sql`WHEN ${before(until.replace('T', ' ').replace('Z', ''))} THEN ${own(value(minutes))}`,
  );
  return sql`CASE ${join(branches, ' ')} END`;
}

export function isUtc(offsets: Offsets): boolean {
  return offsets.every((offset) => offset.minutes === 0);
}

/** Months since the year 0, January being 1. */
export function monthNumber(origin: string): number {
  return Number(origin.slice(0, 4)) * 12 + Number(origin.slice(5, 7));
}

/** What `operand` lacks to a multiple of `every` below it, where division cuts off towards zero. */
export function remainder(operand: Printed, origin: number, every: number): PrintedText {
  const rest = sql`(${operand} - ${own(String(origin))}) % ${own(String(every))}`;
  return sql`((${rest} + ${own(String(every))}) % ${own(String(every))})`;
}
