import { didYouMean } from '../core/suggest.ts';
import type { MemberPath } from '../core/names.ts';
import { asked, ownName, say, Told, type Literal } from '../core/told.ts';
import { Budget } from './budget.ts';
import type { FoundProblem } from './query-error.ts';
import { timeZoneNames } from './time/time-zone.ts';

/** More problems than anyone reads. */
const mostProblems = 100;
const longestList = 10_000;

/** Reads parts of an untrusted query and collects what is wrong, each with its place. */
export class QueryReader {
  readonly problems: FoundProblem[] = [];
  /** What answering the query may cost. */
  readonly budget = new Budget();

  /**
   * @param message A text of the code, or one made by `say`: a name of the schema is no plain text.
   * @param detail What it is for the operator, where a user is told that there is no such thing.
   */
  report<const T extends string>(
    code: string,
    path: string,
    message: Told | (T & Literal<T>),
    detail?: FoundProblem['detail'],
  ): void {
    if (this.problems.length === mostProblems) return;
    const told = message instanceof Told ? message : new Told([message]);
    this.problems.push({ code, path, message: told, ...(detail && { detail }) });
  }

  /** A value of the query in an error message: short, and nothing in it that could confuse a terminal. */
  show(value: unknown): Told {
    return asked(shownValue(value));
  }

  /** The object's own entries without a prototype; null after reporting that it is none. */
  object(value: unknown, path: string, what: string): Readonly<Record<string, unknown>> | null {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.report(
        'query/not-an-object',
        path,
        say`${asked(what)} must be an object, not ${this.show(value)}`,
      );
      return null;
    }
    return Object.assign(Object.create(null) as object, value) as Readonly<Record<string, unknown>>;
  }

  list(value: unknown, path: string): readonly unknown[] {
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) {
      this.report(
        'query/not-a-list',
        path,
        say`${asked(path)} must be a list, not ${this.show(value)}`,
      );
      return [];
    }
    if (value.length <= longestList) return value as readonly unknown[];
    this.report('query/too-long', path, say`${asked(path)} has more than ${longestList} items`);
    return [];
  }

  integer(value: unknown, path: string, least: number, most: number, otherwise: number): number {
    if (value === undefined || value === null) return otherwise;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most)
      return value;
    this.report(
      `query/bad-${path}`,
      path,
      say`${asked(path)} must be a whole number from ${least} to ${most}, not ${this.show(value)}`,
    );
    return otherwise;
  }

  boolean(value: unknown, path: string): boolean {
    if (typeof value === 'boolean') return value;
    if (value !== undefined && value !== null) {
      this.report(
        'query/not-a-boolean',
        path,
        say`${asked(path)} must be true or false, not ${this.show(value)}`,
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
    if (this.problems.length === mostProblems) return;
    const hint = asked(didYouMean(key, known) ?? `known are ${known.join(', ')}`);
    const place = path === '' ? key : `${path}.${key}`;
    this.report(
      'query/unknown-key',
      place.slice(0, 200),
      say`there is no ${this.show(key)} in a query; ${hint}`,
    );
  }

  /** @param owner The member whose own names some of the known ones are; null: they are words of the code. */
  oneOf(
    code: string,
    value: unknown,
    path: string,
    known: readonly string[],
    owner: MemberPath | null = null,
  ): void {
    const hint = typeof value === 'string' ? didYouMean(value, known) : undefined;
    const text = `${known.join(', ')}${hint ? `; ${hint}` : ''}`;
    const names = owner === null ? asked(text) : ownName(owner, text);
    this.report(code, path, say`${this.show(value)} is not one of ${names}`);
  }

  unknownTimeZone(value: unknown): void {
    const hint = typeof value === 'string' ? didYouMean(value, timeZoneNames()) : undefined;
    this.report(
      'query/bad-time-zone',
      'timezone',
      say`${this.show(value)} is not an IANA time zone; ${asked(hint ?? "names look like 'Europe/Berlin'")}`,
    );
  }
}

function shownValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 100));
  if (typeof value === 'object' && value !== null)
    return Array.isArray(value) ? 'a list' : 'an object';
  return typeof value === 'symbol' || typeof value === 'function'
    ? `a ${typeof value}`
    : String(value);
}
