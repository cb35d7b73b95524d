/** Whose work it is, and who may call it off. */
export interface SlotRequest {
  /** Groups share the slots evenly. */
  readonly group: string;
  readonly signal?: AbortSignal | undefined;
}

export interface FairSlotsOptions {
  /** Slots for everybody. */
  readonly most: number;
  /** Further slots, each only for a group that holds none: no group can keep another out. */
  readonly extra: number;
  /** How many of a group may wait. */
  readonly mostWaiting: number;
}

/** A group has as many waiting as may wait. */
export class SlotsBusyError extends Error {
  override readonly name = 'SlotsBusyError';
}

/**
 * Slots for groups that do not trust each other. One that is free goes to the group that holds the
 * fewest, in turn; inside a group, to who waits longest.
 */
export class FairSlots {
  readonly #options: FairSlotsOptions;
  readonly #held = new Map<string, number>();
  /** Groups in the order of their turns; none without somebody who waits. */
  readonly #waiting = new Map<string, Set<() => void>>();
  #taken = 0;

  constructor(options: FairSlotsOptions) {
    this.#options = options;
  }

  /**
   * Resolves with the function that gives the slot back.
   *
   * @throws SlotsBusyError when too many of the group wait.
   * @throws the reason of `signal`, when it aborts while its caller waits.
   */
  async take({ group, signal }: SlotRequest): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.#admits(group)) this.#enter(group);
    else await this.#wait(group, signal);
    let isGiven = false;
    return () => {
      if (isGiven) return;
      isGiven = true;
      this.#leave(group);
    };
  }

  #admits(group: string): boolean {
    const { most, extra } = this.#options;
    return this.#taken < most || (!this.#held.has(group) && this.#taken < most + extra);
  }

  #enter(group: string): void {
    this.#taken++;
    this.#held.set(group, (this.#held.get(group) ?? 0) + 1);
  }

  #leave(group: string): void {
    this.#taken--;
    const left = this.#held.get(group)! - 1;
    if (left > 0) this.#held.set(group, left);
    else this.#held.delete(group);
    for (let next = this.#next(); next !== null; next = this.#next()) this.#call(next);
  }

  /** The group whose turn it is, if it is admitted. */
  #next(): string | null {
    let [next, fewest]: [string | null, number] = [null, Infinity];
    for (const group of this.#waiting.keys()) {
      const held = this.#held.get(group) ?? 0;
      if (held < fewest) [next, fewest] = [group, held];
    }
    return next !== null && this.#admits(next) ? next : null;
  }

  #call(group: string): void {
    const queue = this.#waiting.get(group)!;
    const [first] = queue;
    this.#enter(group);
    first!();
    // Its next turn is after everybody else's.
    if (this.#waiting.delete(group) && queue.size > 0) this.#waiting.set(group, queue);
  }

  #wait(group: string, signal: AbortSignal | undefined): Promise<void> {
    const queue = this.#waiting.get(group) ?? new Set();
    if (queue.size >= this.#options.mostWaiting) {
      throw new SlotsBusyError(`${queue.size} of a group wait already`);
    }
    this.#waiting.set(group, queue);
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        queue.delete(enter);
        signal?.removeEventListener('abort', give);
      };
      const enter = (): void => {
        stop();
        resolve();
      };
      const give = (): void => {
        stop();
        if (queue.size === 0 && this.#waiting.get(group) === queue) this.#waiting.delete(group);
        reject(signal?.reason as Error);
      };
      queue.add(enter);
      signal?.addEventListener('abort', give, { once: true });
    });
  }
}
