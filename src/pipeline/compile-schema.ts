import { renderDiagnostics, toPublicDiagnostic } from '../core/render-diagnostic.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { SourceFile } from '../core/source.ts';
import { buildModel } from '../model/build-model.ts';
import { evaluate } from '../sandbox/evaluate.ts';
import { createRunnerPool, type RunnerPool } from '../sandbox/runner-pool.ts';
import { decodeUnit, MalformedReply } from '../syntax/decode-unit.ts';
import type { DeclarationUnit } from '../syntax/declaration.ts';
import { CompileError } from './compile-error.ts';
import { checkCompileOptions, type CheckedCompileOptions, type CompileOptions } from './options.ts';
import { checkFiles, readSource, sortFiles, type SchemaSource } from './read-source.ts';
import { Schema } from './schema.ts';

/**
 * Compiles schema files into a {@link Schema}. The files run once, in a process of their own.
 *
 * @param source A directory, or `{ files: [{ path, content }] }`.
 * @throws CompileError with every error found; `message` is a readable code frame.
 * @throws OptionError when an option is wrong.
 * @example
 * const schema = await compileSchema('schema', { dialect: 'postgres' });
 */
export async function compileSchema(
  source: SchemaSource,
  options: CompileOptions = {},
): Promise<Schema> {
  const checked = checkCompileOptions(options);
  checked.signal?.throwIfAborted();
  const { files, diagnostics } = await readSource(source, checked.limits);
  if (diagnostics.length > 0) throw failure(diagnostics, files);
  return compileFiles(files, checked);
}

async function compileFiles(
  files: readonly SourceFile[],
  options: CheckedCompileOptions,
): Promise<Schema> {
  const pool = sharedPool();
  const unit = await declarations(files, options, pool);
  const { model, diagnostics: found } = buildModel(unit, {
    lexical: options.dialect.lexical,
    members: options.limits.members,
  });
  const diagnostics = [...unit.diagnostics, ...found];
  if (diagnostics.some((diagnostic) => diagnostic.severity === 'error')) {
    throw failure(diagnostics, files);
  }
  return new Schema({
    model,
    files,
    options,
    layers: pool.layers(),
    warnings: publish(diagnostics, files),
    recompile: async (changed) => compileFiles(sortFiles(checkFiles(changed)), options),
  });
}

async function declarations(
  files: readonly SourceFile[],
  options: CheckedCompileOptions,
  pool: RunnerPool,
): Promise<DeclarationUnit> {
  const { limits, require, launcher, signal, compileContext } = options;
  const result = await evaluate(
    { files, compileContext, now: options.now ?? Date.now() },
    { limits, require, ...(launcher && { launcher }), ...(signal && { signal }) },
    pool,
  );
  if (result.kind === 'failed') throw failure([result.diagnostic], files);
  try {
    return await decodeUnit(result.text, files, limits);
  } catch (error) {
    if (!(error instanceof MalformedReply)) throw error;
    throw failure([error.diagnostic], files);
  }
}

function failure(diagnostics: readonly Diagnostic[], files: readonly SourceFile[]): CompileError {
  return new CompileError(renderDiagnostics(diagnostics, files), publish(diagnostics, files));
}

function publish(diagnostics: readonly Diagnostic[], files: readonly SourceFile[]) {
  const texts = new Map(files.map((file) => [file.path, file.content]));
  return diagnostics.map((diagnostic) => toPublicDiagnostic(diagnostic, texts));
}

let pool: RunnerPool | undefined;

/** One warm runner for the whole process: the only state that compiles share. */
function sharedPool(): RunnerPool {
  return (pool ??= createRunnerPool());
}
