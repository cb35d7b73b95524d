import { mergeReads, type ContextRead } from '../core/context-read.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { SourceFile } from '../core/source.ts';
import type { DeclarationUnit } from '../syntax/declaration.ts';
import { CompileError } from './compile-error.ts';
import type { Declarations } from './declarations.ts';
import type { CompileSetting } from './evaluate-files.ts';
import { evaluateAll } from './update-declarations.ts';

/** Each costs the whole time-out once. */
const mostStopped = 3;

export interface EvaluatedApart {
  /** Of the files that come to an end, as if the others were empty. */
  readonly declarations: Declarations;
  /** The files as they were evaluated. */
  readonly files: readonly SourceFile[];
  /** What stopped the evaluation, each with the file that was at work; empty when nothing did. */
  readonly stops: readonly Diagnostic[];
}

/**
 * Evaluates all files. With `onError: 'quarantine'` one that takes all of the time or memory is left
 * out, and the others are evaluated again.
 *
 * @throws CompileError when it is not known which file that is, or too many do.
 */
export async function evaluateApart(
  files: readonly SourceFile[],
  setting: CompileSetting,
): Promise<EvaluatedApart> {
  const stops: Diagnostic[] = [];
  const told: ContextRead[] = [];
  const onReads = (reads: readonly ContextRead[]): void => {
    told.push(...reads);
    setting.onReads?.(reads);
  };
  for (let left = files; ;) {
    try {
      const declarations = await evaluateAll(left, { ...setting, onReads });
      // What an evaluation was told can be why it was stopped.
      return { declarations: { ...declarations, reads: mergeReads(told) }, files: left, stops };
    } catch (error) {
      const stop = stopIn(error, left);
      if (setting.options.onError === 'reject' || !stop || stops.length === mostStopped)
        throw error;
      stops.push(stop);
      const stopped = stop.span!.file;
      left = left.map((file) => (file.path === stopped ? { ...file, content: '' } : file));
    }
  }
}

/** The finding that names a file of the schema at which the evaluation was stopped. */
function stopIn(error: unknown, files: readonly SourceFile[]): Diagnostic | null {
  if (!(error instanceof CompileError)) return null;
  const [found, ...more] = error.diagnostics;
  if (!found || more.length > 0) return null;
  const { code, severity, message, file, help } = found;
  if (!['sandbox/timeout', 'sandbox/clock-timeout', 'sandbox/memory'].includes(code)) return null;
  const named = files.find(({ path }) => path === file);
  if (!named || named.content === '') return null;
  const span = { file: named.path, start: 0, end: 0 };
  return { code, severity, message, span, ...(help !== undefined && { help }) };
}

/** Files that were stopped have not run as they are written, and could have exported anything. */
export function withStops(unit: DeclarationUnit, stops: readonly Diagnostic[]): DeclarationUnit {
  if (stops.length === 0) return unit;
  const traces = new Map(unit.traces);
  for (const { span } of stops) {
    const trace = traces.get(span!.file)!;
    traces.set(span!.file, { ...trace, failed: true, hasExports: true });
  }
  return { ...unit, traces, diagnostics: [...unit.diagnostics, ...stops] };
}
