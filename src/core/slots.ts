/** Admits so many at once; the others wait in order. */
export class Slots {
  /** In the order of their coming. */
  readonly #waiting = new Set<() => void>();
  #free: number;

  constructor(most: number) {
    this.#free = most;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Resolves with the function that gives the slot back, to who waits longest.
   *
   * @throws the reason of `signal`, when it aborts while its caller waits.
   */
  async take(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.#free > 0) this.#free--;
    else await this.#wait(signal);
    let isGiven = false;
    return () => {
      if (isGiven) return;
      isGiven = true;
      const [next] = this.#waiting;
      if (next) next();
      else this.#free++;
    };
  }

  #wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(enter);
        signal?.removeEventListener('abort', give);
      };
      const enter = (): void => {
        leave();
        resolve();
      };
      const give = (): void => {
        leave();
        reject(signal?.reason as Error);
      };
      this.#waiting.add(enter);
      signal?.addEventListener('abort', give, { once: true });
    });
  }
}
