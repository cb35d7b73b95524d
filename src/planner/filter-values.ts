import { say } from '../core/told.ts';
import type { DimensionType } from '../model/model.ts';
import type { ParameterValue } from '../sql/ast.ts';
import type { QueryReader } from './query-reader.ts';
import type { FilterValue } from './request.ts';

const integer = /^[+-]?\d{1,30}$/;
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i;

/**
 * A filter's value in the type of its member, since not every database converts: sqlite finds no
 * number equal to a text. undefined after reporting.
 */
export function constantFor(
  value: Exclude<FilterValue, null>,
  type: DimensionType,
  path: string,
  reader: QueryReader,
): Exclude<ParameterValue, null> | undefined {
  switch (type) {
    case 'number': {
      const number = toNumber(value);
      if (number === undefined) {
        reader.report('query/bad-values', path, say`${reader.show(value)} is not a number`);
      }
      return number;
    }
    case 'boolean': {
      const boolean = toBoolean(value);
      if (boolean === undefined) {
        reader.report('query/bad-values', path, say`${reader.show(value)} is not true or false`);
      }
      return boolean;
    }
    default:
      return String(value);
  }
}

/** Integers stay exact at any size. */
function toNumber(value: Exclude<FilterValue, null>): number | bigint | undefined {
  if (typeof value === 'number') return value === 0 ? 0 : value;
  if (typeof value !== 'string') return typeof value === 'bigint' ? value : undefined;
  const text = value.trim();
  if (text.length > 400) return undefined;
  if (integer.test(text)) {
    const exact = BigInt(text.replace('+', ''));
    return BigInt.asIntN(53, exact) === exact ? Number(exact) : exact;
  }
  if (!decimal.test(text)) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}

const booleans = new Map<unknown, boolean>([
  [true, true],
  [false, false],
  ['true', true],
  ['false', false],
  ['1', true],
  ['0', false],
  [1, true],
  [0, false],
]);

function toBoolean(value: Exclude<FilterValue, null>): boolean | undefined {
  return booleans.get(typeof value === 'string' ? value.trim().toLowerCase() : value);
}
