import { compileSchema } from '../pipeline/compile-schema.ts';
import type { Limits } from '../sandbox/limits.ts';
import { checkMissingContext } from '../pipeline/options.ts';
import type { Schema } from '../pipeline/schema.ts';
import type { DialectName } from '../sql/dialects/dialect.ts';
import { loadEnvironmentFile } from './environment.ts';
import { limitsOfEnvironment } from './limit-flags.ts';
import { withProgress } from './progress.ts';

/**
 * The schema of a directory under the rules of a dialect. What the command line does not say is that
 * of the project, from its environment, as the server takes it.
 */
export function compileProject(
  directory: string | undefined,
  dialect: string | undefined,
  limits: Partial<Limits>,
): Promise<Schema> {
  loadEnvironmentFile();
  const schemaPath = schemaPathOf(directory);
  const name = dialect ?? process.env['CUBEJS_DB_TYPE'];
  const missingContext = checkMissingContext(process.env['CUBEJS_MISSING_CONTEXT'] || undefined);
  const options = {
    ...(name !== undefined && { dialect: name as DialectName }),
    ...(missingContext !== undefined && { missingContext }),
    sandbox: { ...limitsOfEnvironment(), ...limits },
  };
  return withProgress(`compiling ${schemaPath}`, compileSchema(schemaPath, options));
}

/** The directory that is meant when the command line may name none. */
export function schemaPathOf(directory: string | undefined): string {
  return directory ?? (process.env['CUBEJS_SCHEMA_PATH'] || 'schema');
}
