import type { Dialect, DialectName } from './dialect.ts';
import { duckdb } from './duckdb.ts';
import { mariadb } from './mariadb.ts';
import { mysql } from './mysql.ts';
import { postgres } from './postgres.ts';
import { sqlite } from './sqlite.ts';

/** The one list of dialects. */
export const dialects: ReadonlyMap<DialectName, Dialect> = new Map(
  [postgres, mysql, mariadb, sqlite, duckdb].map((dialect) => [dialect.name, dialect]),
);

export function findDialect(name: string): Dialect | undefined {
  return (dialects as ReadonlyMap<string, Dialect>).get(name);
}
