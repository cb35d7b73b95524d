import { assertNever } from '../core/invariant.ts';
import type { MemberPath } from '../core/names.ts';
import { say, word } from '../core/told.ts';
import type { DimensionType } from '../model/model.ts';
import type { ParameterValue } from '../sql/ast.ts';
import { constantFor } from './filter-values.ts';
import type { Condition } from './condition.ts';
import type { QueryReader } from './query-reader.ts';
import type { FilterOperator, RequestedLeaf } from './request.ts';
import { isRangeProblem, readDateRange, type InstantRange } from './time/date-range.ts';
import type { DateSetting } from './time/date-text.ts';

const dateOperators: readonly FilterOperator[] = [
  'inDateRange',
  'notInDateRange',
  'onTheDate',
  'beforeDate',
  'beforeOrOnDate',
  'afterDate',
  'afterOrOnDate',
];

const searches = {
  contains: { position: 'anywhere', negated: false },
  notContains: { position: 'anywhere', negated: true },
  startsWith: { position: 'start', negated: false },
  notStartsWith: { position: 'start', negated: true },
  endsWith: { position: 'end', negated: false },
  notEndsWith: { position: 'end', negated: true },
} as const;

export function isOperatorFor(operator: FilterOperator, type: DimensionType): boolean {
  if (operator === 'measureFilter') return false;
  if (dateOperators.includes(operator)) return type === 'time';
  if (operator in searches) return type === 'string' || type === 'geo';
  if (['gt', 'gte', 'lt', 'lte'].includes(operator)) return type !== 'boolean' && type !== 'geo';
  return true;
}

export interface LeafContext {
  readonly reader: QueryReader;
  readonly dates: DateSetting;
}

export interface PlannedLeaf {
  readonly condition: Condition;
  /** Whether its meaning changes as time passes. */
  readonly relative: boolean;
}

/** One filter as a condition; null after reporting. SQL's nulls are spelt out here. */
export function planLeaf(
  leaf: RequestedLeaf,
  member: MemberPath,
  type: DimensionType,
  context: LeafContext,
): PlannedLeaf | null {
  const { operator } = leaf;
  if (operator === 'set' || operator === 'notSet') {
    return fixed({ kind: 'null-test', member, negated: operator === 'set' });
  }
  if (type === 'time' || operator in searches) {
    context.reader.budget.spend('comparisons', leaf.values.length, `${leaf.place}.values`);
  }
  if (type === 'time') return planTime(leaf, member, context);
  const values = leaf.values.map((value, index) =>
    value === null
      ? null
      : constantFor(value, type, `${leaf.place}.values[${index}]`, context.reader),
  );
  if (values.includes(undefined)) return null;
  const known = values.filter(
    (value): value is Exclude<ParameterValue, null> => value !== null && value !== undefined,
  );
  const hasNull = leaf.values.includes(null);
  switch (operator) {
    case 'equals':
    case 'in':
      return fixed(orNull(member, among(member, known, false), false, hasNull));
    case 'notEquals':
    case 'notIn':
      return fixed(orNull(member, among(member, known, true), true, hasNull));
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return planComparison(leaf, operator, member, known[0], context.reader);
    default:
      return planSearch(leaf, operator as keyof typeof searches, member, known);
  }
}

const symbols = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

function planComparison(
  leaf: RequestedLeaf,
  operator: keyof typeof symbols,
  member: MemberPath,
  value: ParameterValue | undefined,
  reader: QueryReader,
): PlannedLeaf | null {
  if (value === undefined) return nullRefused(leaf, reader);
  return fixed({ kind: 'compare', member, operator: symbols[operator], value });
}

function planSearch(
  leaf: RequestedLeaf,
  operator: keyof typeof searches,
  member: MemberPath,
  values: readonly ParameterValue[],
): PlannedLeaf {
  const { position, negated } = searches[operator];
  const items = values.map((value): Condition => ({
    kind: 'contains',
    member,
    value: String(value),
    position,
    negated,
  }));
  const hasNull = values.length !== leaf.values.length;
  const found: Condition = { kind: negated ? 'and' : 'or', items };
  return fixed(orNull(member, items.length === 0 ? null : found, negated, hasNull));
}

/**
 * Null is one more value that a filter can name. What has no value differs from every other, as users
 * expect and SQL does not. `found`: what is asked of the values beside null; null: nothing.
 */
function orNull(
  member: MemberPath,
  found: Condition | null,
  negated: boolean,
  hasNull: boolean,
): Condition {
  const nullTest: Condition = { kind: 'null-test', member, negated: negated && hasNull };
  if (found === null) return nullTest;
  // A negated comparison holds for no null by itself; the other way round neither.
  if (negated !== hasNull) return { kind: 'or', items: [found, nullTest] };
  return negated ? { kind: 'and', items: [found, nullTest] } : found;
}

function nullRefused(leaf: RequestedLeaf, reader: QueryReader): null {
  const message = say`${word(leaf.operator)} cannot compare with null; use set or notSet`;
  reader.report('query/bad-values', `${leaf.place}.values`, message);
  return null;
}

/** null: there are no values. */
function among(
  member: MemberPath,
  values: readonly ParameterValue[],
  negated: boolean,
): Condition | null {
  return values.length === 0 ? null : { kind: 'in', member, values, negated };
}

function planTime(
  leaf: RequestedLeaf,
  member: MemberPath,
  context: LeafContext,
): PlannedLeaf | null {
  const { operator, place } = leaf;
  const isEquality = ['equals', 'in', 'notEquals', 'notIn'].includes(operator);
  const hasNull = leaf.values.includes(null);
  if (hasNull && !isEquality) return nullRefused(leaf, context.reader);
  if (operator === 'inDateRange' || operator === 'notInDateRange') {
    const [from, to] = leaf.values as readonly [string, string?];
    const range = readRange(to === undefined ? from : [from, to], `${place}.values`, context);
    return range && timeIn(member, [range], operator === 'notInDateRange', false);
  }
  const ranges = leaf.values.flatMap((value, index) =>
    value === null ? [] : [readRange(value, `${place}.values[${index}]`, context)],
  );
  const read = ranges.filter((range) => range !== null);
  if (read.length < ranges.length) return null;
  if (isEquality || operator === 'onTheDate') {
    return timeIn(member, read, operator === 'notEquals' || operator === 'notIn', hasNull);
  }
  const [first] = read;
  if (!first) return null;
  return { condition: timeCompare(member, operator, first), relative: first.relative };
}

function timeCompare(member: MemberPath, operator: FilterOperator, range: InstantRange): Condition {
  const at = (symbol: '<' | '<=' | '>' | '>=', instant: string): Condition => ({
    kind: 'compare-instant',
    member,
    operator: symbol,
    instant,
  });
  switch (operator) {
    case 'beforeDate':
    case 'lt':
      return at('<', range.from);
    case 'beforeOrOnDate':
    case 'lte':
      return at(range.includesEnd ? '<=' : '<', range.to);
    case 'afterDate':
    case 'gt':
      return at(range.includesEnd ? '>' : '>=', range.to);
    default:
      return at('>=', range.from);
  }
}

function timeIn(
  member: MemberPath,
  ranges: readonly InstantRange[],
  negated: boolean,
  hasNull: boolean,
): PlannedLeaf {
  const relative = ranges.some((range) => range.relative);
  const items = ranges.map((range): Condition =>
    negated
      ? {
          kind: 'or',
          items: [timeCompare(member, 'lt', range), timeCompare(member, 'gt', range)],
        }
      : withinRange(member, range),
  );
  const found: Condition = { kind: negated ? 'and' : 'or', items };
  const condition = orNull(member, items.length === 0 ? null : found, negated, hasNull);
  return { condition, relative };
}

/** `member` lies in a range, both ends as the range says. */
export function withinRange(member: MemberPath, range: InstantRange): Condition {
  return {
    kind: 'and',
    items: [timeCompare(member, 'gte', range), timeCompare(member, 'lte', range)],
  };
}

/** Reads a date range of a query; null after reporting. */
export function readRange(
  value: unknown,
  path: string,
  { reader, dates }: LeafContext,
): InstantRange | null {
  const isPair = Array.isArray(value) && value.every((item) => typeof item === 'string');
  const text = typeof value === 'string' || isPair ? (value as string | [string, string]) : '';
  const range = readDateRange(text, dates);
  if (!isRangeProblem(range)) return range;
  switch (range.kind) {
    case 'reversed':
      reader.report('query/bad-date-range', path, 'the range ends before it begins');
      return null;
    case 'unreadable':
      reader.report(
        'query/bad-date',
        path,
        say`${reader.show(range.text === '' ? value : range.text)} is not a date; write '2024-01-31', '2024-01-31T12:00:00', 'today', 'last 7 days' or 'from 3 days ago to now'`,
      );
      return null;
    default:
      return assertNever(range);
  }
}

function fixed(condition: Condition): PlannedLeaf {
  return { condition, relative: false };
}
