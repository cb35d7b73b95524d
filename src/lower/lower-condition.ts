import { assertNever, InternalError } from '../core/invariant.ts';
import type { MemberPath } from '../core/names.ts';
import type { Condition } from '../planner/condition.ts';
import type { Expression, ParameterValue, SqlType } from '../sql/ast.ts';
import type { Dialect } from '../sql/dialects/dialect.ts';
import { escapeLike } from '../sql/escape-like.ts';

/** Longer lists are bound as one parameter, so that no dialect's limit is reached. */
const longList = 1000;

type ListItem = Exclude<ParameterValue, null | readonly unknown[]>;

/** What a member is where a condition stands: its own SQL, or the filters of a measure. */
export type Resolve = (member: MemberPath, as: 'value' | 'filters') => Expression;

/** A condition of the plan; `resolve` says what its members are where it stands. */
export function lowerCondition(
  condition: Condition,
  dialect: Dialect,
  resolve: Resolve,
): Expression {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return {
        kind: 'logical',
        operator: condition.kind,
        items: condition.items.map((item) => lowerCondition(item, dialect, resolve)),
      };
    case 'constant':
      return { kind: 'constant', value: condition.value };
    case 'segment':
      return resolve(condition.member, 'value');
    case 'measure-filters':
      return resolve(condition.member, 'filters');
    case 'null-test':
      return {
        kind: 'null-test',
        operand: resolve(condition.member, 'value'),
        negated: condition.negated,
      };
    case 'in':
      return lowerIn(condition, resolve(condition.member, 'value'), dialect);
    case 'contains':
      return {
        kind: 'contains',
        operand: resolve(condition.member, 'value'),
        needle: constant(escapeLike(condition.value), dialect),
        position: condition.position,
        negated: condition.negated,
      };
    case 'compare':
      return {
        kind: 'comparison',
        operator: condition.operator,
        left: resolve(condition.member, 'value'),
        right: constant(condition.value, dialect),
      };
    case 'compare-instant':
      return {
        kind: 'comparison',
        operator: condition.operator,
        left: { kind: 'instant', operand: resolve(condition.member, 'value') },
        right: instant(condition.instant, dialect),
      };
    case 'policy':
      throw new InternalError(`the policy of ${condition.view} stands inside another condition`);
    default:
      return assertNever(condition);
  }
}

function lowerIn(
  condition: Extract<Condition, { kind: 'in' }>,
  operand: Expression,
  dialect: Dialect,
): Expression {
  const { values, negated } = condition;
  if (values.length > longList) {
    const items = values.filter(
      (value): value is ListItem => value !== null && typeof value !== 'object',
    );
    return { kind: 'bound-list', operand, negated, source: { kind: 'constant', value: items } };
  }
  if (values.length === 1) {
    const operator = negated ? '<>' : '=';
    return { kind: 'comparison', operator, left: operand, right: constant(values[0]!, dialect) };
  }
  return { kind: 'in', operand, items: values.map((value) => constant(value, dialect)), negated };
}

/** A value of the query, bound. */
export function constant(value: ParameterValue, dialect: Dialect): Expression {
  const type = dialect.traits.inferredParameters ? wideType(value) : undefined;
  return { kind: 'parameter', source: { kind: 'constant', value }, ...(type && { type }) };
}

const largestInteger = 2_147_483_647;
const largestLong = 9_223_372_036_854_775_807n;

/** The type that a number needs when it fits no 32-bit integer, which its column may be. */
function wideType(value: ParameterValue): SqlType | undefined {
  if (typeof value === 'number') {
    if (!Number.isInteger(value)) return 'number';
    return Math.abs(value) > largestInteger ? 'integer' : undefined;
  }
  if (typeof value !== 'bigint') return undefined;
  return value > largestLong || value < -largestLong ? 'number' : 'integer';
}

/** An instant (`2020-01-03T23:59:59.999Z`), bound. */
export function instant(text: string, dialect: Dialect): Expression {
  const source = { kind: 'constant', value: instantText(text, dialect) } as const;
  return { kind: 'parameter', source, type: 'timestamp' };
}

/** As the dialect wants it. */
export function instantText(instant: string, dialect: Dialect): string {
  return dialect.traits.timestampFormat === 'iso'
    ? instant
    : instant.replace('T', ' ').replace('Z', '');
}
