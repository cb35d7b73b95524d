/**
 * What the host was asked and answered. A schema that is evaluated again gets the same answers, and
 * the host is not asked again.
 */
export class ExchangeLog {
  /** In milliseconds since 1970; moved by the time that the host takes. */
  deadline: number;
  readonly #ask: (calls: string) => string | null;
  readonly #log: { readonly calls: string; readonly answer: string }[] = [];
  #next = 0;

  constructor(ask: (calls: string) => string | null, deadline: number) {
    this.#ask = ask;
    this.deadline = deadline;
  }

  rewind(): void {
    this.#next = 0;
  }

  /** JSON text in and out. @throws Error when a schema asks for something else than before. */
  exchange(calls: string): string {
    const known = this.#log[this.#next++];
    if (known) {
      if (known.calls === calls) return known.answer;
      throw new Error('the schema calls host functions differently when it is evaluated again');
    }
    const since = Date.now();
    const answer = this.#ask(calls);
    if (answer === null) throw new Error('the host has gone');
    this.deadline += Date.now() - since;
    this.#log.push({ calls, answer });
    return answer;
  }
}
