import { asked, say } from '../core/told.ts';
import { types } from 'node:util';
import { isPlainObject, readOwnValue } from './claims.ts';
import { SecurityContextError } from './security-context-error.ts';

/** A claim as JSON data: what is sent to code that reads it. */
export type ClaimData =
  null | boolean | number | string | readonly ClaimData[] | { readonly [name: string]: ClaimData };

const deepest = 32;
const mostValues = 20_000;
const mostCharacters = 1_000_000;

/**
 * A copy of what a context has at a path, of own enumerable data properties alone; undefined when
 * there is nothing. The empty path is the whole context.
 *
 * @throws SecurityContextError when it is no JSON data, or too large.
 */
export function claimData(context: object, path: readonly string[]): ClaimData | undefined {
  const value: unknown = path.length === 0 ? context : readOwnValue(context, path);
  return value === undefined ? undefined : new ClaimCopy(path).of(value, 0);
}

class ClaimCopy {
  readonly #path: readonly string[];
  #values = 0;
  #characters = 0;

  constructor(path: readonly string[]) {
    this.#path = path;
  }

  of(value: unknown, depth: number): ClaimData {
    this.#values += 1;
    if (depth > deepest || this.#values > mostValues) throw this.#bad('is too large');
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'boolean':
        return value;
      case 'number':
        if (!Number.isFinite(value)) throw this.#bad('holds a number that is not finite');
        return value;
      default:
        break;
    }
    if (value === null) return null;
    if (typeof value === 'object' && !types.isProxy(value)) {
      if (Array.isArray(value)) return this.#list(value, depth);
      if (isPlainObject(value)) return this.#object(value, depth);
    }
    throw this.#bad('is no JSON data');
  }

  #text(text: string): string {
    this.#characters += text.length;
    if (this.#characters > mostCharacters) throw this.#bad('is too large');
    return text;
  }

  #list(list: readonly unknown[], depth: number): ClaimData[] {
    if (list.length > mostValues) throw this.#bad('is too large');
    return Array.from({ length: list.length }, (_, index) => {
      const property = Object.getOwnPropertyDescriptor(list, String(index));
      const item: unknown = property && 'value' in property ? property.value : undefined;
      return item === undefined ? null : this.of(item, depth + 1);
    });
  }

  #object(object: object, depth: number): { [name: string]: ClaimData } {
    const entries: [string, ClaimData][] = [];
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(object))) {
      if (!property.enumerable) continue;
      if (!('value' in property)) throw this.#bad('holds a getter, which is never run');
      if (property.value !== undefined)
        entries.push([this.#text(name), this.of(property.value, depth + 1)]);
    }
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #bad(problem: string): SecurityContextError {
    const name = ['SECURITY_CONTEXT', ...this.#path].join('.');
    return new SecurityContextError('context/bad-claim', say`${asked(name)} ${asked(problem)}`);
  }
}
