/** A map whose values are made when they are first asked for. */
export class LazyMap<T> implements ReadonlyMap<string, T> {
  readonly #make: ReadonlyMap<string, () => T>;
  readonly #made = new Map<string, T>();

  constructor(make: ReadonlyMap<string, () => T>) {
    this.#make = make;
  }

  get size(): number {
    return this.#make.size;
  }

  get(key: string): T | undefined {
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const value = this.#make.get(key)?.();
    if (value !== undefined) this.#made.set(key, value);
    return value;
  }

  has(key: string): boolean {
    return this.#make.has(key);
  }

  keys() {
    return this.#make.keys();
  }

  values() {
    return this.#all().values();
  }

  entries() {
    return this.#all().entries();
  }

  forEach(visit: (value: T, key: string, map: this) => void): void {
    for (const [key, value] of this.#all()) visit(value, key, this);
  }

  [Symbol.iterator]() {
    return this.entries();
  }

  /** In the order of the keys, whichever was asked for first. */
  #all(): Map<string, T> {
    return new Map([...this.#make.keys()].map((key) => [key, this.get(key)!]));
  }
}
