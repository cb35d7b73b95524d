import { CompileError } from '../../pipeline/compile-error.ts';
import { readArguments } from '../arguments.ts';
import { compileProject } from '../compile-project.ts';

const options = {
  dialect: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** Exit code 1 when the schema has errors; warnings are printed. */
export async function check(argv: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(argv, options);
  const [directory] = positionals;
  try {
    await using schema = await compileProject(directory, values.dialect);
    const { warnings, cubes } = schema.audit();
    if (values.json) print(JSON.stringify({ ok: true, diagnostics: warnings }, null, 2));
    else {
      for (const item of warnings)
        print(`warning ${item.file}:${item.line}:${item.column} ${item.message}`);
      const open = cubes.filter((cube) => !cube.protected).length;
      print(`ok: ${cubes.length} cubes, ${open} without a row filter`);
    }
    return 0;
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    if (values.json) print(JSON.stringify({ ok: false, diagnostics: error.diagnostics }, null, 2));
    else process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

export async function meta(argv: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(argv, options);
  await using schema = await compileProject(positionals[0], values.dialect);
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
