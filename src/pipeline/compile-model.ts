import {
  DiagnosticTexts,
  renderDiagnostics,
  toPublicDiagnostic,
} from '../core/render-diagnostic.ts';
import type { PublicDiagnostic } from '../core/render-diagnostic.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { SourceFile } from '../core/source.ts';
import { buildModel } from '../model/build-model.ts';
import type { Model } from '../model/model.ts';
import { evaluate, type EvaluationRequest } from '../sandbox/evaluate.ts';
import { extensionsFor } from '../sandbox/extensions.ts';
import type { RunnerPool } from '../sandbox/runner-pool.ts';
import { decodeUnit, MalformedReply } from '../syntax/decode-unit.ts';
import type { DeclarationUnit } from '../syntax/declaration.ts';
import { CompileError } from './compile-error.ts';
import type { Libraries } from './libraries.ts';
import { OptionError } from './option-error.ts';
import type { CheckedCompileOptions } from './options.ts';

export type EvaluatedFiles = Pick<EvaluationRequest, 'files' | 'entries' | 'packages'>;

export interface CompiledModel {
  readonly model: Model;
  /** What was evaluated: the files of the schema and of its libraries. */
  readonly input: EvaluatedFiles;
  readonly warnings: readonly PublicDiagnostic[];
}

/** Files to a model: evaluated in a runner, decoded as untrusted text, linked and checked. */
export async function compileModel(
  schemaFiles: readonly SourceFile[],
  libraries: Libraries,
  options: CheckedCompileOptions,
  pool: RunnerPool,
): Promise<CompiledModel> {
  const input = withLibraries(schemaFiles, libraries);
  const { files } = input;
  const { unit, hostErrors } = await declarations(input, options, pool);
  const { model, diagnostics: found } = await buildModel(unit, {
    lexical: options.dialect.lexical,
    members: options.limits.members,
  });
  const diagnostics = [...unit.diagnostics, ...found];
  if (diagnostics.some((diagnostic) => diagnostic.severity === 'error')) {
    throw compileFailure(diagnostics, files, hostErrors);
  }
  return { model, input, warnings: publish(diagnostics, files) };
}

export function compileFailure(
  diagnostics: readonly Diagnostic[],
  files: readonly SourceFile[],
  hostErrors: readonly unknown[] = [],
): CompileError {
  const cause = hostErrors.length > 1 ? new AggregateError(hostErrors) : hostErrors[0];
  return new CompileError(
    renderDiagnostics(diagnostics, files),
    publish(diagnostics, files),
    cause,
  );
}

/** The files of the schema, then what they may import. */
function withLibraries(schemaFiles: readonly SourceFile[], { included, packages }: Libraries) {
  const own = [...schemaFiles, ...included];
  const named = new Map([...extensionsFor(own), ...packages]);
  const files = [...own, ...named.values()];
  const paths = new Set<string>();
  for (const { path } of files) {
    if (paths.has(path)) throw new OptionError(`the file ${JSON.stringify(path)} occurs twice`);
    paths.add(path);
  }
  const numbers = [...named.keys()].map((name, index): [string, number] => [
    name,
    own.length + index,
  ]);
  return { files, entries: schemaFiles.length, packages: numbers };
}

async function declarations(
  input: EvaluatedFiles,
  options: CheckedCompileOptions,
  pool: RunnerPool,
): Promise<{ readonly unit: DeclarationUnit; readonly hostErrors: readonly unknown[] }> {
  const { files } = input;
  const { limits, require, functions, launcher, signal, compileContext } = options;
  const result = await evaluate(
    { ...input, compileContext, now: options.now ?? Date.now() },
    { limits, require, functions, ...(launcher && { launcher }), ...(signal && { signal }) },
    pool,
  );
  const { hostErrors } = result;
  if (result.kind === 'failed') throw compileFailure([result.diagnostic], files, hostErrors);
  try {
    return { unit: await decodeUnit(result.text, files, limits), hostErrors };
  } catch (error) {
    if (!(error instanceof MalformedReply)) throw error;
    throw compileFailure([error.diagnostic], files);
  }
}

function publish(
  diagnostics: readonly Diagnostic[],
  files: readonly SourceFile[],
): PublicDiagnostic[] {
  const texts = new DiagnosticTexts(files);
  return diagnostics.map((diagnostic) => toPublicDiagnostic(diagnostic, texts));
}
