import { SlotsBusyError, type SlotRequest } from '../core/fair-slots.ts';
import { assertNever } from '../core/invariant.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { ContextRead, ToldContext } from '../core/context-read.ts';
import type { SourceFile } from '../core/source.ts';
import { reportSandbox } from './diagnostics.ts';
import { ContextReads } from './context-reads.ts';
import { HostCalls, type HostFunction } from './host-calls.ts';
import type { SandboxLayer } from './layers.ts';
import type { Limits } from './limits.ts';
import { mostWaiting, type RunnerPool } from './runner-pool.ts';
import type { Outcome } from './runner-process.ts';

export type { HostFunction } from './host-calls.ts';
export type { SandboxLayer } from './layers.ts';

/** Files of the schema that are not evaluated this time. */
export interface OtherFiles {
  readonly paths: readonly string[];
  /** Names of the cubes that they declare. */
  readonly cubes: readonly string[];
  /** Whether a value of theirs depends on claims: then every value is evaluated in two orders. */
  readonly depend: boolean;
}

export interface EvaluationRequest {
  readonly files: readonly SourceFile[];
  /** Files before this one are evaluated, the others only when they are imported. */
  readonly entries: number;
  /** What an import calls a file that is no file of the schema, and its number. */
  readonly packages: readonly (readonly [string, number])[];
  /** Canonical JSON text, of which the runner is told what it asks for; null: it cannot ask. */
  readonly compileContext: string | null;
  readonly others: OtherFiles;
  /** The instant that schema code sees, in milliseconds since 1970. */
  readonly now: number;
  /** Evaluates some values for one user, instead of all that the files declare. */
  readonly dynamic?: {
    /** JSON text: `[path, value]` for each claim that is sent. */
    readonly claims: string;
    /** What is told of the compile context. */
    readonly context: readonly ToldContext[];
    /** Each a cube and the properties that lead to a value. */
    readonly values: readonly (readonly (string | number)[])[];
  };
}

export interface EvaluationOptions {
  readonly limits: Limits;
  /** Layers without which nothing is evaluated. */
  readonly require: readonly SandboxLayer[];
  /** What async modules can call, by name. */
  readonly functions?: ReadonlyMap<string, HostFunction>;
  /** Wraps the runner's command line. */
  readonly launcher?: (argv: string[]) => string[];
  /** Whose runners these are: groups share them evenly. */
  readonly group?: string;
  readonly signal?: AbortSignal;
}

export type Evaluation =
  | (Pick<Extract<Outcome, { kind: 'reply' }>, 'kind' | 'text'> & HostNotes)
  | ({ readonly kind: 'failed'; readonly diagnostic: Diagnostic } & HostNotes);

interface HostNotes {
  /** What host functions threw, for the embedder: nothing of it reaches schema files or diagnostics. */
  readonly hostErrors: readonly unknown[];
  /** What the runner was told of the compile context, on which the result can depend. */
  readonly reads: readonly ContextRead[];
}

/**
 * Evaluates schema files once, in a fresh process. The reply is untrusted text.
 *
 * @throws The signal's reason when it is aborted.
 */
export async function evaluate(
  request: EvaluationRequest,
  options: EvaluationOptions,
  pool: RunnerPool,
): Promise<Evaluation> {
  const { limits, signal, launcher, group = '', functions = new Map() } = options;
  const refused = checkSizes(request.files, limits) ?? checkLayers(options.require, pool);
  if (refused) return { kind: 'failed', diagnostic: refused, hostErrors: [], reads: [] };
  const giveBack = await turn(pool, { group, signal });
  if (giveBack === null) {
    const help = 'try again later, or let fewer of them run at once';
    const diagnostic = reportSandbox('sandbox/busy', { most: mostWaiting }, { help });
    return { kind: 'failed', diagnostic, hostErrors: [], reads: [] };
  }
  try {
    const runner = pool.take(limits, launcher);
    const calls = new HostCalls(functions, limits);
    const { compileContext, ...sent } = request;
    const context = new ContextReads(compileContext);
    const text = JSON.stringify({ ...sent, functions: [...functions.keys()], limits });
    const host = { calls, context };
    const outcome = await runner.run(text, host, { ...limits, ...(signal && { signal }) });
    calls.close();
    const notes = { hostErrors: calls.hostErrors, reads: context.told };
    if (outcome.kind === 'aborted') throw signal?.reason;
    if (outcome.kind === 'reply' && outcome.text.length <= limits.replyBytes)
      return { ...outcome, ...notes };
    const file = request.files[runner.lastFile]?.path;
    return {
      kind: 'failed',
      diagnostic: diagnose(outcome, limits, { file, waitedFor: calls.oldest }),
      ...notes,
    };
  } finally {
    giveBack();
  }
}

/** null: too many of the group wait already. */
async function turn(pool: RunnerPool, request: SlotRequest): Promise<(() => void) | null> {
  try {
    return await pool.turn(request);
  } catch (error) {
    if (error instanceof SlotsBusyError) return null;
    throw error;
  }
}

function checkSizes(files: readonly SourceFile[], limits: Limits): Diagnostic | null {
  let total = 0;
  for (const { path, content } of files) {
    const bytes = Buffer.byteLength(content);
    total += bytes;
    if (bytes > limits.fileBytes) {
      const span = { file: path, start: 0, end: 0 };
      const help = 'raise it with sandbox.fileBytes';
      return reportSandbox(
        'sandbox/file-too-large',
        { path, bytes: limits.fileBytes },
        { span, help },
      );
    }
  }
  if (total <= limits.sourceBytes) return null;
  const help = 'raise it with sandbox.sourceBytes';
  return reportSandbox('sandbox/source-too-large', { bytes: limits.sourceBytes }, { help });
}

function checkLayers(required: readonly SandboxLayer[], pool: RunnerPool): Diagnostic | null {
  if (required.length === 0) return null;
  for (const layer of required) {
    const found = pool.layers().find((item) => item.layer === layer);
    if (!found?.holds) {
      const reason = found?.reason ?? 'there is no such layer';
      return reportSandbox('sandbox/layer-missing', { layer, reason });
    }
  }
  return null;
}

function diagnose(
  outcome: Exclude<Outcome, { kind: 'aborted' }>,
  limits: Limits,
  { file, waitedFor }: { readonly file: string | undefined; readonly waitedFor: string },
): Diagnostic {
  const place = file === undefined ? {} : { span: { file, start: 0, end: 0 } };
  const help = (option: string) => ({ ...place, help: `raise it with sandbox.${option}` });
  const kind = outcome.kind === 'refused' ? outcome.code : outcome.kind;
  switch (kind) {
    case 'timeout':
      return reportSandbox('sandbox/timeout', { ms: limits.timeoutMs }, help('timeoutMs'));
    case 'clock-timeout':
      return reportSandbox(
        'sandbox/clock-timeout',
        { ms: limits.clockTimeoutMs },
        help('clockTimeoutMs'),
      );
    case 'function-timeout': {
      const parameters = { name: waitedFor, ms: limits.functionTimeoutMs };
      return reportSandbox('sandbox/function-timeout', parameters, help('functionTimeoutMs'));
    }
    case 'memory':
      return reportSandbox('sandbox/memory', { megabytes: limits.memoryMb }, help('memoryMb'));
    case 'too-large':
    case 'reply':
      return reportSandbox(
        'sandbox/reply-too-large',
        { bytes: limits.replyBytes },
        help('replyBytes'),
      );
    default:
      break;
  }
  switch (outcome.kind) {
    case 'bad-reply':
      return reportSandbox('sandbox/bad-reply', { reason: outcome.reason }, place);
    case 'ended':
      return reportSandbox('sandbox/runner-failed', { reason: outcome.reason }, place);
    case 'refused':
      return reportSandbox('sandbox/runner-failed', { reason: reasonOf(outcome) }, place);
    case 'timeout':
    case 'clock-timeout':
    case 'function-timeout':
    case 'memory':
    case 'too-large':
    case 'reply':
      return reportSandbox('sandbox/runner-failed', { reason: outcome.kind }, place);
    default:
      return assertNever(outcome);
  }
}

function reasonOf({ code, detail }: Extract<Outcome, { kind: 'refused' }>): string {
  return detail === '' ? code : `${code}: ${detail}`;
}
