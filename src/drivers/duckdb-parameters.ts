import type * as Api from '@duckdb/node-api';
import { assertNever } from '../core/invariant.ts';
import type { ParameterValue } from '../sql/ast.ts';
import { DriverError } from './driver-error.ts';
import { checkText } from './exact-values.ts';

export type DuckDbApi = typeof Api;

type Scalar = Exclude<ParameterValue, readonly unknown[] | null>;
type ScalarKind = 'text' | 'boolean' | 'int64' | 'int128' | 'float';

const int64 = 1n << 63n;
const int128 = 1n << 127n;

/** Binds every value with a type of its own; none is left to the engine's guess. */
export function bindDuckDbParameters(
  api: DuckDbApi,
  statement: Api.DuckDBPreparedStatement,
  params: readonly ParameterValue[],
): void {
  const { parameterCount } = statement;
  if (parameterCount !== params.length) {
    throw new DriverError(
      'driver/invalid-parameter',
      `the statement has ${parameterCount} placeholders, and ${params.length} values were given`,
    );
  }
  params.forEach((value, index) => {
    if (value === null) return statement.bindNull(index + 1);
    const items = typeof value === 'object' ? value : [value];
    const kind = commonKind(items, index);
    const held = items.map((item) => hold(item, kind, index));
    const type = typeOfKind(api, kind);
    if (typeof value === 'object') statement.bindList(index + 1, held, api.LIST(type));
    else statement.bindValue(index + 1, held[0]!, type);
  });
}

/** The one kind that holds every item exactly; text where they are not all numbers. */
function commonKind(items: readonly Scalar[], index: number): ScalarKind {
  const kinds = new Set(items.map((item) => kindOf(item, index)));
  const [first] = kinds;
  if (first === undefined) return 'text';
  if (kinds.size === 1) return first;
  if (kinds.has('text') || kinds.has('boolean')) return 'text';
  if (!kinds.has('float')) return 'int128';
  if (items.every((item) => typeof item !== 'bigint' || Number.isSafeInteger(Number(item)))) {
    return 'float';
  }
  throw new DriverError(
    'driver/invalid-parameter',
    `parameter ${index + 1} is a list of fractions and of integers beyond 2^53, which no type holds exactly`,
  );
}

function kindOf(value: Scalar, index: number): ScalarKind {
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'boolean':
      return 'boolean';
    case 'number':
      return Number.isSafeInteger(value) ? 'int64' : 'float';
    case 'bigint':
      if (value >= -int64 && value < int64) return 'int64';
      if (value >= -int128 && value < int128) return 'int128';
  }
  throw new DriverError(
    'driver/invalid-parameter',
    `parameter ${index + 1} is not text, a boolean, or a number of at most 128 bits`,
  );
}

function hold(item: Scalar, kind: ScalarKind, index: number): string | number | bigint | boolean {
  switch (kind) {
    case 'text':
      return checkText(String(item), index);
    case 'boolean':
      return item;
    case 'int64':
    case 'int128':
      return BigInt(item);
    case 'float':
      return Number(item);
    default:
      return assertNever(kind);
  }
}

function typeOfKind(api: DuckDbApi, kind: ScalarKind): Api.DuckDBType {
  switch (kind) {
    case 'text':
      return api.VARCHAR;
    case 'boolean':
      return api.BOOLEAN;
    case 'int64':
      return api.BIGINT;
    case 'int128':
      return api.HUGEINT;
    case 'float':
      return api.DOUBLE;
    default:
      return assertNever(kind);
  }
}
