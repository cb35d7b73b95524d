import { didYouMean } from '../core/suggest.ts';
import { checkMissingContext } from '../pipeline/options.ts';
import { isTrustworthyUrl, remoteKeySet } from './auth/key-set.ts';
import type { TokenSettings } from './auth/token-verifier.ts';
import { databaseFromEnvironment, type Database } from './database.ts';
import { defaultServerLimits, type ServerLimits, type ServerOptions } from './options.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that is wrong with a server's options and environment, at once. */
export class ServerOptionError extends TypeError {
  override readonly name = 'ServerOptionError';
  readonly code = 'server/invalid-option';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the server cannot start:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** Options and environment, checked and completed. */
export interface ServerSettings {
  readonly options: ServerOptions;
  readonly devMode: boolean;
  readonly schemaPath: string;
  readonly missingContext: 'allow' | 'deny' | 'error';
  readonly barrier: boolean;
  readonly database: Database | null;
  readonly token: TokenSettings;
  readonly basePath: string;
  readonly port: number;
  readonly tlsPort: number;
  readonly enableTls: boolean;
  readonly tlsFiles: { readonly key: string; readonly cert: string } | null;
  readonly limits: ServerLimits;
  /** To be logged at start: allowed, and not advised. */
  readonly warnings: readonly string[];
}

const optionNames = [
  'apiSecret',
  'devMode',
  'schemaPath',
  'missingContext',
  'barrier',
  'driverFactory',
  'dialect',
  'jwt',
  'checkAuth',
  'extendContext',
  'queryRewrite',
  'queryTransformer',
  'contextToAppId',
  'schemaVersion',
  'repositoryFactory',
  'basePath',
  'port',
  'tlsPort',
  'enableTls',
  'redirectHosts',
  'corsOrigins',
  'requestsPerMinute',
  'sandbox',
  'limits',
  'logger',
];

/** @throws ServerOptionError with every problem. */
export function checkServerOptions(
  options: ServerOptions,
  environment: Environment,
): ServerSettings {
  const problems: string[] = [];
  const warnings: string[] = [];
  for (const name of Object.keys(options)) {
    if (optionNames.includes(name)) continue;
    problems.push(`there is no option ${name}${suffix(didYouMean(name, optionNames))}`);
  }
  const devMode = options.devMode ?? flag('CUBEJS_DEV_MODE', environment, problems);
  const enableTls = options.enableTls ?? flag('CUBEJS_ENABLE_TLS', environment, problems);
  const token = tokenSettings(options, environment, devMode, problems, warnings);
  const database = options.driverFactory ? null : databaseFromEnvironment(environment, problems);
  const keyFile = environment['CUBEJS_TLS_PRIVATE_KEY_FILE'];
  const certFile = environment['CUBEJS_TLS_PRIVATE_FULLCHAIN_FILE'];
  if ((keyFile === undefined) !== (certFile === undefined)) {
    problems.push(
      'CUBEJS_TLS_PRIVATE_KEY_FILE and CUBEJS_TLS_PRIVATE_FULLCHAIN_FILE belong together',
    );
  }
  const settings: ServerSettings = {
    options,
    devMode,
    schemaPath: options.schemaPath ?? environment['CUBEJS_SCHEMA_PATH'] ?? 'schema',
    missingContext: missing(
      options.missingContext ?? environment['CUBEJS_MISSING_CONTEXT'],
      problems,
    ),
    barrier: options.barrier ?? flag('CUBEJS_BARRIER', environment, problems),
    database,
    token,
    basePath: basePath(options.basePath ?? '/cubejs-api', problems),
    port: port('port', options.port ?? environment['PORT'], 4000, problems),
    tlsPort: port('tlsPort', options.tlsPort ?? environment['TLS_PORT'], 4433, problems),
    enableTls,
    tlsFiles:
      keyFile !== undefined && certFile !== undefined ? { key: keyFile, cert: certFile } : null,
    limits: serverLimits(options.limits ?? {}, problems),
    warnings,
  };
  if (problems.length > 0) throw new ServerOptionError(problems);
  return settings;
}

function tokenSettings(
  options: ServerOptions,
  environment: Environment,
  devMode: boolean,
  problems: string[],
  warnings: string[],
): TokenSettings {
  const given = options.apiSecret ?? environment['CUBEJS_API_SECRET'];
  const secrets = given === undefined ? [] : typeof given === 'string' ? [given] : given;
  const { jwkUrl, audience = null, issuer = null, requireExpiry = false } = options.jwt ?? {};
  if (secrets.length === 0 && jwkUrl === undefined && !options.checkAuth && !devMode) {
    problems.push('apiSecret (CUBEJS_API_SECRET) is missing: without it no token can be verified');
  }
  if (secrets.some((secret) => typeof secret !== 'string' || secret === '')) {
    problems.push('apiSecret must be a text, or a list of texts');
  } else if (secrets.some((secret) => secret.length < 32)) {
    warnings.push('a secret shorter than 32 characters can be guessed');
  }
  if (jwkUrl !== undefined && !isTrustworthyUrl(jwkUrl)) {
    problems.push('jwt.jwkUrl must be an https URL');
  }
  if (jwkUrl !== undefined && (audience === null || issuer === null)) {
    problems.push('jwt.audience and jwt.issuer are required with jwt.jwkUrl');
  }
  const algorithms =
    options.jwt?.algorithms ?? (jwkUrl === undefined ? ['HS256'] : ['RS256', 'ES256', 'EdDSA']);
  if (
    algorithms.length === 0 ||
    algorithms.some((name) => !/^(HS|RS|PS|ES)(256|384|512)$|^EdDSA$/.test(name))
  ) {
    problems.push('jwt.algorithms must be a list of HS256, RS256, ES256, EdDSA and the like');
  }
  const keySet = jwkUrl !== undefined && isTrustworthyUrl(jwkUrl) ? remoteKeySet(jwkUrl) : null;
  const encoded = secrets.map((secret) => new TextEncoder().encode(String(secret)));
  return { secrets: encoded, keySet, algorithms, audience, issuer, requireExpiry };
}

function flag(name: string, environment: Environment, problems: string[]): boolean {
  const value = environment[name];
  if (value === undefined || value === '' || value === 'false') return false;
  if (value !== 'true') problems.push(`${name} must be 'true' or 'false'`);
  return true;
}

function port(name: string, value: unknown, otherwise: number, problems: string[]): number {
  if (value === undefined || value === '') return otherwise;
  const number = Number(value);
  if (Number.isInteger(number) && number >= 0 && number <= 65_535) return number;
  problems.push(`${name} must be a port from 0 to 65535`);
  return otherwise;
}

function basePath(value: string, problems: string[]): string {
  if (/^(\/[A-Za-z0-9_.~-]+)+$/.test(value)) return value;
  problems.push("basePath must be a path such as '/cubejs-api'");
  return '/cubejs-api';
}

function missing(value: unknown, problems: string[]): 'allow' | 'deny' | 'error' {
  try {
    return checkMissingContext(value === '' ? undefined : value) ?? 'allow';
  } catch (error) {
    problems.push((error as Error).message);
    return 'allow';
  }
}

function serverLimits(given: Partial<ServerLimits>, problems: string[]): ServerLimits {
  const names = Object.keys(defaultServerLimits);
  for (const [name, value] of Object.entries(given)) {
    if (!names.includes(name))
      problems.push(`there is no limit limits.${name}${suffix(didYouMean(name, names))}`);
    else if (!(Number.isSafeInteger(value) && value >= 0))
      problems.push(`limits.${name} must be a whole number`);
  }
  return { ...defaultServerLimits, ...given };
}

function suffix(hint: string | undefined): string {
  return hint === undefined ? '' : `; ${hint}`;
}
