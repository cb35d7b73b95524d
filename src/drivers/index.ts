export { createDuckDbDriver } from './duckdb.ts';
export type { DuckDbOptions } from './duckdb-settings.ts';
export { createSqliteDriver } from './sqlite.ts';
export type { SqliteOptions } from './sqlite.ts';
export { createPostgresDriver } from './postgres.ts';
export { createMysqlDriver } from './mysql.ts';
export type { MysqlOptions } from './mysql.ts';
export type { ServerConnection, ServerDriverOptions } from './knex-pool.ts';
export { DriverError } from './driver-error.ts';
export type { DriverErrorCode } from './driver-error.ts';
export { toObjects } from './to-objects.ts';
export type {
  ColumnType,
  Driver,
  QueryOptions,
  QueryResult,
  ResultColumn,
  Value,
} from './driver.ts';
export type { ParameterValue } from '../sql/ast.ts';
export type { DialectName } from '../sql/dialects/dialect.ts';
