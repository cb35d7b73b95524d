/** Hands out at most `size` connections, made when first needed; callers wait in order. */
export class ConnectionPool<Connection> {
  readonly #open: () => Promise<Connection>;
  readonly #size: number;
  readonly #idle: Connection[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #onEmpty: (() => void)[] = [];
  #taken = 0;

  constructor(size: number, open: () => Promise<Connection>) {
    this.#size = size;
    this.#open = open;
  }

  /** Runs `use` with a connection of its own; `usable` says whether it may serve another caller. */
  async with<Result>(
    use: (connection: Connection) => Promise<Result>,
    usable: (connection: Connection) => Promise<boolean>,
  ): Promise<Result> {
    await this.#take();
    try {
      const connection = this.#idle.pop() ?? (await this.#open());
      try {
        return await use(connection);
      } finally {
        if (await usable(connection)) this.#idle.push(connection);
      }
    } finally {
      this.#give();
    }
  }

  /** Waits until nobody uses a connection, and lets go of all of them. */
  async drain(): Promise<Connection[]> {
    if (this.#taken > 0) await new Promise<void>((resolve) => this.#onEmpty.push(resolve));
    return this.#idle.splice(0);
  }

  async #take(): Promise<void> {
    if (this.#taken < this.#size) this.#taken++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** The place goes to the next who waits, if somebody does. */
  #give(): void {
    const next = this.#waiting.shift();
    if (next) return next();
    this.#taken--;
    if (this.#taken === 0) for (const resolve of this.#onEmpty.splice(0)) resolve();
  }
}
