/** Longest that work goes on before other work of the process gets its turn, in milliseconds. */
const sliceMs = 10;

/**
 * Cuts long work into slices, so that it never holds the event loop for long. What the work comes to does
 * not depend on where it is cut.
 *
 * @example
 * for (const item of items) {
 *   work(item);
 *   if (turns.isDue) await turns.give();
 * }
 */
export class Turns {
  #since = performance.now();

  get isDue(): boolean {
    return performance.now() - this.#since > sliceMs;
  }

  /** Resolves after everything that waits has had its turn. */
  async give(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#since = performance.now();
  }
}
