import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { SourceFile } from '../core/source.ts';
import { evaluate } from '../sandbox/evaluate.ts';
import { createRunnerPool, type RunnerPool } from '../sandbox/runner-pool.ts';
import { compileFailure, compileModel } from './compile-model.ts';
import { readLibraries, type Libraries } from './libraries.ts';
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
  const directory = typeof source === 'string' ? await realpath(source).catch(() => '.') : '.';
  const libraries = await readLibraries(checked.libraries, path.resolve(directory), checked.limits);
  const found = [...diagnostics, ...libraries.diagnostics];
  if (found.length > 0) throw compileFailure(found, files);
  return compileFiles(files, libraries, checked);
}

async function compileFiles(
  files: readonly SourceFile[],
  libraries: Libraries,
  options: CheckedCompileOptions,
): Promise<Schema> {
  const pool = sharedPool();
  const now = options.now ?? Date.now();
  const { model, input, warnings } = await compileModel(
    files,
    libraries,
    { ...options, now },
    pool,
  );
  const { limits, require, functions, launcher, compileContext } = options;
  return new Schema({
    model,
    files,
    options,
    layers: pool.layers(),
    warnings,
    evaluated: input.files,
    evaluate: (dynamic, signal) =>
      evaluate(
        { ...input, compileContext, now, dynamic },
        { limits, require, functions, signal, ...(launcher && { launcher }) },
        pool,
      ),
    recompile: async (changed) => compileFiles(sortFiles(checkFiles(changed)), libraries, options),
  });
}

let pool: RunnerPool | undefined;

/** One warm runner for the whole process: the only state that compiles share. */
export function sharedPool(): RunnerPool {
  return (pool ??= createRunnerPool());
}
