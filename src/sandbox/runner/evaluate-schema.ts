import { randomInt } from 'node:crypto';
import ivm from 'isolated-vm';
import type { SourceFile } from '../../core/source.ts';
import { compileFile, failedFile } from '../../frontend/compile-file.ts';
import { composeReply } from '../../frontend/compose-reply.ts';
import {
  fileScript,
  finishScript,
  preludeScript,
  runScript,
} from '../../frontend/guest-scripts.ts';
import type { Limits } from '../limits.ts';

export interface RunnerRequest {
  readonly files: readonly SourceFile[];
  readonly compileContext: string;
  readonly now: number;
  readonly limits: Limits;
}

/**
 * Parses, rewrites and evaluates the files: `A` and the reply, or `E` and how it ended. Only strings
 * go into the isolate and come out of it.
 */
export function evaluateSchema(
  { files, compileContext, now, limits }: RunnerRequest,
  prelude: string,
  progress: (file: number) => void,
): string {
  const deadline = Date.now() + limits.timeoutMs;
  const compiled = files.map((file, index) => {
    progress(index);
    return compileFile(file, index);
  });
  const isolate = new ivm.Isolate({
    memoryLimit: Math.max(limits.memoryMb, 16),
    onCatastrophicError: () => process.abort(),
  });
  const context = isolate.createContextSync();
  const run = (text: string, filename: string): unknown => {
    const script = isolate.compileScriptSync(text, { filename });
    return script.runSync(context, { timeout: Math.max(1, deadline - Date.now()) }) as unknown;
  };
  try {
    const secret = digits(39);
    const { depth, members, replyBytes } = limits;
    const settings = { mark: digits(39), secret, now, compileContext, depth, members, replyBytes };
    run(preludeScript(prelude, settings), 'prelude');
    compiled.forEach((file, index) => {
      try {
        run(fileScript(file, index, secret), `schema:${index}`);
      } catch (error) {
        // V8 refuses a little more than acorn: `await` outside of functions, for one.
        if (!(error instanceof SyntaxError)) throw error;
        const message = `the file is not valid JavaScript: ${error.message.replace(/ \[.*$/, '')}`;
        compiled[index] = failedFile(files[index]!, index, 'schema/syntax', message);
        run(fileScript(compiled[index], index, secret), `schema:${index}`);
      }
    });
    for (const index of compiled.keys()) {
      progress(index);
      run(runScript(index, secret), 'prelude');
    }
    const text = run(finishScript(secret), 'prelude');
    return typeof text === 'string' ? `A${composeReply(compiled, text)}` : 'Eno-reply';
  } catch (error) {
    return `E${codeOf(error)}`;
  }
}

function digits(count: number): string {
  return Array.from({ length: count }, () => randomInt(10)).join('');
}

function codeOf(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  if (message.includes('timed out')) return 'timeout';
  if (message.includes('memory limit') || message.includes('Array buffer allocation failed'))
    return 'memory';
  if (message.includes('Invalid string length')) return 'too-large';
  return error instanceof RangeError ? 'too-deep' : 'evaluation-failed';
}
