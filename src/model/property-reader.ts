import type { Diagnostic, Report } from '../core/diagnostic.ts';
import { didYouMean } from '../core/suggest.ts';
import type { DeclaredObject, DeclaredValue, Locate, Place } from '../syntax/declaration.ts';
import { reportModel } from './diagnostics.ts';
import type { Json } from './model.ts';

/** What reading declarations needs: where values stand, and where findings go. */
export interface ReadContext {
  readonly locate: Locate;
  readonly report: Report;
}

/** The properties of one declared object, under one spelling each, with typed reads that report. */
export class PropertyReader {
  readonly place: Place;
  /** `measure`, `cube`: for messages. */
  readonly what: string;
  readonly #context: ReadContext;
  readonly #values = new Map<string, DeclaredValue>();

  /** `keys`: every property, in snake_case; its camelCase spelling is accepted too. */
  constructor(
    object: DeclaredObject,
    what: string,
    keys: ReadonlySet<string>,
    context: ReadContext,
  ) {
    this.place = object.place;
    this.what = what;
    this.#context = context;
    for (const [written, value] of object.entries) this.#add(written, value, keys);
  }

  #add(written: string, value: DeclaredValue, keys: ReadonlySet<string>): void {
    const key = keys.has(written) ? written : snakeCase(written);
    if (!keys.has(key)) {
      this.report(
        reportModel(
          'model/unknown-key',
          { key: written, what: this.what },
          { span: this.#context.locate(value.place, 'name'), help: didYouMean(key, keys) },
        ),
      );
      return;
    }
    if (this.#values.has(key)) {
      const span = this.#context.locate(value.place, 'name');
      this.report(reportModel('model/duplicate-key', { key: written, other: key }, { span }));
      return;
    }
    this.#values.set(key, value);
  }

  get(key: string): DeclaredValue | undefined {
    return this.#values.get(key);
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  text(key: string): string | null {
    return this.#scalar(key, 'a text', (value) => (typeof value === 'string' ? value : undefined));
  }

  boolean(key: string): boolean | null {
    return this.#scalar(key, 'true or false', (value) =>
      typeof value === 'boolean' ? value : undefined,
    );
  }

  /** One of the known words, in any of their spellings. */
  word<T extends string>(key: string, known: ReadonlyMap<string, T>): T | null {
    const value = this.#values.get(key);
    if (!value) {
      this.missing(key);
      return null;
    }
    if (value.kind !== 'scalar' || typeof value.value !== 'string') {
      this.bad(key, `one of ${[...new Set(known.values())].join(', ')}`, value);
      return null;
    }
    const found = known.get(value.value);
    if (found === undefined) {
      const names = [...new Set(known.values())];
      this.report(
        reportModel(
          'model/bad-type',
          { what: this.what, found: value.value, known: names.join(', ') },
          { span: this.#context.locate(value.place), help: didYouMean(value.value, known.keys()) },
        ),
      );
    }
    return found ?? null;
  }

  object(key: string): DeclaredObject | null {
    const value = this.#values.get(key);
    if (!value || value.kind === 'object') return value ?? null;
    this.bad(key, 'an object', value);
    return null;
  }

  list(key: string): readonly DeclaredValue[] {
    const value = this.#values.get(key);
    if (!value) return [];
    if (value.kind === 'list') return value.items;
    this.bad(key, 'a list', value);
    return [];
  }

  json(key: string): Json | null {
    const value = this.#values.get(key);
    return value ? this.#toJson(value) : null;
  }

  missing(key: string): void {
    const span = this.#context.locate(this.place, this.place.parent === null ? 'name' : 'value');
    this.report(reportModel('model/missing-key', { key, what: this.what }, { span }));
  }

  bad(key: string, expected: string, value: DeclaredValue): void {
    this.report(
      reportModel(
        'model/bad-value',
        { key, expected, found: describeValue(value) },
        { span: this.#context.locate(value.place) },
      ),
    );
  }

  report(diagnostic: Diagnostic): void {
    this.#context.report(diagnostic);
  }

  #scalar<T>(key: string, expected: string, convert: (value: unknown) => T | undefined): T | null {
    const value = this.#values.get(key);
    if (!value) return null;
    const converted = value.kind === 'scalar' ? convert(value.value) : undefined;
    if (converted === undefined) this.bad(key, expected, value);
    return converted ?? null;
  }

  #toJson(value: DeclaredValue): Json {
    switch (value.kind) {
      case 'scalar':
        return value.value;
      case 'list':
        return value.items.map((item) => this.#toJson(item));
      case 'object': {
        const entries = [...value.entries].map(([key, item]) => [key, this.#toJson(item)] as const);
        return Object.fromEntries(entries);
      }
      default:
        this.bad('meta', 'JSON data', value);
        return null;
    }
  }
}

/** `sqlTable` -> `sql_table`. */
function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export function describeValue(value: DeclaredValue): string {
  switch (value.kind) {
    case 'scalar':
      return value.value === null
        ? 'null'
        : `a ${typeof value.value === 'string' ? 'text' : typeof value.value}`;
    case 'list':
      return 'a list';
    case 'object':
      return 'an object';
    case 'template':
      return 'a text with references';
    case 'reference':
      return `the reference ${value.path.join('.')}`;
    case 'opaque':
      return value.what;
  }
}
