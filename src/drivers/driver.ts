import type { ParameterValue } from '../sql/ast.ts';
import type { DialectName } from '../sql/dialects/dialect.ts';

/**
 * A connection to one database, for any number of concurrent callers. A statement is executed
 * prepared, and only if it is a single query that reads.
 */
export interface Driver {
  /** The dialect in which statements for this driver must be written. */
  readonly dialect: DialectName;
  /**
   * @param sql One statement, without a final semicolon.
   * @param params One value for each placeholder, in the order of their numbers.
   * @throws DriverError
   */
  query(
    sql: string,
    params: readonly ParameterValue[],
    options?: QueryOptions,
  ): Promise<QueryResult>;
  /** Waits for the queries under way, then closes. Any number of times. */
  close(): Promise<void>;
}

export interface QueryOptions {
  /** Rejects the call at once; the database's work is interrupted where the engine can. */
  readonly signal?: AbortSignal;
}

/** Rows are arrays, in the order of `columns`: a column may be called `__proto__`, or like another. */
export interface QueryResult {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly Value[])[];
}

export interface ResultColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/**
 * What a column's values are, besides null. No integer or decimal is ever rounded.
 *
 * - `integer`: a number where that is exact (up to 2^53 - 1), else a bigint
 * - `number`: a floating-point number of the database, as a number
 * - `decimal`: text in plain notation, with the digits of the column's scale: `1.50`
 * - `time`: `YYYY-MM-DDTHH:mm:ss.SSS`, UTC; finer fractions are cut off
 * - `date`: the same, at midnight
 * - `boolean`: true or false
 * - `json`: JSON text, for lists, structures and maps
 * - `binary`: bytes as lowercase hexadecimal text
 * - `string`: text, and everything else in the database's own notation
 */
export type ColumnType =
  'integer' | 'number' | 'decimal' | 'string' | 'boolean' | 'time' | 'date' | 'json' | 'binary';

export type Value = string | number | bigint | boolean | null;
