import { limitSettings } from '../sandbox/limits.ts';
import { didYouMean } from '../core/suggest.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable that is `true`, or `false` or empty; anything else is a problem. */
export function environmentFlag(
  name: string,
  environment: Environment,
  problems: string[],
): boolean {
  const value = environment[name];
  if (value === undefined || value === '' || value === 'false') return false;
  if (value !== 'true') problems.push(`${name} must be 'true' or 'false'`);
  return true;
}

/** Variables that have an effect. */
export const variables: readonly string[] = [
  'CUBEJS_ALLOW_UNGROUPED_WITHOUT_PRIMARY_KEY',
  'CUBEJS_API_SECRET',
  'CUBEJS_BARRIER',
  'CUBEJS_DB_DUCKDB_DATABASE_PATH',
  'CUBEJS_DB_HOST',
  'CUBEJS_DB_NAME',
  'CUBEJS_DB_PASS',
  'CUBEJS_DB_PORT',
  'CUBEJS_DB_SSL',
  'CUBEJS_DB_TYPE',
  'CUBEJS_DB_USER',
  'CUBEJS_DEV_MODE',
  'CUBEJS_ENABLE_TLS',
  'CUBEJS_HOST',
  'CUBEJS_JWK_URL',
  'CUBEJS_JWT_ALGS',
  'CUBEJS_JWT_AUDIENCE',
  'CUBEJS_JWT_CLAIMS_NAMESPACE',
  'CUBEJS_JWT_CLOCK_TOLERANCE',
  'CUBEJS_JWT_ISSUER',
  'CUBEJS_JWT_KEY',
  'CUBEJS_JWT_REQUIRE_EXPIRY',
  'CUBEJS_JWT_REQUIRE_LONG_SECRET',
  'CUBEJS_JWT_SUBJECT',
  'CUBEJS_LOG_LEVEL',
  'CUBEJS_MISSING_CONTEXT',
  'CUBEJS_SCHEMA_PATH',
  'CUBEJS_TLS_PRIVATE_FULLCHAIN_FILE',
  'CUBEJS_TLS_PRIVATE_KEY_FILE',
  ...Object.values(limitSettings).map(({ variable }) => variable),
];

/** Variables of other products that change no row and let nobody in, whatever they say; and why. */
export const harmlessVariables: Readonly<Record<string, string>> = {
  CUBEJS_TELEMETRY: 'nothing is reported to anybody',
  CUBEJS_APP: 'a name for those reports',
  CUBEJS_CACHE_AND_QUEUE_DRIVER: 'results are kept in this process',
  CUBEJS_CUBESTORE_HOST: 'there is no store beside the database; every query asks the database',
  CUBEJS_CUBESTORE_PORT: 'there is no store beside the database',
  CUBEJS_REDIS_URL: 'results are kept in this process',
  CUBEJS_REDIS_PASSWORD: 'results are kept in this process',
  CUBEJS_REDIS_TLS: 'results are kept in this process',
  CUBEJS_REFRESH_WORKER: 'nothing is built ahead of queries',
  CUBEJS_SCHEDULED_REFRESH_TIMER: 'nothing is built ahead of queries',
  CUBEJS_SCHEDULED_REFRESH_DEFAULT: 'nothing is built ahead of queries',
  CUBEJS_PRE_AGGREGATIONS_SCHEMA: 'nothing is built ahead of queries',
  CUBEJS_PLAYGROUND_AUTH_SECRET: 'there is no playground',
};

/** Every variable that is set, looks as if it configured the server, and has no effect. */
export function refuseUnknownVariables(environment: Environment, problems: string[]): void {
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith('CUBEJS_') || value === undefined || value === '') continue;
    if (variables.includes(name) || Object.hasOwn(harmlessVariables, name)) continue;
    const hint = didYouMean(name, variables) ?? 'take it away';
    problems.push(`the variable ${name} is set and has no effect here; ${hint}`);
  }
}
