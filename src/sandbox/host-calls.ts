import { Slots } from '../core/slots.ts';

/**
 * A function of the embedder that async modules can call. Takes and gives JSON data; `signal` is
 * aborted when the compile ends before the answer.
 */
export type HostFunction = (input: unknown, call: { readonly signal: AbortSignal }) => unknown;

export interface CallLimits {
  readonly functionCalls: number;
  readonly functionBytes: number;
}

const mostAtOnce = 8;

/** The calls of one runner, answered in their order. What it asks for is untrusted. */
export class HostCalls {
  /** What the functions threw, in the order in which they ended. */
  readonly hostErrors: unknown[] = [];
  /** The function that the runner waits for, or waited for last. */
  oldest = '';
  readonly #functions: ReadonlyMap<string, HostFunction>;
  readonly #limits: CallLimits;
  readonly #slots = new Slots(mostAtOnce);
  readonly #controller = new AbortController();
  readonly #answers: { readonly name: string; readonly text: Promise<string> }[] = [];
  #calls = 0;
  #isWaiting = false;

  constructor(functions: ReadonlyMap<string, HostFunction>, limits: CallLimits) {
    this.#functions = functions;
    this.#limits = limits;
  }

  /** Begins the calls of a frame, `[[number, name, input], ...]`; false when it is not of that form. */
  accept(frame: string): boolean {
    if (this.#isWaiting) return false;
    let calls: unknown;
    try {
      calls = JSON.parse(frame);
    } catch {
      return false;
    }
    if (!Array.isArray(calls)) return false;
    for (const call of calls as unknown[]) if (!this.#begin(call)) return false;
    return this.#answers.length > 0;
  }

  /** JSON text for the runner: the answer of the oldest call that has none yet. */
  async next(): Promise<string> {
    this.#isWaiting = true;
    const { name, text } = this.#answers.shift()!;
    this.oldest = name;
    const answer = await text;
    this.#isWaiting = false;
    return answer;
  }

  /** Nobody waits any longer for what still runs. */
  close(): void {
    this.#controller.abort();
  }

  #begin(call: unknown): boolean {
    if (!Array.isArray(call) || call.length !== 3) return false;
    const [number, name, input] = call as unknown[];
    const { functionCalls, functionBytes } = this.#limits;
    if (number !== this.#calls || this.#calls >= functionCalls) return false;
    if (typeof name !== 'string' || typeof input !== 'string') return false;
    const target = this.#functions.get(name);
    if (!target || input.length > functionBytes) return false;
    this.#calls++;
    this.#answers.push({ name, text: this.#call(number, target, input) });
    return true;
  }

  async #call(number: number, target: HostFunction, input: string): Promise<string> {
    const failed = (what: string): string => JSON.stringify([number, 1, what]);
    const giveBack = await this.#slots.take();
    try {
      if (this.#controller.signal.aborted) return failed('was not called');
      const value: unknown = await target(JSON.parse(input), { signal: this.#controller.signal });
      const text = value === undefined ? 'null' : jsonText(value);
      if (text === undefined) return failed('answered with something else than JSON data');
      const { functionBytes } = this.#limits;
      if (text.length > functionBytes) {
        return failed(`answered with more than ${functionBytes} bytes, see sandbox.functionBytes`);
      }
      return JSON.stringify([number, 0, text]);
    } catch (error) {
      this.hostErrors.push(error);
      return failed('failed');
    } finally {
      giveBack();
    }
  }
}

/** undefined: not JSON data. What its own `toJSON` or getters throw is an error of the function. */
function jsonText(value: unknown): string | undefined {
  return JSON.stringify(value) as string | undefined;
}
