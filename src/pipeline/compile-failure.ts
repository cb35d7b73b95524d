import type { Diagnostic } from '../core/diagnostic.ts';
import {
  DiagnosticTexts,
  renderDiagnostics,
  toPublicDiagnostic,
  type PublicDiagnostic,
} from '../core/render-diagnostic.ts';
import type { SourceFile } from '../core/source.ts';
import { CompileError } from './compile-error.ts';

/** @param hostErrors What host functions threw: the error's `cause`. */
export function compileFailure(
  diagnostics: readonly Diagnostic[],
  files: readonly SourceFile[],
  hostErrors: readonly unknown[] = [],
): CompileError {
  const cause = hostErrors.length > 1 ? new AggregateError(hostErrors) : hostErrors[0];
  const message = renderDiagnostics(diagnostics, files);
  return new CompileError(message, publish(diagnostics, files), cause);
}

/** Diagnostics as users get them, each once, in an order that no evaluation decides. */
export function publish(
  diagnostics: readonly Diagnostic[],
  files: readonly SourceFile[],
): PublicDiagnostic[] {
  const texts = new DiagnosticTexts(files);
  const distinct = new Map(diagnostics.map((item) => [sortKey(item), item]));
  return [...distinct]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, diagnostic]) => toPublicDiagnostic(diagnostic, texts));
}

/** Errors first; then by file and place, or by what is said. */
function sortKey(diagnostic: Diagnostic): string {
  const { severity, span, message } = diagnostic;
  const start = String(span?.start ?? 0).padStart(9, '0');
  return JSON.stringify([severity, span?.file ?? '', start, message, diagnostic]);
}
