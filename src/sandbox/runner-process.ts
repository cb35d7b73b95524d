import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import type { ContextReads } from './context-reads.ts';
import { encodeFrame, FrameError, FrameReader } from './frames.ts';
import type { HostCalls } from './host-calls.ts';
import { searchPath } from './layers.ts';
import { killGroup, offerToOomKiller, processorMs, residentBytes } from './process-tree.ts';
import { RunnerClock, type ClockLimits, type TimeLimit } from './runner-clock.ts';

/** How a runner ended its one request. */
export type Outcome =
  | { readonly kind: 'reply'; readonly text: string }
  /** What the runner said of itself: `timeout`, `memory`, ... */
  | { readonly kind: 'refused'; readonly code: string; readonly detail: string }
  | { readonly kind: TimeLimit }
  | { readonly kind: 'memory' }
  | { readonly kind: 'bad-reply'; readonly reason: string }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'ended'; readonly reason: string }
  | { readonly kind: 'aborted' };

export interface RequestLimits extends ClockLimits {
  readonly memoryMb: number;
  readonly replyBytes: number;
  readonly signal?: AbortSignal;
}

/** What a runner can ask of its host while it works. */
export interface HostSide {
  readonly calls: HostCalls;
  readonly context: ContextReads;
}

const pollMs = 50;
/** A runner that is not ready by then never will be; a machine that is overloaded takes long. */
const startMs = 30_000;
const mostProgress = 1_000_000;
/** What a runner wrote is read within this time after its end, unless something else holds its pipe. */
const drainMs = 5_000;
/** Bytes of a ready runner, and what it may use beside its isolate. */
const slackBytes = 400_000_000;

/** One runner for one request: a process of its own, reached by two pipes, ended by SIGKILL. */
export class RunnerProcess {
  readonly #child: ChildProcess;
  readonly #input: Socket;
  readonly #output: Socket;
  #settle: ((outcome: Outcome) => void) | null = null;
  #ended: Outcome | null = null;
  #ready: Promise<Outcome | null>;
  #onReady: (outcome: Outcome | null) => void = () => undefined;
  #reader = new FrameReader(16);
  #progress = 0;
  #host: HostSide | null = null;
  #clock: RunnerClock | null = null;
  #isReady = false;
  #hasExited = false;
  /** Number of the file that was last begun; -1 before the first. */
  lastFile = -1;

  constructor(command: readonly string[]) {
    const [name, ...values] = command;
    this.#ready = new Promise((resolve) => (this.#onReady = resolve));
    this.#child = spawn(name!, values, {
      cwd: '/',
      env: { TZ: 'UTC', PATH: searchPath },
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true,
    });
    this.#input = this.#child.stdin as Socket;
    this.#output = this.#child.stdout as Socket;
    if (this.#child.pid !== undefined) offerToOomKiller(this.#child.pid);
    this.#child.on('error', (error) => this.#end({ kind: 'ended', reason: error.message }));
    this.#child.on('exit', (code, signal) => this.#exited(exitOutcome(code, signal)));
    this.#input.on('error', () => undefined);
    this.#output.on('error', () => undefined);
    this.#output.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#hold(false);
  }

  /** Whether it can still be given a request. */
  get isAlive(): boolean {
    return this.#ended === null && !this.#hasExited;
  }

  /** Sends the one request of this runner, and ends the runner whatever comes of it. */
  async run(request: string, host: HostSide, limits: RequestLimits): Promise<Outcome> {
    this.#hold(true);
    const start = setTimeout(
      () => this.#end({ kind: 'ended', reason: 'it did not start in time' }),
      startMs,
    );
    const abort = (): void => this.#end({ kind: 'aborted' });
    limits.signal?.addEventListener('abort', abort, { once: true });
    if (limits.signal?.aborted) abort();
    const failed = await this.#ready;
    clearTimeout(start);
    const outcome = failed ?? (await this.#exchange(request, host, limits));
    limits.signal?.removeEventListener('abort', abort);
    this.kill();
    return outcome;
  }

  kill(): void {
    this.#end({ kind: 'ended', reason: 'it was stopped' });
  }

  #exchange(request: string, host: HostSide, limits: RequestLimits): Promise<Outcome> {
    const { memoryMb, replyBytes } = limits;
    this.#reader = new FrameReader(replyBytes * 4 + 1_000_000);
    const most = memoryMb * 3_000_000 + slackBytes;
    const { pid } = this.#child;
    return new Promise((resolve) => {
      const poll = setInterval(() => {
        if (pid !== undefined && residentBytes(pid) > most) this.#end({ kind: 'memory' });
        if (!this.#hasExited) this.#clock?.check();
      }, pollMs);
      this.#settle = (outcome) => {
        this.#clock?.stop();
        clearInterval(poll);
        resolve(outcome);
      };
      this.#host = host;
      const used = () => (pid === undefined ? null : processorMs(pid));
      this.#clock = new RunnerClock(limits, used, (outcome) => this.#end(outcome));
      if (this.#ended) this.#settle(this.#ended);
      else this.#input.write(encodeFrame(request));
    });
  }

  #receive(chunk: Buffer): void {
    if (this.#ended) return;
    try {
      for (const frame of this.#reader.push(chunk)) this.#frame(frame);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#end(
        error.kind === 'too-long'
          ? { kind: 'too-large' }
          : { kind: 'bad-reply', reason: 'it is not UTF-8' },
      );
    }
  }

  #frame(frame: string): void {
    const kind = frame[0];
    if (!this.#isReady && frame === 'R') {
      this.#isReady = true;
      this.#onReady(null);
    } else if (
      this.#settle &&
      kind === 'P' &&
      /^P\d{1,6}$/.test(frame) &&
      ++this.#progress <= mostProgress
    ) {
      this.lastFile = Number(frame.slice(1));
    } else if (this.#settle && kind === 'C' && this.#host?.calls.accept(frame.slice(1))) {
      void this.#answer(this.#host.calls);
    } else if (this.#settle && kind === 'X') {
      this.#tell(this.#host?.context.answer(frame.slice(1)) ?? null);
    } else if (this.#settle && kind === 'A') {
      this.#end({ kind: 'reply', text: frame.slice(1) });
    } else if (this.#settle && kind === 'E' && refusal.test(frame)) {
      const [, code = '', detail = ''] = refusal.exec(frame)!;
      this.#end({ kind: 'refused', code, detail });
    } else this.#end({ kind: 'bad-reply', reason: 'it is not of the protocol' });
  }

  /** Of the compile context; everything is evaluated again after it. */
  #tell(answer: string | null): void {
    if (answer === null) this.#end({ kind: 'bad-reply', reason: 'it asks for what is no context' });
    else this.#input.write(encodeFrame(answer));
    this.#progress = 0;
  }

  /** The runner waits, and its clock stands still, until the oldest call has its answer. */
  async #answer(calls: HostCalls): Promise<void> {
    this.#clock?.wait();
    const answer = await calls.next();
    if (this.#ended) return;
    this.#clock?.run();
    this.#input.write(encodeFrame(answer));
  }

  /**
   * The end of one child lets Node look after all of them, so that this is told before what the runner
   * wrote last has been read: its answer counts, not that it ended.
   */
  #exited(outcome: Outcome): void {
    this.#hasExited = true;
    if (this.#ended) return;
    if (this.#child.pid !== undefined) killGroup(this.#child.pid);
    const late = setTimeout(() => this.#end(outcome), drainMs);
    late.unref();
    this.#child.once('close', () => {
      clearTimeout(late);
      this.#end(outcome);
    });
  }

  /** The first end counts. */
  #end(outcome: Outcome): void {
    if (this.#ended) return;
    this.#ended = outcome;
    if (this.#child.pid !== undefined && !this.#hasExited) killGroup(this.#child.pid);
    this.#input.destroy();
    this.#output.destroy();
    this.#onReady(outcome);
    this.#settle?.(outcome);
    this.#child.unref();
  }

  /** A waiting runner does not keep its host alive. */
  #hold(held: boolean): void {
    for (const handle of [this.#child, this.#input, this.#output]) {
      if (held) handle.ref();
      else handle.unref();
    }
  }
}

/** How an evaluation ended, and what the operator is told of it: printable ASCII, whoever wrote it. */
const refusal = /^E([a-z-]{1,40})(?: ([\x20-\x7e]{0,200}))?$/;

const memorySignals: readonly (NodeJS.Signals | null)[] = [
  'SIGABRT',
  'SIGTRAP',
  'SIGILL',
  'SIGSEGV',
  'SIGBUS',
  'SIGKILL',
];

/** A runner that nobody stopped: V8 aborts when memory is out, the kernel kills. */
function exitOutcome(code: number | null, signal: NodeJS.Signals | null): Outcome {
  if (signal === 'SIGXCPU' || code === 128 + 24) return { kind: 'timeout' };
  if (memorySignals.includes(signal) || (code !== null && code >= 129 && code <= 139))
    return { kind: 'memory' };
  return { kind: 'ended', reason: signal ? `signal ${signal}` : `exit code ${code}` };
}
