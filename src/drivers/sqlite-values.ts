import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { ParameterValue } from '../sql/ast.ts';
import type { ColumnType, Value } from './driver.ts';
import { DriverError } from './driver-error.ts';
import { checkText, exactInteger, hexText } from './exact-values.ts';

const int64 = 1n << 63n;

/**
 * Integers are bound as integers: node:sqlite would bind 42 as 42.0, whose text is `42.0`. Booleans
 * become 1 and 0, since SQLite has none.
 */
export function toSqliteParameter(value: ParameterValue, index: number): SQLInputValue {
  switch (typeof value) {
    case 'string':
      return checkText(value, index);
    case 'number':
      return Number.isSafeInteger(value) ? BigInt(value) : value;
    case 'bigint':
      if (value >= -int64 && value < int64) return value;
      throw refused(index, 'an integer of more than 64 bits');
    case 'boolean':
      return value ? 1n : 0n;
    default:
      if (value === null) return null;
      throw refused(index, 'a list, which is bound as JSON text');
  }
}

function refused(index: number, what: string): DriverError {
  return new DriverError('driver/invalid-parameter', `parameter ${index + 1} is ${what}`);
}

/** A value as it is in SQLite, whatever its column was declared as. */
function fromSqlite(value: SQLOutputValue): Value {
  if (typeof value === 'bigint') return exactInteger(value);
  return value instanceof Uint8Array ? hexText(value) : value;
}

/**
 * SQLite has types for values, not for columns. A declared boolean, time or date holds for a column
 * if every value agrees with it; otherwise the type is the narrowest one that fits all values.
 */
export function columnType(declared: string | null, values: readonly SQLOutputValue[]): ColumnType {
  const present = values.filter((value) => value !== null);
  const name = declared?.toUpperCase() ?? '';
  if (name.startsWith('BOOL') && present.every((value) => value === 0n || value === 1n)) {
    return 'boolean';
  }
  const texts = present.every((value) => typeof value === 'string');
  if (/^(DATETIME|TIMESTAMP)/.test(name) && texts && present.every(isTimeText)) return 'time';
  if (name === 'DATE' && texts && present.every(isTimeText)) return 'date';
  if (texts) return 'string';
  if (present.every((value) => value instanceof Uint8Array)) return 'binary';
  if (present.every((value) => typeof value === 'bigint')) return 'integer';
  if (present.every((value) => typeof value === 'bigint' || typeof value === 'number')) {
    return 'number';
  }
  return 'string';
}

/** How the values of a column of this type are given to the caller. */
export function valueReader(type: ColumnType): (value: SQLOutputValue) => Value {
  switch (type) {
    case 'boolean':
      return (value) => (value === null ? null : value === 1n);
    case 'time':
    case 'date':
      return (value) => (typeof value === 'string' ? isoText(value) : null);
    case 'string':
      return (value) => (value === null ? null : String(fromSqlite(value)));
    default:
      return fromSqlite;
  }
}

/** The forms of https://www.sqlite.org/lang_datefunc.html that hold a date and are in UTC. */
const timeForm = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(?::(\d\d)(?:\.(\d+))?)?Z?)?$/;

function isTimeText(value: SQLOutputValue): boolean {
  return typeof value === 'string' && timeForm.test(value);
}

function isoText(text: string): string {
  const [, date = text, minutes = '00:00', seconds = '00', fraction = ''] =
    timeForm.exec(text) ?? [];
  return `${date}T${minutes}:${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}`;
}
