import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api';
import type { ParameterValue } from '../sql/ast.ts';
import { DriverError } from './driver-error.ts';
import type { QueryResult } from './driver.ts';
import { textReader, type ColumnReaders } from './duckdb-columns.ts';
import { bindDuckDbParameters, type DuckDbApi } from './duckdb-parameters.ts';
import { refuseIfAborted } from './interruptible.ts';

/** Executes one statement in a transaction, which the caller rolls back. */
export async function runDuckDbQuery(
  connection: DuckDBConnection,
  { api, readers }: { readonly api: DuckDbApi; readonly readers: ColumnReaders },
  sql: string,
  params: readonly ParameterValue[],
  signal: AbortSignal | undefined,
): Promise<QueryResult> {
  try {
    await connection.run('BEGIN TRANSACTION READ ONLY');
    const statements = await connection.extractStatements(sql);
    if (statements.count !== 1) throw refused('one statement is needed, without a second after it');
    const statement = await statements.prepare(0);
    try {
      if (statement.statementType !== api.StatementType.SELECT) {
        throw refused('only statements that read are executed');
      }
      bindDuckDbParameters(api, statement, params);
      refuseIfAborted(signal);
      return await readRows(statement, readers);
    } finally {
      statement.destroySync();
    }
  } catch (error) {
    if (error instanceof DriverError) throw error;
    throw new DriverError('driver/query-failed', 'DuckDB could not execute the statement', error);
  }
}

async function readRows(
  statement: DuckDBPreparedStatement,
  readers: ColumnReaders,
): Promise<QueryResult> {
  const result = await statement.run();
  const types = result.columnTypes();
  const columns = types.map((type) => readers.get(type.typeId) ?? textReader);
  const names = result.columnNames();
  const rows = (await result.getRows()).map((row) =>
    row.map((value, index) => (value === null ? null : columns[index]!.read(value, types[index]!))),
  );
  return { columns: columns.map(({ type }, index) => ({ name: names[index]!, type })), rows };
}

/** Whether the connection is clean again; one that is not is closed. */
export async function rollBack(connection: DuckDBConnection): Promise<boolean> {
  try {
    await connection.run('ROLLBACK');
    return true;
  } catch {
    connection.closeSync();
    return false;
  }
}

/**
 * Whether the engine found a fault in itself: every later query on that instance would fail.
 * https://duckdb.org/docs/stable/dev/internal_errors
 */
export function isEngineFault(error: unknown): boolean {
  if (!(error instanceof DriverError) || !(error.cause instanceof Error)) return false;
  return /^(?:INTERNAL|FATAL) Error:/.test(error.cause.message);
}

function refused(message: string): DriverError {
  return new DriverError('driver/refused-statement', message);
}
