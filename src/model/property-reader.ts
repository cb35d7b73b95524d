import type { Diagnostic, Report } from '../core/diagnostic.ts';
import { invariant } from '../core/invariant.ts';
import { didYouMean, suggest } from '../core/suggest.ts';
import type { DeclaredObject, DeclaredValue, Locate, Place } from '../syntax/declaration.ts';
import { misplacedNames } from './check-braces.ts';
import { checkEffects } from './check-effects.ts';
import { badValue, describeValue } from './describe-value.ts';
import { reportModel } from './diagnostics.ts';
import { parseInterval, type Interval } from './interval.ts';
import type { Json } from './model.ts';
import { namedEntries, type NamedEntry } from './named-entries.ts';
import { shapes, type ShapeName, type ValueShape } from './properties.data.ts';
import { labelOf, namesLike, propertiesOf, requiredOf, shapeIn, unsupported } from './shapes.ts';

/** Of the many lists that most declarations do not have. */
export const nothing: readonly never[] = Object.freeze([]);

/** What reading declarations needs: where values stand, and where findings go. */
export interface ReadContext {
  readonly locate: Locate;
  readonly report: Report;
  /** Whether evaluating the files has been reported to have failed somewhere. */
  readonly hasErrors: boolean;
  /** The cube or view that declares a value, which others may inherit. */
  readonly ownerOf: (place: Place) => string;
}

/**
 * The properties of one declared object, under one spelling each. Unknown keys and values of the
 * wrong kind are reported when it is made, by the tables of `properties.data`; its reads give null
 * for what is absent or was reported.
 */
export class PropertyReader {
  readonly place: Place;
  /** `measure`, `case branch`: for messages. */
  readonly what: string;
  readonly #shape: ShapeName;
  readonly #context: ReadContext;
  readonly #values = new Map<string, DeclaredValue>();
  /** Keys whose values were reported; null: none so far. */
  #wrong: Set<string> | null = null;

  constructor(object: DeclaredObject, shape: ShapeName, context: ReadContext, what?: string) {
    this.place = object.place;
    this.what = what ?? labelOf(shape);
    this.#shape = shape;
    this.#context = context;
    const properties = propertiesOf(shape);
    const isStage = object.entries.has('multi_stage') || object.entries.has('multiStage');
    for (const [written, value] of object.entries) {
      const found = properties.get(written);
      if (!found) this.#unknown(written, value, isStage);
      else if (this.#values.has(found.key)) this.#twice(written, found.key, value);
      else if (value.kind === 'scalar' && value.value === null) continue;
      else this.#add(found.key, found.property.value, value);
    }
    for (const key of requiredOf(shape)) if (!this.#values.has(key)) this.missing(key);
    checkEffects(this.#values, shape, context);
  }

  #add(key: string, shape: ValueShape, value: DeclaredValue): void {
    const expected = expectedInstead(value, shape);
    if (expected !== null) {
      this.bad(key, expected, value);
      return;
    }
    const misplaced = misplacedNames(key, value, shape, this.#context);
    for (const found of misplaced) this.report(found);
    if (misplaced.some(({ severity }) => severity === 'error')) this.#markWrong(key);
    else this.#values.set(key, value);
  }

  #unknown(written: string, value: DeclaredValue, isStage: boolean): void {
    const span = this.#context.locate(value.place, 'name');
    const instead = unsupported(this.#shape, written, isStage);
    if (instead !== null) {
      const what = `'${written}' of a ${this.what}`;
      this.report(reportModel('model/not-supported-yet', { what }, { span, help: instead }));
      return;
    }
    const similar = suggest(written, namesLike(written, this.#shape));
    // The property that was meant is not also missing.
    if (similar !== undefined) this.#markWrong(propertiesOf(this.#shape).get(similar)!.key);
    const help = similar === undefined ? undefined : `did you mean '${similar}'?`;
    this.report(
      reportModel('model/unknown-key', { key: written, what: this.what }, { span, help }),
    );
  }

  #twice(written: string, key: string, value: DeclaredValue): void {
    const span = this.#context.locate(value.place, 'name');
    const { place } = this.#values.get(key)!;
    const first = this.#context.locate(place, 'name');
    const labels = [{ span: first, text: 'the first one is here' }];
    const other = String(place.key);
    this.report(reportModel('model/duplicate-key', { key: written, other }, { span, labels }));
  }

  get(key: string): DeclaredValue | undefined {
    return this.#values.get(key);
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  /** Whether a property is there, and its value was reported. */
  isWrong(key: string): boolean {
    return this.#wrong?.has(key) ?? false;
  }

  #markWrong(key: string): void {
    (this.#wrong ??= new Set()).add(key);
  }

  text(key: string): string | null {
    const value = this.#values.get(key);
    return value?.kind === 'scalar' && typeof value.value === 'string' ? value.value : null;
  }

  number(key: string): number | null {
    const value = this.#values.get(key);
    return value?.kind === 'scalar' && typeof value.value === 'number' ? value.value : null;
  }

  boolean(key: string): boolean | null {
    const value = this.#values.get(key);
    return value?.kind === 'scalar' && typeof value.value === 'boolean' ? value.value : null;
  }

  interval(key: string): Interval | null {
    const text = this.text(key);
    if (text === null) return null;
    const interval = parseInterval(text);
    if (!interval) this.bad(key, "an interval such as '3 days'", this.#values.get(key)!);
    return interval;
  }

  /** The texts of a list. */
  texts(key: string): readonly string[] {
    const items = this.list(key);
    if (items.length === 0) return nothing;
    return items.flatMap((item) => {
      if (item.kind === 'scalar' && typeof item.value === 'string') return [item.value];
      this.bad(key, 'a list of texts', item);
      return [];
    });
  }

  /** One of the known words, in any of their spellings. */
  word<T extends string>(key: string, known: ReadonlyMap<string, T>): T | null {
    const text = this.text(key);
    if (text === null) return null;
    const found = known.get(text);
    if (found === undefined) {
      const names = [...new Set(known.values())];
      this.#markWrong(key);
      this.report(
        reportModel(
          'model/bad-type',
          { what: this.what, key, found: text, known: names.join(', ') },
          {
            span: this.#context.locate(this.#values.get(key)!.place),
            help: didYouMean(text, known.keys()),
          },
        ),
      );
    }
    return found ?? null;
  }

  list(key: string): readonly DeclaredValue[] {
    const value = this.#values.get(key);
    return value?.kind === 'list' ? value.items : nothing;
  }

  /** The object of a property, read by its shape. */
  child(key: string, what?: string): PropertyReader | null {
    const value = this.#values.get(key);
    return value?.kind === 'object' ? this.#childOf(key, value, what) : null;
  }

  /** The objects of a list, each read by its shape. */
  children(key: string, what?: string): readonly PropertyReader[] {
    const items = this.list(key);
    if (items.length === 0) return nothing;
    return items.flatMap((item) => {
      if (item.kind === 'object') return [this.#childOf(key, item, what)];
      this.bad(key, 'an object', item);
      return [];
    });
  }

  #childOf(key: string, object: DeclaredObject, what: string | undefined): PropertyReader {
    const shape = shapeIn(shapes[this.#shape][key]!.value);
    invariant(shape !== null, `${key} of a ${this.what} holds no objects`);
    return new PropertyReader(object, shape, this.#context, what);
  }

  /** What a property holds by name: from an object, or from a list of objects with names. */
  named(key: string): readonly NamedEntry[] {
    const value = this.#values.get(key);
    return value ? namedEntries(value, key, this.#context) : nothing;
  }

  json(key: string): Json | null {
    const value = this.#values.get(key);
    return value ? this.#toJson(value) : null;
  }

  /** Reports that a property is absent, unless its value was. */
  missing(key: string, help?: string): void {
    if (this.isWrong(key)) return;
    const span = this.#context.locate(this.place, this.place.parent === null ? 'name' : 'value');
    this.report(reportModel('model/missing-key', { key, what: this.what }, { span, help }));
  }

  bad(key: string, expected: string, value: DeclaredValue): void {
    this.#markWrong(key);
    const text = value.kind === 'scalar' && typeof value.value === 'string' ? value.value : null;
    const found = text === null ? describeValue(value) : JSON.stringify(text.slice(0, 50));
    badValue({ key, expected, found }, value, this.#context);
  }

  report(diagnostic: Diagnostic): void {
    this.#context.report(diagnostic);
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

/** What should stand there when a value is of the wrong kind; null when it is of the right one. */
function expectedInstead(value: DeclaredValue, shape: ValueShape): string | null {
  const scalar = value.kind === 'scalar' ? typeof value.value : null;
  switch (shape.kind) {
    case 'text':
      return scalar === 'string' ? null : 'a text';
    case 'number':
      return scalar === 'number' ? null : 'a number';
    case 'boolean':
      return scalar === 'boolean' ? null : 'true or false';
    case 'interval':
      return scalar === 'string' ? null : "an interval such as '3 days'";
    case 'word':
      return scalar === 'string' ? null : `one of ${[...new Set(shape.words.values())].join(', ')}`;
    case 'object':
      return value.kind === 'object' ? null : 'an object';
    case 'named':
      return value.kind === 'object' || value.kind === 'list' ? null : 'an object';
    case 'list':
      return value.kind === 'list' ? null : 'a list';
    case 'either': {
      const expected = shape.shapes.map((item) => expectedInstead(value, item));
      return expected.includes(null) ? null : expected.join(' or ');
    }
    default:
      return null;
  }
}
