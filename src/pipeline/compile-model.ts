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
import { evaluate } from '../sandbox/evaluate.ts';
import type { RunnerPool } from '../sandbox/runner-pool.ts';
import { decodeUnit, MalformedReply } from '../syntax/decode-unit.ts';
import type { DeclarationUnit } from '../syntax/declaration.ts';
import { CompileError } from './compile-error.ts';
import type { CheckedCompileOptions } from './options.ts';

export interface CompiledModel {
  readonly model: Model;
  readonly warnings: readonly PublicDiagnostic[];
}

/** Files to a model: evaluated in a runner, decoded as untrusted text, linked and checked. */
export async function compileModel(
  files: readonly SourceFile[],
  options: CheckedCompileOptions,
  pool: RunnerPool,
): Promise<CompiledModel> {
  const unit = await declarations(files, options, pool);
  const { model, diagnostics: found } = await buildModel(unit, {
    lexical: options.dialect.lexical,
    members: options.limits.members,
  });
  const diagnostics = [...unit.diagnostics, ...found];
  if (diagnostics.some((diagnostic) => diagnostic.severity === 'error')) {
    throw compileFailure(diagnostics, files);
  }
  return { model, warnings: publish(diagnostics, files) };
}

export function compileFailure(
  diagnostics: readonly Diagnostic[],
  files: readonly SourceFile[],
): CompileError {
  return new CompileError(renderDiagnostics(diagnostics, files), publish(diagnostics, files));
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
  if (result.kind === 'failed') throw compileFailure([result.diagnostic], files);
  try {
    return await decodeUnit(result.text, files, limits);
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
