import { assertNever, InternalError } from '../core/invariant.ts';
import type { MemberPath } from '../core/names.ts';
import type { Condition } from '../planner/condition.ts';
import { boundIn, type TimeBound, type TimeForm } from '../planner/time/local-bounds.ts';
import type { Expression, ParameterValue, SqlType } from '../sql/ast.ts';
import type { Dialect } from '../sql/dialects/dialect.ts';
import { escapeLike } from '../sql/escape-like.ts';
import type { Lowering } from './lowering.ts';
import { clockOf, timeFormOf } from './time-form.ts';

/** Longer lists are bound as one parameter, so that no dialect's limit is reached. */
const longList = 1000;

type ListItem = Exclude<ParameterValue, null | readonly unknown[]>;

/**
 * What a member is where a condition stands: its own SQL, that SQL in UTC (for access policies), or the
 * filters of a measure.
 */
export type Resolve = (member: MemberPath, as: 'value' | 'utc' | 'filters') => Expression;

/**
 * A condition of the plan; `resolve` says what its members are where it stands. `form`: of the times
 * that it makes of them, where those are not the members themselves.
 */
export function lowerCondition(
  condition: Condition,
  lowering: Lowering,
  resolve: Resolve,
  form?: TimeForm,
): Expression {
  const { dialect } = lowering;
  switch (condition.kind) {
    case 'and':
    case 'or':
      return {
        kind: 'logical',
        operator: condition.kind,
        items: condition.items.map((item) => lowerCondition(item, lowering, resolve, form)),
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
    case 'compare-instant': {
      const { member, operator, instant } = condition;
      const of = timeFormOf(member, lowering);
      const side = operator.startsWith('>') ? 'from' : 'to';
      return {
        kind: 'comparison',
        operator,
        left: { kind: 'instant', operand: resolve(member, 'value') },
        right: timeBound({ instant, side, of }, form ?? of, lowering),
      };
    }
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

/** The end of a range of time, bound: an instant, or a local time for what is one. */
export function timeBound(bound: TimeBound, form: TimeForm, lowering: Lowering): Expression {
  const text = boundText(bound, form, lowering);
  const source = { kind: 'constant', value: instantText(text, lowering.dialect) } as const;
  return { kind: 'parameter', source, type: typeOfForm[form] };
}

export const typeOfForm = { instant: 'timestamp', local: 'local-timestamp' } as const;

export function boundText(bound: TimeBound, form: TimeForm, lowering: Lowering): string {
  const isPlain = bound.of === 'instant' && form === 'instant';
  return isPlain ? bound.instant : boundIn(form, bound, clockOf(lowering));
}

/** An instant or a local time (`2020-01-03T23:59:59.999`), as the dialect wants it. */
export function instantText(instant: string, dialect: Dialect): string {
  return dialect.traits.timestampFormat === 'iso'
    ? instant
    : instant.replace('T', ' ').replace('Z', '');
}
