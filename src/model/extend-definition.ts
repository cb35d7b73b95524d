import { didYouMean } from '../core/suggest.ts';
import type { DeclaredObject, DeclaredValue, Definition } from '../syntax/declaration.ts';
import { badValue, describeValue } from './describe-value.ts';
import { reportModel } from './diagnostics.ts';
import type { ReadContext } from './property-reader.ts';
import { namedPath } from './read-references.ts';
import { propertiesOf } from './shapes.ts';

/** What a definition is with everything that it inherits. */
export interface Extended {
  readonly body: DeclaredObject;
  readonly isView: boolean;
}

/** Merges definitions with what they extend, each once. */
export class Inheritance {
  readonly #definitions: ReadonlyMap<string, Definition>;
  readonly #context: ReadContext;
  readonly #found = new Map<string, Extended>();

  constructor(definitions: ReadonlyMap<string, Definition>, context: ReadContext) {
    this.#definitions = definitions;
    this.#context = context;
  }

  /** Of a definition that exists. */
  of(name: string): Extended {
    return this.#extend(name, []);
  }

  #extend(name: string, below: readonly string[]): Extended {
    const known = this.#found.get(name);
    if (known) return known;
    const definition = this.#definitions.get(name)!;
    const base = this.#baseOf(definition, [...below, name]);
    const body = base ? merge(base.body, definition.body) : definition.body;
    const extended = { body, isView: definition.kind === 'view' && !hasSource(body) };
    this.#found.set(name, extended);
    return extended;
  }

  #baseOf({ kind, name: child, body }: Definition, path: readonly string[]): Extended | null {
    const value = body.entries.get('extends');
    if (!value || (value.kind === 'scalar' && value.value === null)) return null;
    const span = this.#context.locate(value.place);
    const [name, ...others] = namedPath(value) ?? [];
    if (name === undefined || others.length > 0) {
      const parameters = { key: 'extends', expected: `a ${kind}`, found: describeValue(value) };
      badValue(parameters, value, this.#context);
      return null;
    }
    if (path.includes(name)) {
      const cycle = [...path.slice(path.indexOf(name)), name];
      const labels = cycle.slice(1, -1).map((item) => ({
        span: this.#context.locate(this.#definitions.get(item)!.place, 'name'),
        text: `${item} extends ${cycle[cycle.indexOf(item) + 1]!}`,
      }));
      const parameters = { path: cycle.join(' -> ') };
      this.#context.report(reportModel('model/extends-cycle', parameters, { span, labels }));
      return null;
    }
    const definition = this.#definitions.get(name);
    if (!definition) {
      const help = didYouMean(name, this.#definitions.keys());
      this.#context.report(reportModel('model/unknown-cube', { name }, { span, help }));
      return null;
    }
    const base = this.#extend(name, path);
    if (base.isView === (kind === 'view') || (kind === 'view' && !body.entries.has('cubes')))
      return base;
    const label = { span: this.#context.locate(definition.place, 'name'), text: `${name} is here` };
    const parameters = { child, kind, name, base: base.isView ? 'view' : 'cube' };
    const extras = { span, labels: [label] };
    this.#context.report(reportModel('model/extends-other-kind', parameters, extras));
    return null;
  }
}

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
/** Merged by name: the child's wins. */
const namedKeys = new Set([
  'measures',
  'dimensions',
  'segments',
  'joins',
  'hierarchies',
  'pre_aggregations',
]);
/** The base's, then the child's. */
const listKeys = new Set(['access_policy', 'cubes', 'folders']);

/** Everything else is the child's or the base's as a whole. Keys are merged whatever their spelling. */
function merge(base: DeclaredObject, child: DeclaredObject): DeclaredObject {
  const entries = new Map(base.entries);
  entries.delete('extends');
  if (hasSource(child)) for (const key of sourceKeys) entries.delete(key);
  const spellings = new Map([...entries.keys()].map((key) => [nameOf(key), key]));
  for (const [key, value] of child.entries) {
    if (key === 'extends') continue;
    const name = nameOf(key);
    const other = spellings.get(name);
    const inherited = other === undefined ? undefined : entries.get(other);
    if (other !== undefined) entries.delete(other);
    entries.set(key, inherited ? mergeValues(name, inherited, value) : value);
  }
  return { kind: 'object', entries, place: child.place };
}

function nameOf(key: string): string {
  return (propertiesOf('cube').get(key) ?? propertiesOf('view').get(key))?.key ?? key;
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

function itemName(item: DeclaredValue): unknown {
  const name = item.kind === 'object' ? item.entries.get('name') : undefined;
  return name?.kind === 'scalar' ? name.value : item;
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
