import type { ContextRead } from '../core/context-read.ts';
import type { SourceFile } from '../core/source.ts';
import { evaluate, type EvaluationRequest, type OtherFiles } from '../sandbox/evaluate.ts';
import { extensionsFor } from '../sandbox/extensions.ts';
import type { RunnerPool } from '../sandbox/runner-pool.ts';
import { decodeUnit, MalformedReply } from '../syntax/decode-unit.ts';
import type { DeclarationUnit } from '../syntax/declaration.ts';
import { compileFailure } from './compile-failure.ts';
import type { Libraries } from './libraries.ts';
import { OptionError } from './option-error.ts';
import type { CheckedCompileOptions } from './options.ts';

/** What the compiles of one schema share: its options, what it may import, the runners, and the instant that its files see. */
export interface CompileSetting {
  readonly options: CheckedCompileOptions;
  readonly libraries: Libraries;
  readonly pool: RunnerPool;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Hears what every evaluation was told of the compile context, also one that fails. */
  readonly onReads?: ((reads: readonly ContextRead[]) => void) | null;
}

/** All files are evaluated. */
export const noOthers: OtherFiles = { paths: [], cubes: [], depend: false };

export interface EvaluatedFiles {
  /** The files of the schema, then what they may import. */
  readonly files: readonly SourceFile[];
  readonly unit: DeclarationUnit;
  /** Length of the reply, in UTF-16 units. */
  readonly replyLength: number;
  readonly hostErrors: readonly unknown[];
  /** What was told of the compile context. */
  readonly reads: readonly ContextRead[];
}

/**
 * Evaluates files in a runner and decodes what they declare, as untrusted text.
 *
 * @throws CompileError when there is no reply, or none that can be read.
 */
export async function evaluateFiles(
  schemaFiles: readonly SourceFile[],
  others: OtherFiles,
  { options, libraries, pool, now, onReads }: CompileSetting,
): Promise<EvaluatedFiles> {
  const input = withLibraries(schemaFiles, libraries);
  const { files } = input;
  const { limits, require, functions, launcher, group, signal, compileContext } = options;
  const result = await evaluate(
    { ...input, others, compileContext, now },
    { limits, require, functions, group, ...(launcher && { launcher }), ...(signal && { signal }) },
    pool,
  );
  const { hostErrors, reads } = result;
  onReads?.(reads);
  if (result.kind === 'failed') throw compileFailure([result.diagnostic], files, hostErrors);
  try {
    const unit = await decodeUnit(result.text, files, limits);
    return { files, unit, replyLength: result.text.length, hostErrors, reads };
  } catch (error) {
    if (!(error instanceof MalformedReply)) throw error;
    throw compileFailure([error.diagnostic], files);
  }
}

/** The files of the schema, then what they may import. */
export function withLibraries(
  schemaFiles: readonly SourceFile[],
  { included, packages }: Libraries,
): Pick<EvaluationRequest, 'files' | 'entries' | 'packages'> {
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
