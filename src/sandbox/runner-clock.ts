/** How much time a runner is given: for itself, and for host functions that it waits for. */
export interface ClockLimits {
  readonly timeoutMs: number;
  readonly clockTimeoutMs: number;
  readonly functionTimeoutMs: number;
}

export type TimeLimit = 'timeout' | 'clock-timeout' | 'function-timeout';
type OnEnd = (outcome: { readonly kind: TimeLimit }) => void;

/**
 * Two budgets by the clock, of which one is running, and one of processor time, which a busy machine does
 * not use up. Where processor time is not told, the clock stands for it.
 */
export class RunnerClock {
  readonly #onEnd: OnEnd;
  readonly #processorMs: () => number | null;
  readonly #before: number | null;
  readonly #most: number;
  readonly #left: { 'clock-timeout': number; 'function-timeout': number };
  #kind: 'clock-timeout' | 'function-timeout' = 'clock-timeout';
  #since = 0;
  #timer: NodeJS.Timeout | undefined;
  #ran = 0;
  #lastUsed = -1;
  #lastUse = performance.now();

  /** @param processorMs What the runner has used so far; null where that is not told. */
  constructor(limits: ClockLimits, processorMs: () => number | null, onEnd: OnEnd) {
    this.#onEnd = onEnd;
    this.#processorMs = processorMs;
    this.#before = processorMs();
    this.#most = limits.timeoutMs;
    this.#left = {
      'clock-timeout': limits.clockTimeoutMs,
      'function-timeout': limits.functionTimeoutMs,
    };
    this.run();
  }

  run(): void {
    this.#start('clock-timeout');
  }

  wait(): void {
    this.#start('function-timeout');
  }

  stop(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const passed = performance.now() - this.#since;
    this.#left[this.#kind] -= passed;
    if (this.#kind === 'clock-timeout') this.#ran += passed;
  }

  /** Called often: ends the run when its processor time is used up, or when it has stopped using any. */
  check(): void {
    const used = this.#used();
    if (used > this.#most || this.#isStalled(used)) this.#onEnd({ kind: 'timeout' });
  }

  /**
   * A thread that V8 has put to sleep for good uses no processor time, and never ends. On a busy machine a
   * process that can run gets a tick in much less than the limit.
   */
  #isStalled(used: number): boolean {
    const now = performance.now();
    if (used !== this.#lastUsed || this.#kind === 'function-timeout') {
      this.#lastUsed = used;
      this.#lastUse = now;
    }
    return now - this.#lastUse > this.#most;
  }

  #used(): number {
    const now = this.#before === null ? null : this.#processorMs();
    if (now !== null) return now - this.#before!;
    const isRunning = this.#timer !== undefined && this.#kind === 'clock-timeout';
    return this.#ran + (isRunning ? performance.now() - this.#since : 0);
  }

  #start(kind: 'clock-timeout' | 'function-timeout'): void {
    this.stop();
    this.#kind = kind;
    this.#since = performance.now();
    this.#timer = setTimeout(() => this.#onEnd({ kind }), Math.max(0, this.#left[kind]));
  }
}
