/** How much time a runner is given: for itself, and for host functions that it waits for. */
export interface ClockLimits {
  readonly timeoutMs: number;
  readonly functionTimeoutMs: number;
}

/** Two budgets of time, of which one is running. */
export class RunnerClock {
  readonly #onEnd: (outcome: { kind: 'timeout' | 'function-timeout' }) => void;
  readonly #left: { timeout: number; 'function-timeout': number };
  #kind: 'timeout' | 'function-timeout' = 'timeout';
  #since = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    limits: ClockLimits,
    onEnd: (outcome: { kind: 'timeout' | 'function-timeout' }) => void,
  ) {
    this.#onEnd = onEnd;
    this.#left = { timeout: limits.timeoutMs, 'function-timeout': limits.functionTimeoutMs };
    this.run();
  }

  run(): void {
    this.#start('timeout');
  }

  wait(): void {
    this.#start('function-timeout');
  }

  stop(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#left[this.#kind] -= performance.now() - this.#since;
  }

  #start(kind: 'timeout' | 'function-timeout'): void {
    this.stop();
    this.#kind = kind;
    this.#since = performance.now();
    this.#timer = setTimeout(() => this.#onEnd({ kind }), Math.max(0, this.#left[kind]));
  }
}
