import { readFileSync } from 'node:fs';
import type { Query } from '../../planner/query.ts';
import { QueryError } from '../../planner/query-error.ts';
import { SecurityContextError } from '../../planner/security-context-error.ts';
import { checkMissingContext } from '../../pipeline/options.ts';
import { readArguments } from '../arguments.ts';
import { CliError } from '../cli-error.ts';
import { compileProject } from '../compile-project.ts';
import { limitOptions, limitsOfFlags } from '../limit-flags.ts';

const options = {
  ...limitOptions,
  schema: { type: 'string' },
  context: { type: 'string' },
  dialect: { type: 'string' },
  'missing-context': { type: 'string' },
  barrier: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

export async function sql(argv: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(argv, options);
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0)
    throw new CliError('sql takes one file with a query');
  // Checked by generateSql, like any query.
  const query = parse(read(file), file) as Query;
  const securityContext =
    values.context === undefined ? undefined : parse(values.context, '--context');
  const missingContext = checkMissingContext(values['missing-context']);
  await using schema = await compileProject(values.schema, values.dialect, limitsOfFlags(values));
  try {
    const generated = await schema.generateSql(query, {
      securityContext,
      ...(missingContext && { missingContext }),
      ...(values.barrier && { barrier: true }),
    });
    const { columns, security, hash } = generated;
    const params = generated.params.map((value) =>
      typeof value === 'bigint' ? value.toString() : value,
    );
    process.stdout.write(
      values.json
        ? `${JSON.stringify({ sql: generated.sql, params, columns, security, hash }, null, 2)}\n`
        : `${generated.sql}\n\n-- params: ${JSON.stringify(params)}\n`,
    );
    return 0;
  } catch (error) {
    if (!(error instanceof QueryError || error instanceof SecurityContextError)) throw error;
    // Who runs the command has the schema: nothing of it is hidden here.
    const { code, message } = detailOf(error);
    if (!values.json) throw new CliError(`${code}: ${message}`, 1);
    process.stdout.write(`${JSON.stringify({ error: { code, message } }, null, 2)}\n`);
    return 1;
  }
}

function detailOf(error: QueryError | SecurityContextError): { code: string; message: string } {
  if (error instanceof SecurityContextError) return { code: error.code, message: error.detail };
  const lines = error.detail.map(({ path, message }) => (path ? `${path}: ${message}` : message));
  return { code: error.detail[0]?.code ?? error.code, message: lines.join('\n') };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`, 1);
  }
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new CliError(`${what} is not JSON: ${(error as Error).message}`);
  }
}
