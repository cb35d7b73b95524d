import type { CubeJoin } from '../model/model.ts';

/** The cubes of a model by number, and the joins that they declare to others. */
export interface CubeNumbers {
  readonly names: readonly string[];
  readonly numberOf: (name: string) => number;
  readonly joinsOf: (cube: number) => readonly CubeJoin[];
  /** Those that declare a join to a cube. */
  readonly sourcesOf: (cube: number) => readonly number[];
}

/** Whether a join is followed. */
type IsAllowed = (from: string, to: string) => boolean;

/** How far all cubes are from one that they come to. Searched from there, as far as is asked for. */
export class JoinDistances {
  readonly #numbers: CubeNumbers;
  readonly #isAllowed: IsAllowed | null;
  /** By number; -1 where none is known. */
  readonly #distances: Int32Array;
  /** Those that are known, nearest first. */
  readonly #found: number[];
  #expanded = 0;
  #repeats: Int32Array | null = null;

  /** @param isAllowed which joins are followed; null: all. */
  constructor(target: string, numbers: CubeNumbers, isAllowed: IsAllowed | null) {
    this.#numbers = numbers;
    this.#isAllowed = isAllowed;
    this.#distances = new Int32Array(numbers.names.length).fill(-1);
    const start = numbers.numberOf(target);
    this.#distances[start] = 0;
    this.#found = [start];
  }

  /** How many joins lead from a cube to the target; null: it does not come there. */
  distance(cube: string): number | null {
    const index = this.#numbers.numberOf(cube);
    while (this.#distances[index]! < 0 && this.#expanded < this.#found.length) this.#expand();
    const found = this.#distances[index]!;
    return found < 0 ? null : found;
  }

  /** The joins with which the shortest ways from a cube begin, in order of declaration. */
  next(cube: string): CubeJoin[] {
    const distance = this.distance(cube);
    return distance === null ? [] : this.#nextOf(this.#numbers.numberOf(cube), distance);
  }

  /** Every cube that comes to the target. */
  cubes(): string[] {
    while (this.#expanded < this.#found.length) this.#expand();
    return this.#found.map((index) => this.#numbers.names[index]!);
  }

  /** Of a cube's shortest ways, the fewest joins that give a row of the target more than one row. */
  repeats(cube: string): number {
    this.#repeats ??= this.#countRepeats();
    return this.#repeats[this.#numbers.numberOf(cube)]!;
  }

  #countRepeats(): Int32Array {
    this.cubes();
    const counts = new Int32Array(this.#numbers.names.length);
    for (const index of this.#found.slice(1)) {
      const found = this.#nextOf(index, this.#distances[index]!).map(
        ({ target, relationship }) =>
          counts[this.#numbers.numberOf(target)]! + (relationship === 'many-to-one' ? 1 : 0),
      );
      counts[index] = found.reduce((least, count) => Math.min(least, count));
    }
    return counts;
  }

  #nextOf(index: number, distance: number): CubeJoin[] {
    const name = this.#numbers.names[index]!;
    return this.#numbers
      .joinsOf(index)
      .filter(
        ({ target }) =>
          this.#distances[this.#numbers.numberOf(target)] === distance - 1 &&
          (this.#isAllowed?.(name, target) ?? true),
      );
  }

  #expand(): void {
    const { names, sourcesOf } = this.#numbers;
    const index = this.#found[this.#expanded++]!;
    for (const source of sourcesOf(index)) {
      if (this.#distances[source]! >= 0) continue;
      if (this.#isAllowed && !this.#isAllowed(names[source]!, names[index]!)) continue;
      this.#distances[source] = this.#distances[index]! + 1;
      this.#found.push(source);
    }
  }
}
