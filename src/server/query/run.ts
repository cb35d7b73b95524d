import type { QueryResult } from '../../drivers/driver.ts';
import { RequestError } from '../errors.ts';

/** Told to a client whose answer takes longer than it should hold a connection. */
export const continueWait = Symbol('continue wait');

/** How one caller waits. */
export interface Patience {
  /** Aborts when the caller has gone. */
  readonly signal: AbortSignal;
  /** After this time the caller is told to ask again, in milliseconds. */
  readonly waitMs: number;
  /** How long a caller that was told so has to ask again, in milliseconds. */
  readonly graceMs: number;
}

/**
 * One execution of a statement, for any number of callers. It is cancelled when nobody waits for it
 * any more, and the time is over in which those who were told to ask again may do so.
 */
export class Run {
  /** Never unhandled: nobody may be left to hear of a failure. */
  readonly result: Promise<QueryResult>;
  readonly #cancellation = new AbortController();
  readonly #onCancel: () => void;
  #waiting = 0;
  /** Until when somebody who was told to ask again may do so, in milliseconds since 1970. */
  #expectedUntil = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param onCancel Called before the execution is cancelled: nobody may join it from then on. */
  constructor(execute: (signal: AbortSignal) => Promise<QueryResult>, onCancel: () => void) {
    this.#onCancel = onCancel;
    this.result = execute(this.#cancellation.signal);
    const ended = (): void => clearTimeout(this.#timer);
    this.result.then(ended, ended);
  }

  /** Whether a caller waits now. */
  get isWaitedFor(): boolean {
    return this.#waiting > 0;
  }

  /** @throws RequestError when the caller goes, and whatever the execution throws. */
  async wait(patience: Patience): Promise<QueryResult | typeof continueWait> {
    this.#waiting++;
    clearTimeout(this.#timer);
    try {
      const first = await firstOf(this.result, patience);
      if (first === continueWait) {
        this.#expectedUntil = Math.max(this.#expectedUntil, Date.now() + patience.graceMs);
      }
      return first;
    } finally {
      this.#waiting--;
      this.#cancelUnlessExpected();
    }
  }

  cancel(): void {
    clearTimeout(this.#timer);
    this.#onCancel();
    this.#cancellation.abort(new Error('nobody waits for the result'));
  }

  #cancelUnlessExpected(): void {
    if (this.isWaitedFor) return;
    this.#timer = setTimeout(() => this.cancel(), Math.max(0, this.#expectedUntil - Date.now()));
    this.#timer.unref();
  }
}

/** The result, {@link continueWait}, or the caller's going, whichever comes first. */
async function firstOf(
  result: Promise<QueryResult>,
  { signal, waitMs }: Patience,
): Promise<QueryResult | typeof continueWait> {
  let timer: NodeJS.Timeout | undefined;
  let leave = (): void => undefined;
  const late = new Promise<typeof continueWait>((resolve) => {
    timer = setTimeout(() => resolve(continueWait), waitMs);
  });
  const gone = new Promise<never>((_resolve, reject) => {
    leave = () => reject(new RequestError(499, 'the client has gone'));
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([result, late, gone]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', leave);
  }
}
