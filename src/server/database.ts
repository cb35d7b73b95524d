import {
  createDuckDbDriver,
  createMysqlDriver,
  createPostgresDriver,
  createSqliteDriver,
} from '../drivers/index.ts';
import type { Driver } from '../drivers/driver.ts';
import { didYouMean } from '../core/suggest.ts';
import type { DialectName } from '../sql/dialects/dialect.ts';
import { environmentFlag, variables, type Environment } from './environment.ts';

/** A database that the environment names. */
export interface Database {
  readonly dialect: DialectName;
  readonly open: () => Driver;
}

const server = ['HOST', 'PORT', 'NAME', 'USER', 'PASS', 'SSL'];
/** What is read of `CUBEJS_DB_*` for each type. */
const variablesOf = new Map([
  ['duckdb', ['DUCKDB_DATABASE_PATH']],
  ['sqlite', ['NAME']],
  ['postgres', server],
  ['mysql', server],
  ['mariadb', server],
]);
const types = [...variablesOf.keys()];

/** `CUBEJS_DB_TYPE` (default duckdb, in memory) and the variables that go with it. */
export function databaseFromEnvironment(
  environment: Environment,
  problems: string[],
): Database | null {
  const type = environment['CUBEJS_DB_TYPE'] || 'duckdb';
  refuseUnread(type, environment, problems);
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

/** A database that is named and not asked would be taken for the one that is. */
function refuseUnread(type: string, environment: Environment, problems: string[]): void {
  const read = variablesOf.get(type)?.map((name) => `CUBEJS_DB_${name}`);
  if (!read) return;
  for (const name of variables) {
    if (!name.startsWith('CUBEJS_DB_') || name === 'CUBEJS_DB_TYPE' || read.includes(name))
      continue;
    if (!environment[name]) continue;
    problems.push(
      `the variable ${name} has no effect when CUBEJS_DB_TYPE is ${type}, its default being duckdb`,
    );
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
    ...(environmentFlag('CUBEJS_DB_SSL', environment, problems) && { ssl: true }),
  };
}
