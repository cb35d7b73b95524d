import type * as Api from '@duckdb/node-api';
import type { ColumnType, Value } from './driver.ts';
import type { DuckDbApi } from './duckdb-parameters.ts';
import { exactInteger, hexText, timeText } from './exact-values.ts';

/** How the values of a column are read; never called with null. */
export interface ColumnReader {
  readonly type: ColumnType;
  readonly read: (value: Api.DuckDBValue, type: Api.DuckDBType) => Value;
}

export type ColumnReaders = ReadonlyMap<Api.DuckDBTypeId, ColumnReader>;

/** For types without a reader of their own: DuckDB's notation. */
export const textReader: ColumnReader = { type: 'string', read: (value) => String(value) };

/** https://duckdb.org/docs/stable/sql/data_types/overview */
export function columnReaders(api: DuckDbApi): ColumnReaders {
  const id = api.DuckDBTypeId;
  const small: ColumnReader = { type: 'integer', read: Number };
  const large: ColumnReader = {
    type: 'integer',
    read: (value) => exactInteger(BigInt(String(value))),
  };
  const float: ColumnReader = { type: 'number', read: Number };
  const instant = timeReader('time', api);
  const json = jsonReader(api);
  return new Map<Api.DuckDBTypeId, ColumnReader>([
    [id.BOOLEAN, { type: 'boolean', read: (value) => value === true }],
    ...[id.TINYINT, id.SMALLINT, id.INTEGER].map((one) => [one, small] as const),
    ...[id.UTINYINT, id.USMALLINT, id.UINTEGER].map((one) => [one, small] as const),
    ...[id.BIGINT, id.UBIGINT].map((one) => [one, large] as const),
    ...[id.HUGEINT, id.UHUGEINT, id.BIGNUM].map((one) => [one, large] as const),
    ...[id.FLOAT, id.DOUBLE].map((one) => [one, float] as const),
    [id.DECIMAL, { type: 'decimal', read: String }],
    ...[id.TIMESTAMP, id.TIMESTAMP_TZ].map((one) => [one, instant] as const),
    ...[id.TIMESTAMP_S, id.TIMESTAMP_MS, id.TIMESTAMP_NS].map((one) => [one, instant] as const),
    [id.DATE, timeReader('date', api)],
    [id.BLOB, { type: 'binary', read: (value) => readBlob(value, api) }],
    ...[id.LIST, id.ARRAY, id.STRUCT, id.MAP, id.UNION].map((one) => [one, json] as const),
  ]);
}

/** `infinity` and years beyond what a Date holds stay in DuckDB's notation. */
function timeReader(type: 'time' | 'date', api: DuckDbApi): ColumnReader {
  return {
    type,
    read: (value) => {
      const milliseconds = millisecondsOf(value, api);
      return (milliseconds === undefined ? undefined : timeText(milliseconds)) ?? String(value);
    },
  };
}

const secondsOfDay = 86_400;

function millisecondsOf(value: Api.DuckDBValue, api: DuckDbApi): number | undefined {
  if (value instanceof api.DuckDBTimestampValue || value instanceof api.DuckDBTimestampTZValue) {
    return value.isFinite ? floorDivide(value.micros, 1000n) : undefined;
  }
  if (value instanceof api.DuckDBTimestampNanosecondsValue) {
    return value.isFinite ? floorDivide(value.nanos, 1_000_000n) : undefined;
  }
  if (value instanceof api.DuckDBTimestampMillisecondsValue) {
    return value.isFinite ? Number(value.millis) : undefined;
  }
  if (value instanceof api.DuckDBTimestampSecondsValue) {
    return value.isFinite ? Number(value.seconds) * 1000 : undefined;
  }
  if (value instanceof api.DuckDBDateValue) {
    return value.isFinite ? value.days * secondsOfDay * 1000 : undefined;
  }
  return undefined;
}

/** Instants before 1970 are cut towards the past, as later ones are. */
function floorDivide(value: bigint, divisor: bigint): number {
  const remainder = value % divisor;
  return Number((value - (remainder < 0n ? remainder + divisor : remainder)) / divisor);
}

function readBlob(value: Api.DuckDBValue, api: DuckDbApi): string {
  return value instanceof api.DuckDBBlobValue ? hexText(value.bytes) : String(value);
}

function jsonReader(api: DuckDbApi): ColumnReader {
  const convert = api.JsonDuckDBValueConverter;
  return { type: 'json', read: (value, type) => JSON.stringify(convert(value, type, convert)) };
}
