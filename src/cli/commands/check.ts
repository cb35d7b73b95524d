import path from 'node:path';
import type { PublicDiagnostic } from '../../core/render-diagnostic.ts';
import { CompileError } from '../../pipeline/compile-error.ts';
import { readArguments } from '../arguments.ts';
import { CliError } from '../cli-error.ts';
import { compileProject, schemaPathOf } from '../compile-project.ts';
import { readErrorHelp } from '../error-help.ts';
import { limitOptions, limitsOfFlags } from '../limit-flags.ts';
import { toSarif } from '../sarif.ts';
import { readVersion } from '../version.ts';
import { warningText } from '../warning-text.ts';

const options = {
  ...limitOptions,
  dialect: { type: 'string' },
  json: { type: 'boolean' },
} as const;

const formats = ['human', 'json', 'sarif'] as const;

const checkOptions = {
  ...options,
  format: { type: 'string' },
  'max-warnings': { type: 'string' },
} as const;

/** Exit code 1 when the schema has errors, or more warnings than are allowed. */
export async function check(argv: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(argv, checkOptions);
  const [directory, ...others] = positionals;
  refuseOthers(others);
  const format = formatOf(values.format, values.json ?? false);
  const most = warningLimit(values['max-warnings']);
  try {
    await using schema = await compileProject(directory, values.dialect, limitsOfFlags(values));
    const { warnings, cubes } = schema.audit();
    const ok = warnings.length <= most;
    if (format !== 'human') printDiagnostics(format, ok, warnings, directory);
    else {
      for (const item of warnings) print(warningText(item));
      const open = cubes.filter((cube) => !cube.protected).length;
      if (ok) print(`ok: ${cubes.length} cubes, ${open} without a row filter`);
      else process.stderr.write(`${warnings.length} warnings, and ${most} are allowed\n`);
    }
    return ok ? 0 : 1;
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    if (format !== 'human') printDiagnostics(format, false, error.diagnostics, directory);
    else process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

function refuseOthers([first]: readonly string[]): void {
  if (first !== undefined) throw new CliError(`one directory is taken, not also '${first}'`);
}

function formatOf(format: string | undefined, json: boolean): (typeof formats)[number] {
  if (format === undefined) return json ? 'json' : 'human';
  const found = formats.find((name) => name === format);
  if (found) return found;
  throw new CliError(`--format is one of ${formats.join(', ')}`);
}

function warningLimit(text: string | undefined): number {
  if (text === undefined) return Infinity;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new CliError('--max-warnings is a whole number');
}

function printDiagnostics(
  format: 'json' | 'sarif',
  ok: boolean,
  diagnostics: readonly PublicDiagnostic[],
  directory: string | undefined,
): void {
  const pathOf = (file: string): string =>
    path
      .relative('.', path.join(schemaPathOf(directory), file))
      .split(path.sep)
      .join('/');
  const value =
    format === 'json'
      ? { ok, diagnostics }
      : toSarif(diagnostics, { version: readVersion(), pathOf, help: readErrorHelp() });
  print(JSON.stringify(value, null, 2));
}

export async function meta(argv: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(argv, options);
  const [directory, ...others] = positionals;
  refuseOthers(others);
  await using schema = await compileProject(directory, values.dialect, limitsOfFlags(values));
  const metadata = schema.meta();
  if (values.json) print(JSON.stringify(metadata, null, 2));
  else {
    for (const cube of metadata.cubes) {
      print(`${cube.name}  ${cube.title}`);
      for (const item of cube.measures) print(`  measure    ${item.name}  ${item.aggType}`);
      for (const item of cube.dimensions) print(`  dimension  ${item.name}  ${item.type}`);
      for (const item of cube.segments) print(`  segment    ${item.name}`);
    }
  }
  return 0;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
