import type { Fragment } from '../model/model.ts';
import { ArtifactError } from './artifact-error.ts';

/** Deeper than any schema nests: filters in filter functions, folders in folders. */
const deepest = 300;

/** Where decoding is, and what it has met that must exist elsewhere. */
export class DecodeContext {
  readonly #path: (string | number)[];
  /** `Orders.count`: members that are referred to. */
  readonly members = new Set<string>();
  /** Cubes that are referred to. */
  readonly cubes = new Set<string>();
  /** Every text of SQL. */
  readonly fragments: Fragment[] = [];

  /** @param place What is decoded: `cubes.Orders`. */
  constructor(place: string) {
    this.#path = [place];
  }

  get place(): string {
    return this.#path.join('.').slice(0, 300);
  }

  at<T>(key: string | number, decode: () => T): T {
    if (this.#path.length >= deepest) malformed('less depth', this);
    this.#path.push(key);
    const decoded = decode();
    this.#path.pop();
    return decoded;
  }

  /** Each item at its number. */
  within<T>(items: readonly unknown[], decode: (item: unknown) => T): T[] {
    if (this.#path.length >= deepest) malformed('less depth', this);
    this.#path.push(0);
    const decoded = items.map((item, index) => {
      this.#path[this.#path.length - 1] = index;
      return decode(item);
    });
    this.#path.pop();
    return decoded;
  }
}

export function malformed(expected: string, context: DecodeContext): never {
  throw new ArtifactError(
    'artifact/invalid',
    `the artifact has no ${expected} at ${context.place}`,
  );
}
