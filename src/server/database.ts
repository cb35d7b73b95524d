import {
  createDuckDbDriver,
  createMysqlDriver,
  createPostgresDriver,
  createSqliteDriver,
} from '../drivers/index.ts';
import type { Driver } from '../drivers/driver.ts';
import { didYouMean } from '../core/suggest.ts';
import type { DialectName } from '../sql/dialects/dialect.ts';
import type { Environment } from './environment.ts';

/** A database that the environment names. */
export interface Database {
  readonly dialect: DialectName;
  readonly open: () => Driver;
}

const types = ['duckdb', 'sqlite', 'postgres', 'mysql', 'mariadb'];

/** `CUBEJS_DB_TYPE` (default duckdb, in memory) and the variables that go with it. */
export function databaseFromEnvironment(
  environment: Environment,
  problems: string[],
): Database | null {
  const type = environment['CUBEJS_DB_TYPE'] ?? 'duckdb';
  switch (type) {
    case 'duckdb': {
      const path = environment['CUBEJS_DB_DUCKDB_DATABASE_PATH'];
      const options = path === undefined || path === '' ? {} : { path };
      return { dialect: 'duckdb', open: () => createDuckDbDriver(options) };
    }
    case 'sqlite': {
      const path = environment['CUBEJS_DB_NAME'];
      if (path === undefined || path === '')
        problems.push('CUBEJS_DB_NAME must name the file of the sqlite database');
      return { dialect: 'sqlite', open: () => createSqliteDriver({ path: path ?? ':memory:' }) };
    }
    case 'postgres': {
      const connection = serverConnection(environment, problems);
      return { dialect: type, open: () => createPostgresDriver({ connection }) };
    }
    case 'mysql':
    case 'mariadb': {
      const connection = serverConnection(environment, problems);
      return { dialect: type, open: () => createMysqlDriver({ connection, dialect: type }) };
    }
    default: {
      const hint = didYouMean(type, types);
      problems.push(`CUBEJS_DB_TYPE must be one of ${types.join(', ')}${hint ? `; ${hint}` : ''}`);
      return null;
    }
  }
}

function serverConnection(environment: Environment, problems: string[]) {
  const values = {
    host: environment['CUBEJS_DB_HOST'],
    database: environment['CUBEJS_DB_NAME'],
    user: environment['CUBEJS_DB_USER'],
    password: environment['CUBEJS_DB_PASS'],
  };
  for (const [name, value] of Object.entries(values)) {
    if (value?.startsWith('<YOUR_DB_'))
      problems.push(`CUBEJS_DB_* still has its placeholder for ${name}`);
  }
  if (values.host === undefined) problems.push('CUBEJS_DB_HOST must name the database server');
  const port = environment['CUBEJS_DB_PORT'];
  const number = port === undefined || port === '' ? undefined : Number(port);
  if (number !== undefined && !(Number.isInteger(number) && number > 0 && number < 65_536)) {
    problems.push('CUBEJS_DB_PORT must be a port');
  }
  const given = Object.entries({ ...values, port: number }).filter(
    ([, value]) => value !== undefined,
  );
  return {
    ...(Object.fromEntries(given) as object),
    ...(environment['CUBEJS_DB_SSL'] === 'true' && { ssl: true }),
  };
}
