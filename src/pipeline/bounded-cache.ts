interface Entry<V> {
  readonly value: V;
  readonly weight: number;
  /** Read since it was stored, or since it was last spared. */
  isUsed: boolean;
}

/**
 * A cache bounded by the weights (about bytes) of its entries. Those that nobody reads go first, the oldest
 * of them before the others ("second chance": reading, which is done most, moves nothing).
 */
export class BoundedCache<V> {
  readonly #entries = new Map<string, Entry<V>>();
  readonly #mostWeight: number;
  #weight = 0;

  constructor(mostWeight: number) {
    this.#mostWeight = mostWeight;
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    entry.isUsed = true;
    return entry.value;
  }

  set(key: string, value: V, weight: number): void {
    this.delete(key);
    if (weight > this.#mostWeight) return;
    this.#weight += weight;
    this.#makeRoom();
    this.#entries.set(key, { value, weight, isUsed: false });
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#weight -= entry.weight;
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#weight = 0;
  }

  /** An entry that was read is spared once, as if it were new. */
  #makeRoom(): void {
    for (const [key, entry] of this.#entries) {
      if (this.#weight <= this.#mostWeight) return;
      this.#entries.delete(key);
      if (entry.isUsed) {
        entry.isUsed = false;
        this.#entries.set(key, entry);
      } else this.#weight -= entry.weight;
    }
  }
}
