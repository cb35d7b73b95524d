import { optionsOf } from '../core/known-options.ts';
import { DriverError } from './driver-error.ts';
import { refuseDriverOptions } from './driver-options.ts';

export interface DuckDbOptions {
  /** A database file, or `:memory:` (the default). */
  readonly path?: string;
  /** Default: true for a file, false in memory, where it means nothing. */
  readonly readOnly?: boolean;
  /** As DuckDB writes it: `512MB`. Default `1GB`. */
  readonly memoryLimit?: string;
  /** Threads of the whole instance. Default 2. */
  readonly threads?: number;
  /** Files that SQL may read, as absolute paths. Never one that anybody may write. Default none. */
  readonly allowedPaths?: readonly string[];
  /** Statements that run once, before the settings are locked: views, tables, `ATTACH`. */
  readonly setup?: readonly string[];
  /** Where large queries may spill. Default: nowhere, they fail. */
  readonly temporaryDirectory?: string;
  /** Queries at a time; further ones wait. Default 4. */
  readonly connections?: number;
}

export type DuckDbConfiguration = Required<DuckDbOptions>;

const optionNames = optionsOf<DuckDbOptions>({
  path: true,
  readOnly: true,
  memoryLimit: true,
  threads: true,
  allowedPaths: true,
  setup: true,
  temporaryDirectory: true,
  connections: true,
});

export function checkDuckDbOptions(options: DuckDbOptions): DuckDbConfiguration {
  refuseDriverOptions(options, optionNames, 'options');
  const path = options.path ?? ':memory:';
  const configuration = {
    path,
    readOnly: options.readOnly ?? path !== ':memory:',
    memoryLimit: options.memoryLimit ?? '1GB',
    threads: options.threads ?? 2,
    allowedPaths: options.allowedPaths ?? [],
    setup: options.setup ?? [],
    temporaryDirectory: options.temporaryDirectory ?? '',
    connections: options.connections ?? 4,
  };
  if (path === ':memory:' && configuration.readOnly) {
    throw new DriverError('driver/invalid-option', 'a database in memory cannot be readOnly');
  }
  for (const name of ['threads', 'connections'] as const) {
    const value = configuration[name];
    if (Number.isSafeInteger(value) && value > 0) continue;
    throw new DriverError('driver/invalid-option', `${name} must be a whole number above zero`);
  }
  return configuration;
}

/**
 * Optimisers of DuckDB 1.5 that change rows. `common_subplan` takes unlike parts of one UNION for the same, and
 * gives rows of the wrong one (https://github.com/duckdb/duckdb/issues/25819). `window_self_join` makes a join of
 * a window over groups, and loses every row of it where the statement has a bound parameter.
 */
const wrongOptimizers = ['common_subplan', 'window_self_join'];

/** What an instance is opened with. https://duckdb.org/docs/stable/configuration/overview */
export function openSettings(configuration: DuckDbConfiguration): Record<string, string> {
  return {
    disabled_optimizers: wrongOptimizers.join(','),
    access_mode: configuration.readOnly ? 'READ_ONLY' : 'AUTOMATIC',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_unsigned_extensions: 'false',
    allow_persistent_secrets: 'false',
    memory_limit: configuration.memoryLimit,
    threads: String(configuration.threads),
    temp_directory: configuration.temporaryDirectory,
  };
}

/**
 * What is run after `setup`. The order matters: paths are allowed while that can still be said, and
 * nothing can be said after the lock. https://duckdb.org/docs/stable/operations_manual/securing_duckdb/overview
 */
export function lockStatements(configuration: DuckDbConfiguration): string[] {
  const paths = configuration.allowedPaths.map((path) => `'${path.replaceAll("'", "''")}'`);
  return [
    "SET GLOBAL TimeZone = 'UTC'",
    `SET GLOBAL allowed_paths = [${paths.join(', ')}]`,
    'SET GLOBAL enable_external_access = false',
    'SET GLOBAL lock_configuration = true',
  ];
}
