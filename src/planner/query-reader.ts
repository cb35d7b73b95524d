import { didYouMean } from '../core/suggest.ts';
import type { QueryProblem } from './query-error.ts';
import { timeZoneNames } from './time/time-zone.ts';

/** More problems than anyone reads. */
const mostProblems = 100;
const longestList = 10_000;

/** Reads parts of an untrusted query and collects what is wrong, each with its place. */
export class QueryReader {
  readonly problems: QueryProblem[] = [];

  report(code: string, path: string, message: string): void {
    if (this.problems.length < mostProblems) this.problems.push({ code, path, message });
  }

  /** A value in an error message: short, and nothing in it that could confuse a terminal. */
  show(value: unknown): string {
    if (typeof value === 'string') return JSON.stringify(value.slice(0, 100));
    if (typeof value === 'object' && value !== null)
      return Array.isArray(value) ? 'a list' : 'an object';
    return typeof value === 'symbol' || typeof value === 'function'
      ? `a ${typeof value}`
      : String(value);
  }

  /** The object's own entries without a prototype; null after reporting that it is none. */
  object(value: unknown, path: string, what: string): Readonly<Record<string, unknown>> | null {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.report(
        'query/not-an-object',
        path,
        `${what} must be an object, not ${this.show(value)}`,
      );
      return null;
    }
    return Object.assign(Object.create(null) as object, value) as Readonly<Record<string, unknown>>;
  }

  list(value: unknown, path: string): readonly unknown[] {
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) {
      this.report('query/not-a-list', path, `${path} must be a list, not ${this.show(value)}`);
      return [];
    }
    if (value.length <= longestList) return value as readonly unknown[];
    this.report('query/too-long', path, `${path} has more than ${longestList} items`);
    return [];
  }

  integer(value: unknown, path: string, least: number, most: number, otherwise: number): number {
    if (value === undefined || value === null) return otherwise;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most)
      return value;
    this.report(
      `query/bad-${path}`,
      path,
      `${path} must be a whole number from ${least} to ${most}, not ${this.show(value)}`,
    );
    return otherwise;
  }

  boolean(value: unknown, path: string): boolean {
    if (typeof value === 'boolean') return value;
    if (value !== undefined && value !== null) {
      this.report(
        'query/not-a-boolean',
        path,
        `${path} must be true or false, not ${this.show(value)}`,
      );
    }
    return false;
  }

  knownKeys(
    object: Readonly<Record<string, unknown>>,
    path: string,
    known: readonly string[],
  ): void {
    for (const key of Object.keys(object))
      if (!known.includes(key)) this.unknownKey(key, path, known);
  }

  unknownKey(key: string, path: string, known: readonly string[]): void {
    const hint = didYouMean(key, known) ?? `known are ${known.join(', ')}`;
    const place = path === '' ? key : `${path}.${key}`;
    this.report(
      'query/unknown-key',
      place.slice(0, 200),
      `there is no ${this.show(key)} in a query; ${hint}`,
    );
  }

  oneOf(code: string, value: unknown, path: string, known: readonly string[]): void {
    const hint = typeof value === 'string' ? didYouMean(value, known) : undefined;
    const names = `one of ${known.join(', ')}`;
    this.report(code, path, `${this.show(value)} is not ${names}${hint ? `; ${hint}` : ''}`);
  }

  unknownTimeZone(value: unknown): void {
    const hint = typeof value === 'string' ? didYouMean(value, timeZoneNames()) : undefined;
    this.report(
      'query/bad-time-zone',
      'timezone',
      `${this.show(value)} is not an IANA time zone; ${hint ?? "names look like 'Europe/Berlin'"}`,
    );
  }
}
