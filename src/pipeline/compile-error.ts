import type { PublicDiagnostic } from '../core/render-diagnostic.ts';

/** A schema that does not compile. `message` is a code frame of every error; `diagnostics` are data. */
export class CompileError extends Error {
  override readonly name = 'CompileError';
  readonly code = 'compile/failed';
  /** Errors first, then warnings; each group in file order. */
  readonly diagnostics: readonly PublicDiagnostic[];

  /** `cause`: what a host function threw, for the embedder; the rest tells nothing of it. */
  constructor(message: string, diagnostics: readonly PublicDiagnostic[], cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.diagnostics = diagnostics;
  }
}
