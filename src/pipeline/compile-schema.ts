import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { SourceFile } from '../core/source.ts';
import { createRunnerPool, type RunnerPool } from '../sandbox/runner-pool.ts';
import { compileFailure } from './compile-failure.ts';
import { compileModel, type CompiledModel } from './compile-model.ts';
import type { CompileSetting } from './evaluate-files.ts';
import { evaluationInput } from './evaluation-input.ts';
import { checkCompileOptions, type CompileOptions } from './options.ts';
import { readLibraries } from './libraries.ts';
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
  return compileRecording(source, options, null);
}

/**
 * {@link compileSchema}, which tells `onReads` what files were told of the compile context: all that
 * the schema, or the error, can depend on of it.
 */
export async function compileRecording(
  source: SchemaSource,
  options: CompileOptions,
  onReads: NonNullable<CompileSetting['onReads']> | null,
): Promise<Schema> {
  const checked = checkCompileOptions(options);
  checked.signal?.throwIfAborted();
  const { files, diagnostics } = await readSource(source, checked.limits);
  const directory = typeof source === 'string' ? await realpath(source).catch(() => '.') : '.';
  const libraries = await readLibraries(checked.libraries, path.resolve(directory), checked.limits);
  const found = [...diagnostics, ...libraries.diagnostics];
  if (found.length > 0) throw compileFailure(found, files);
  const now = checked.now ?? Date.now();
  const setting = { options: checked, libraries, pool: sharedPool(), now, onReads };
  return compileFiles(files, setting, null);
}

async function compileFiles(
  files: readonly SourceFile[],
  setting: CompileSetting,
  previous: CompiledModel | null,
): Promise<Schema> {
  const compiled = await compileModel(files, setting, previous);
  const { options, pool } = setting;
  return new Schema({
    ...compiled,
    files,
    options,
    layers: pool.layers(),
    evaluation: evaluationInput(compiled, setting),
    pool,
    recompile: async (changed) =>
      compileFiles(sortFiles(checkFiles(changed)), { ...setting, onReads: null }, compiled),
  });
}

let pool: RunnerPool | undefined;

/** One warm runner for the whole process: the only state that compiles share. */
export function sharedPool(): RunnerPool {
  return (pool ??= createRunnerPool());
}
