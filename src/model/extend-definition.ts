import { didYouMean } from '../core/suggest.ts';
import type { Turns } from '../core/turns.ts';
import type { DeclaredObject, DeclaredValue, Definition } from '../syntax/declaration.ts';
import { badValue, describeValue } from './describe-value.ts';
import { reportModel } from './diagnostics.ts';
import { passedLimit, type InheritanceLimits } from './count-inherited.ts';
import { itemName, keyOf, listKeys, namedKeys } from './merge-keys.ts';
import type { ReadContext } from './property-reader.ts';
import { namedPath } from './read-references.ts';

/** What a definition is with everything that it inherits. */
export interface Extended {
  readonly body: DeclaredObject;
  readonly isView: boolean;
}

/** Merges definitions with what they extend, each once. */
export class Inheritance {
  readonly #definitions: ReadonlyMap<string, Definition>;
  readonly #context: ReadContext;
  /** By name: the definition that it extends. */
  readonly #bases = new Map<string, string>();
  /** Those of which it is known what they extend. */
  readonly #looked = new Set<string>();
  readonly #found = new Map<string, Extended>();

  constructor(definitions: ReadonlyMap<string, Definition>, context: ReadContext) {
    this.#definitions = definitions;
    this.#context = context;
  }

  /**
   * Finds what extends what, and counts what that makes before any of it is made.
   *
   * @returns the limit that is passed, or null.
   */
  async prepare(limits: InheritanceLimits, turns: Turns): Promise<keyof InheritanceLimits | null> {
    for (const name of this.#definitions.keys()) {
      this.#findBases(name);
      if (turns.isDue) await turns.give();
    }
    return passedLimit(this.#definitions, this.#bases, limits, turns);
  }

  /** Of a definition that exists, after {@link prepare}. */
  of(name: string): Extended {
    const open: string[] = [];
    for (let next: string | undefined = name; next !== undefined && !this.#found.has(next);) {
      open.push(next);
      next = this.#bases.get(next);
    }
    for (const child of open.reverse()) this.#found.set(child, this.#extend(child));
    return this.#found.get(name)!;
  }

  #extend(name: string): Extended {
    const definition = this.#definitions.get(name)!;
    const baseName = this.#bases.get(name);
    const base = baseName === undefined ? null : this.#fitting(definition, baseName);
    const body = base ? merge(base.body, definition.body) : definition.body;
    return { body, isView: definition.kind === 'view' && !hasSource(body) };
  }

  /** Those of a definition, of its base, and so on, as far as they are not known. */
  #findBases(first: string): void {
    const path: string[] = [];
    const onPath = new Set<string>();
    for (let name = first; !this.#looked.has(name);) {
      this.#looked.add(name);
      path.push(name);
      onPath.add(name);
      const base = this.#baseOf(this.#definitions.get(name)!);
      if (base === null) return;
      if (onPath.has(base)) return this.#reportCycle([...path.slice(path.indexOf(base)), base]);
      this.#bases.set(name, base);
      name = base;
    }
  }

  #reportCycle(cycle: readonly string[]): void {
    const value = this.#definitions.get(cycle.at(-2)!)!.body.entries.get('extends')!;
    const span = this.#context.locate(value.place);
    const shown = cycle.length > mostShown ? [...cycle.slice(0, mostShown), '...'] : cycle;
    const labels = cycle.slice(1, Math.min(cycle.length - 1, mostShown)).map((item, index) => ({
      span: this.#context.locate(this.#definitions.get(item)!.place, 'name'),
      text: `${item} extends ${cycle[index + 2]!}`,
    }));
    const parameters = { path: shown.join(' -> ') };
    this.#context.report(reportModel('model/extends-cycle', parameters, { span, labels }));
  }

  #baseOf({ kind, body }: Definition): string | null {
    const value = body.entries.get('extends');
    if (!value || (value.kind === 'scalar' && value.value === null)) return null;
    const [name, ...others] = namedPath(value) ?? [];
    if (name === undefined || others.length > 0) {
      const parameters = { key: 'extends', expected: `a ${kind}`, found: describeValue(value) };
      badValue(parameters, value, this.#context);
      return null;
    }
    if (this.#definitions.has(name)) return name;
    const span = this.#context.locate(value.place);
    const help = didYouMean(name, this.#definitions.keys());
    this.#context.report(reportModel('model/unknown-cube', { name }, { span, help }));
    return null;
  }

  /** The base, unless it is of the other kind. */
  #fitting({ kind, name: child, body }: Definition, name: string): Extended | null {
    const base = this.#found.get(name)!;
    if (base.isView === (kind === 'view') || (kind === 'view' && !body.entries.has('cubes')))
      return base;
    const span = this.#context.locate(body.entries.get('extends')!.place);
    const { place } = this.#definitions.get(name)!;
    const label = { span: this.#context.locate(place, 'name'), text: `${name} is here` };
    const parameters = { child, kind, name, base: base.isView ? 'view' : 'cube' };
    const extras = { span, labels: [label] };
    this.#context.report(reportModel('model/extends-other-kind', parameters, extras));
    return null;
  }
}

const mostShown = 10;

/** What a definition says that it extends; null when that is nothing, or no name. */
export function extendedName({ entries }: DeclaredObject): string | null {
  const value = entries.get('extends');
  const [name, ...others] = (value && namedPath(value)) ?? [];
  return name !== undefined && others.length === 0 ? name : null;
}

function hasSource(body: DeclaredObject): boolean {
  return sourceKeys.some((key) => body.entries.has(key));
}

/** A child with a source of its own does not also have its base's. */
const sourceKeys = ['sql', 'sql_table', 'sqlTable'];
/** Everything else is the child's or the base's as a whole. Keys are merged whatever their spelling. */
function merge(base: DeclaredObject, child: DeclaredObject): DeclaredObject {
  const entries = new Map(base.entries);
  entries.delete('extends');
  if (hasSource(child)) for (const key of sourceKeys) entries.delete(key);
  const spellings = new Map([...entries.keys()].map((key) => [keyOf(key), key]));
  for (const [key, value] of child.entries) {
    if (key === 'extends') continue;
    const name = keyOf(key);
    const other = spellings.get(name);
    const inherited = other === undefined ? undefined : entries.get(other);
    if (other !== undefined) entries.delete(other);
    entries.set(key, inherited ? mergeValues(name, inherited, value) : value);
  }
  return { kind: 'object', entries, place: child.place };
}

function mergeValues(name: string, base: DeclaredValue, child: DeclaredValue): DeclaredValue {
  if (base.kind === 'list' && child.kind === 'list') {
    if (listKeys.has(name)) return { ...child, items: [...base.items, ...child.items] };
    if (!namedKeys.has(name)) return child;
    const names = new Set(child.items.map(itemName));
    const kept = base.items.filter((item) => !names.has(itemName(item)));
    return { ...child, items: [...kept, ...child.items] };
  }
  if (!namedKeys.has(name)) return child;
  const [first, second] = [asEntries(base), asEntries(child)];
  if (!first || !second) return child;
  return { kind: 'object', entries: new Map([...first, ...second]), place: child.place };
}

/** A list of objects with names as an object; null when its items are none. */
function asEntries(value: DeclaredValue): Iterable<[string, DeclaredValue]> | null {
  if (value.kind === 'object') return value.entries;
  if (value.kind !== 'list') return null;
  const entries: [string, DeclaredValue][] = [];
  for (const item of value.items) {
    const name = itemName(item);
    if (item.kind !== 'object' || typeof name !== 'string') return null;
    const rest = new Map(item.entries);
    rest.delete('name');
    entries.push([name, { ...item, entries: rest }]);
  }
  return entries;
}
