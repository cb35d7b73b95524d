import { checkMissingContext, type SandboxConfiguration } from '../pipeline/options.ts';
import { limitsFromEnvironment } from '../sandbox/limits.ts';
import { readTokenSettings } from './auth/token-settings.ts';
import type { TokenSettings } from './auth/token-verifier.ts';
import {
  environmentFlag as flag,
  refuseUnknownVariables,
  type Environment,
} from './environment.ts';
import { databaseFromEnvironment, type Database } from './database.ts';
import { serverOptionProblems } from './option-table.ts';
import { defaultServerLimits, type ServerLimits, type ServerOptions } from './options.ts';

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
  readonly allowUngroupedWithoutPrimaryKey: boolean;
  readonly database: Database | null;
  readonly token: TokenSettings;
  readonly basePath: string;
  /** The address to listen on; undefined: all of the machine. */
  readonly host: string | undefined;
  readonly port: number;
  readonly tlsPort: number;
  readonly enableTls: boolean;
  readonly tlsFiles: { readonly key: string; readonly cert: string } | null;
  readonly limits: ServerLimits;
  /** The option, over what the environment says. */
  readonly sandbox: SandboxConfiguration;
  /** To be logged at start: allowed, and not advised. */
  readonly warnings: readonly string[];
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** @throws ServerOptionError with every problem. */
export function checkServerOptions(
  options: ServerOptions,
  environment: Environment,
): ServerSettings {
  const problems = [...serverOptionProblems(options)];
  refuseUnknownVariables(environment, problems);
  const warnings: string[] = [];
  const devMode = options.devMode ?? flag('CUBEJS_DEV_MODE', environment, problems);
  const enableTls = options.enableTls ?? flag('CUBEJS_ENABLE_TLS', environment, problems);
  const token = readTokenSettings(options, environment, devMode, problems, warnings);
  const logLevel = environment['CUBEJS_LOG_LEVEL'] || 'info';
  if (!logLevels.includes(logLevel))
    problems.push(`CUBEJS_LOG_LEVEL must be one of ${logLevels.join(', ')}`);
  const database = options.driverFactory ? null : databaseFromEnvironment(environment, problems);
  if (options.contextToGroups && options.contextToRoles) {
    problems.push('contextToRoles is the old name of contextToGroups: set one of them');
  }
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
    schemaPath: options.schemaPath ?? (environment['CUBEJS_SCHEMA_PATH'] || 'schema'),
    missingContext: missing(
      options.missingContext ?? environment['CUBEJS_MISSING_CONTEXT'],
      problems,
    ),
    barrier: options.barrier ?? flag('CUBEJS_BARRIER', environment, problems),
    allowUngroupedWithoutPrimaryKey:
      options.allowUngroupedWithoutPrimaryKey ??
      flag('CUBEJS_ALLOW_UNGROUPED_WITHOUT_PRIMARY_KEY', environment, problems),
    database,
    token,
    basePath: basePath(String(options.basePath ?? '/cubejs-api'), problems),
    // Without tokens nobody but this machine is served, unless that is asked for.
    host:
      options.host ??
      (environment['CUBEJS_HOST'] || undefined) ??
      (devMode ? '127.0.0.1' : undefined),
    port: port(['port', 'PORT'], options.port, environment, 4000, problems),
    tlsPort: port(['tlsPort', 'TLS_PORT'], options.tlsPort, environment, 4433, problems),
    enableTls,
    tlsFiles:
      keyFile !== undefined && certFile !== undefined ? { key: keyFile, cert: certFile } : null,
    limits: { ...defaultServerLimits, ...options.limits },
    sandbox: { ...limitsFromEnvironment(environment, problems), ...options.sandbox },
    warnings,
  };
  if (problems.length > 0) throw new ServerOptionError(problems);
  return settings;
}

function port(
  [option, variable]: readonly [string, string],
  given: unknown,
  environment: Environment,
  otherwise: number,
  problems: string[],
): number {
  const value = given ?? environment[variable];
  if (value === undefined || value === '') return otherwise;
  const number = Number(value);
  if (Number.isInteger(number) && number >= 0 && number <= 65_535) return number;
  const name = given === undefined ? variable : option;
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
