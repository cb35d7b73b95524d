import { randomInt } from 'node:crypto';
import ivm from 'isolated-vm';
import { contextWords, contextWordsOfColumns } from '../../core/context-words.ts';
import type { ToldContext } from '../../core/context-read.ts';
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
import { linkModules, notEvaluated, type LinkedModules } from '../../frontend/link-modules.ts';
import type { ImportableFiles } from '../../frontend/resolve-import.ts';
import type { OtherFiles } from '../evaluate.ts';
import type { Limits } from '../limits.ts';
import { ExchangeLog } from './exchange-log.ts';
import { runAsync } from './run-async.ts';

/** What the runner tells its host while it works, and asks of it. */
export interface HostChannel {
  readonly progress: (file: number) => void;
  readonly exchange: (calls: string) => string | null;
  /** Asks for a part of the compile context, and is told that or more. */
  readonly ask: (needed: string) => string | null;
}

export interface RunnerRequest {
  readonly files: readonly SourceFile[];
  /** Files before this one are evaluated, the others only when they are imported. */
  readonly entries: number;
  /** What an import calls a file that is no file of the schema, and its number. */
  readonly packages: readonly (readonly [string, number])[];
  readonly others: OtherFiles;
  readonly now: number;
  /** Names of host functions. */
  readonly functions: readonly string[];
  readonly limits: Limits;
  /** Some values for one user, in the place of a compile. */
  readonly dynamic?: DynamicRequest;
}

export interface DynamicRequest {
  /** JSON text: what the host sends of the user's claims, `[path, value]` each. */
  readonly claims: string;
  /** What the host tells of the compile context. */
  readonly context: readonly ToldContext[];
  /** Each a cube and the properties that lead to a value. */
  readonly values: readonly (readonly (string | number)[])[];
}

/**
 * Parses, rewrites and evaluates the files: `A` and the reply, or `E` and how it ended. Only strings
 * go into the isolate and come out of it.
 */
export function evaluateSchema(
  request: RunnerRequest,
  prelude: string,
  { progress, exchange, ask }: HostChannel,
): string {
  const { files, limits, dynamic } = request;
  const calls = new ExchangeLog(exchange, Date.now() + limits.clockTimeoutMs);
  const compiled = files.map((file, index) => {
    progress(index);
    return compileFile(file, index);
  });
  try {
    const linked = linkModules(compiled, importable(request));
    const evaluation = new Evaluation({ compiled, linked, request, prelude, calls, ask });
    const { text, depends } = evaluation.run('forward', progress);
    if (text === null) return 'Eno-reply';
    if (text.startsWith('N')) return `A${text}`;
    if (dynamic || (!depends && !request.others.depend)) {
      return `A${composeReply(compiled, linked, text, depends)}`;
    }
    // What depends on claims must not depend on what was evaluated before it, for other claims.
    const again = evaluation.run('reversed', progress);
    const checked = withUnstable(text, again.text ?? '');
    return `A${composeReply(compiled, linked, checked, depends)}`;
  } catch (error) {
    return `E${codeOf(error)}`;
  }
}

interface EvaluationInput {
  readonly compiled: CompiledFile[];
  readonly linked: LinkedModules;
  readonly request: RunnerRequest;
  readonly prelude: string;
  readonly calls: ExchangeLog;
  readonly ask: HostChannel['ask'];
}

/** `N` and what it needs to be told: a run that stopped there. Otherwise a reply, or null for none. */
interface Run {
  readonly text: string | null;
  readonly depends: boolean;
}

/** One evaluation of all files, each time in an isolate of its own. */
class Evaluation {
  readonly #input: EvaluationInput;
  readonly #told: ToldContext[];

  constructor(input: EvaluationInput) {
    this.#input = input;
    const { files, dynamic } = input.request;
    this.#told = [...(dynamic?.context ?? [])];
    // That the context is an object tells nothing, and most files that name it read it.
    const namesContext = files.some(({ content }) => content.includes('COMPILE_CONTEXT'));
    if (namesContext && !dynamic) this.#ask('[1,0]');
  }

  /** Again and again, until everything has been told that the files read of the compile context. */
  run(order: 'forward' | 'reversed', progress: (file: number) => void): Run {
    for (;;) {
      const run = this.#once(order, progress);
      if (this.#input.request.dynamic || !run.text?.startsWith('N')) return run;
      this.#ask(run.text.slice(1));
    }
  }

  #ask(needed: string): void {
    const told = this.#input.ask(needed);
    if (told === null) throw new Error('the host has gone');
    this.#told.push(JSON.parse(told) as ToldContext);
  }

  #once(order: 'forward' | 'reversed', progress: (file: number) => void): Run {
    const { compiled, linked, request, prelude, calls } = this.#input;
    const { files, entries, others, now, functions, limits, dynamic } = request;
    calls.rewind();
    const isolate = new ivm.Isolate({
      memoryLimit: Math.max(limits.memoryMb, 16),
      onCatastrophicError: () => process.abort(),
    });
    const context = isolate.createContextSync();
    const run = (text: string, filename: string): unknown => {
      const script = isolate.compileScriptSync(text, { filename });
      return script.runSync(context, {
        timeout: Math.max(1, calls.deadline - Date.now()),
      }) as unknown;
    };
    const secret = digits(39);
    const { claims = null, values = null } = dynamic ?? {};
    const told = { others, now, context: this.#told, functions, claims, values };
    const words = { contextWords, contextWordsOfColumns: [...contextWordsOfColumns] };
    const settings = { ...limits, ...words, mark: digits(39), secret, ...told };
    run(preludeScript(prelude, settings), 'prelude');
    compiled.forEach((file, index) => {
      try {
        run(fileScript(file, index, linked.links[index]!, secret), `schema:${index}`);
      } catch (error) {
        // V8 refuses a little more than acorn: `await` outside of functions, for one.
        if (!(error instanceof SyntaxError)) throw error;
        const message = `the file is not valid JavaScript: ${error.message.replace(/ \[.*$/, '')}`;
        const failed = failedFile(files[index]!, index, 'schema/syntax', message);
        compiled[index] = failed;
        run(fileScript(failed, index, linked.links[index]!, secret), `schema:${index}`);
      }
    });
    for (let index = 0; index < entries; index++) {
      progress(index);
      const needed = run(runScript(index, secret), 'prelude');
      if (needed === '') continue;
      isolate.dispose();
      return { text: `N${String(needed)}`, depends: false };
    }
    runAsync({
      secret,
      run: (script) => run(script, 'prelude'),
      progress,
      exchange: (texts) => calls.exchange(texts),
    });
    // Values of all files are evaluated now: which of them is at work is not known.
    if (files.length > 1) progress(files.length);
    const text = run(finishScript(secret, order), 'prelude');
    const depends = run(dependsScript(secret), 'prelude') === 'yes';
    isolate.dispose();
    return { text: typeof text === 'string' ? text : null, depends };
  }
}

/** Adds a finding for each definition that came out differently when evaluated in another order. */
function withUnstable(text: string, again: string): string {
  const [head, ...lines] = text.split('\n');
  const others = again.split('\n');
  const found = lines.flatMap((line, index) => {
    if (line === others[index + 1]) return [];
    const [, , file, call] = JSON.parse(line) as [unknown, unknown, number, number];
    return [['schema/unstable-value', 0, unstable, file, -3, call, unstableHelp]];
  });
  if (found.length === 0) return text;
  const [notes, trace] = JSON.parse(head!) as [unknown[], unknown];
  return [JSON.stringify([[...notes, ...found], trace]), ...lines].join('\n');
}

const unstable =
  'a value that depends on claims comes out differently when it is evaluated in another order';
const unstableHelp = 'keep nothing between evaluations: no counters, no caches of what a claim was';

function importable({ files, packages, others }: RunnerRequest): ImportableFiles {
  const named = new Set(packages.map(([, index]) => index));
  const paths = [...files.entries()].filter(([index]) => !named.has(index));
  return {
    paths: new Map([
      ...paths.map(([index, file]) => [file.path, index] as const),
      ...others.paths.map((path) => [path, notEvaluated] as const),
    ]),
    packages: new Map(packages),
  };
}

function digits(count: number): string {
  return Array.from({ length: count }, () => randomInt(10)).join('');
}

function codeOf(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  if (message.includes('timed out')) return 'clock-timeout';
  if (message.includes('memory limit') || message.includes('Array buffer allocation failed'))
    return 'memory';
  if (message.includes('Invalid string length')) return 'too-large';
  if (error instanceof RangeError) return 'too-deep';
  const name = error instanceof Error ? error.name : typeof error;
  return `evaluation-failed ${`${name}: ${message}`.replace(/[^\x20-\x7e]/g, '?').slice(0, 200)}`;
}
