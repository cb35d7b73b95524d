import { randomInt } from 'node:crypto';
import ivm from 'isolated-vm';
import type { SourceFile } from '../../core/source.ts';
import { compileFile, failedFile, type CompiledFile } from '../../frontend/compile-file.ts';
import { composeReply } from '../../frontend/compose-reply.ts';
import {
  dependsScript,
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
  const evaluation = new Evaluation(compiled, { files, compileContext, now, limits }, prelude);
  try {
    const { text, depends } = evaluation.run('forward', deadline, progress);
    if (text === null) return 'Eno-reply';
    if (!depends) return `A${composeReply(compiled, text)}`;
    // What depends on claims must not depend on what was evaluated before it, for other claims.
    const again = evaluation.run('reversed', deadline, progress);
    return `A${composeReply(compiled, withUnstable(text, again.text ?? ''))}`;
  } catch (error) {
    return `E${codeOf(error)}`;
  }
}

/** One evaluation of all files, each time in an isolate of its own. */
class Evaluation {
  readonly #compiled: CompiledFile[];
  readonly #request: RunnerRequest;
  readonly #prelude: string;

  constructor(compiled: CompiledFile[], request: RunnerRequest, prelude: string) {
    this.#compiled = compiled;
    this.#request = request;
    this.#prelude = prelude;
  }

  run(
    order: 'forward' | 'reversed',
    deadline: number,
    progress: (file: number) => void,
  ): { readonly text: string | null; readonly depends: boolean } {
    const { files, compileContext, now, limits } = this.#request;
    const { depth, members, replyBytes, memoryMb } = limits;
    const isolate = new ivm.Isolate({
      memoryLimit: Math.max(memoryMb, 16),
      onCatastrophicError: () => process.abort(),
    });
    const context = isolate.createContextSync();
    const run = (text: string, filename: string): unknown => {
      const script = isolate.compileScriptSync(text, { filename });
      return script.runSync(context, { timeout: Math.max(1, deadline - Date.now()) }) as unknown;
    };
    const secret = digits(39);
    const settings = { mark: digits(39), secret, now, compileContext, depth, members, replyBytes };
    run(preludeScript(this.#prelude, settings), 'prelude');
    this.#compiled.forEach((file, index) => {
      try {
        run(fileScript(file, index, secret), `schema:${index}`);
      } catch (error) {
        // V8 refuses a little more than acorn: `await` outside of functions, for one.
        if (!(error instanceof SyntaxError)) throw error;
        const message = `the file is not valid JavaScript: ${error.message.replace(/ \[.*$/, '')}`;
        const failed = failedFile(files[index]!, index, 'schema/syntax', message);
        this.#compiled[index] = failed;
        run(fileScript(failed, index, secret), `schema:${index}`);
      }
    });
    for (const index of this.#compiled.keys()) {
      progress(index);
      run(runScript(index, secret), 'prelude');
    }
    const text = run(finishScript(secret, order), 'prelude');
    const depends = run(dependsScript(secret), 'prelude') === 'yes';
    isolate.dispose();
    return { text: typeof text === 'string' ? text : null, depends };
  }
}

/** Adds a finding for each definition that came out differently when evaluated in another order. */
function withUnstable(text: string, again: string): string {
  const [notes = '[]', ...lines] = text.split('\n');
  const others = again.split('\n');
  const found = lines.flatMap((line, index) => {
    if (line === others[index + 1]) return [];
    const [, , file, call] = JSON.parse(line) as [unknown, unknown, number, number];
    return [['schema/unstable-value', 0, unstable, file, -3, call, unstableHelp]];
  });
  if (found.length === 0) return text;
  const all = [...(JSON.parse(notes) as unknown[]), ...found];
  return [JSON.stringify(all), ...lines].join('\n');
}

const unstable =
  'a value that depends on claims comes out differently when it is evaluated in another order';
const unstableHelp = 'keep nothing between evaluations: no counters, no caches of what a claim was';

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
