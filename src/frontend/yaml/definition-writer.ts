import { isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import { didYouMean, suggest } from '../../core/suggest.ts';
import type { ShapeName, ValueShape } from '../../model/properties.data.ts';
import { bracesOf, itemOf, labelOf, propertiesOf, shapeIn } from '../../model/shapes.ts';
import type { Entry, NodeReader } from './node-reader.ts';
import type { ScalarWriter, TextRole } from './scalar-writer.ts';
import { shown, type Range, type YamlReport } from './yaml-report.ts';

/** A value as JavaScript, and where it and its parts stand: a tree as `guest-abi` tells of. */
interface Written {
  readonly code: string;
  readonly tree: readonly unknown[];
}

interface Named {
  readonly name: string;
  readonly range: Range;
  readonly body: Written;
}

/** What the documents of one file come to. */
export interface YamlOutput {
  readonly scalars: ScalarWriter;
  readonly statements: string[];
  readonly calls: unknown[];
}

const sections: ReadonlyMap<string, 'cube' | 'view'> = new Map([
  ['cubes', 'cube'],
  ['views', 'view'],
]);

/** What the tables say of a value: its property, and what may stand there. */
interface Expected {
  readonly key: string;
  readonly value: ValueShape;
}

/** Below a property that is none, or in data: nothing there is SQL or a reference. */
const data: Expected = { key: '', value: { kind: 'json', braces: 'literal' } };

/** Writes the cubes and views of one document as calls, as a JavaScript file would make them. */
export class DefinitionWriter {
  readonly #nodes: NodeReader;
  readonly #report: YamlReport;
  readonly #output: YamlOutput;

  constructor(nodes: NodeReader, report: YamlReport, output: YamlOutput) {
    this.#nodes = nodes;
    this.#report = report;
    this.#output = output;
  }

  document(contents: Node | null): void {
    this.#nodes.through(contents, (root) => {
      if (isMap(root)) {
        for (const entry of this.#nodes.entries(root)) this.#section(entry);
      } else if (root && !isEmpty(root)) {
        const message = "a YAML schema file is a map of the lists 'cubes' and 'views'";
        this.#report.add('schema/unknown-section', message, this.#rangeOf(root), sectionHelp);
      }
    });
  }

  #section(entry: Entry): void {
    const shape = sections.get(entry.key);
    if (!shape) {
      const message = `a schema file has the lists 'cubes' and 'views', not '${shown(entry.key)}'`;
      const help = didYouMean(entry.key, sections.keys()) ?? sectionHelp;
      this.#report.add('schema/unknown-section', message, entry.keyRange, help);
      return;
    }
    const { statements, calls } = this.#output;
    this.#items(entry, shape, ({ name, range, body }) => {
      const call = calls.push([...range, body.tree]) - 1;
      statements.push(`$.d(${call}, ${shape})(${JSON.stringify(name)}, ${body.code});`);
    });
  }

  /** Calls `add` for every item of a list whose items have names. */
  #items(entry: Entry, shape: ShapeName, add: (named: Named) => void): void {
    this.#nodes.through(entry.value, (node) => {
      if (isSeq(node)) {
        for (const item of node.items as Node[]) {
          this.#nodes.through(item, (target) => this.#item(target, entry, shape, add));
        }
      } else if (isMap(node)) this.#itemsOfMap(node, entry, shape, add);
      else if (node && !isEmpty(node)) {
        const message = `'${entry.key}' is a list of items with a name`;
        this.#report.add('schema/list-expected', message, this.#rangeOf(node), exampleOf(shape));
      }
    });
  }

  #item(node: Node | null, list: Entry, shape: ShapeName, add: (named: Named) => void) {
    const what = labelOf(shape);
    if (!isMap(node)) {
      const message = `each item of '${list.key}' is a map with the name of the ${what}`;
      const help = exampleOf(shape);
      this.#report.add('schema/map-expected', message, this.#rangeOf(node, list.keyRange), help);
      return;
    }
    const entries = this.#nodes.entries(node);
    const range = this.#rangeOf(node, list.keyRange);
    const name = entries.find(({ key, value }) => key === 'name' && value && !isEmpty(value));
    const body = this.#object(
      entries.filter(({ key }) => key !== 'name'),
      range,
      shape,
    );
    if (name) {
      const text = this.#nameOf(name, what);
      if (text) add({ ...text, body });
      return;
    }
    const similar = suggest(
      'name',
      entries.map(({ key }) => key),
    );
    const help =
      similar === undefined || similar === 'name'
        ? exampleOf(shape)
        : `'${shown(similar)}' is not 'name'`;
    const place = entries.find(({ key }) => key === similar) ?? entries[0];
    this.#report.add(
      'schema/missing-name',
      `the ${what} has no name`,
      place?.keyRange ?? range,
      help,
    );
  }

  /** A map in place of a list: an item without its dash, or items by name as in JavaScript. */
  #itemsOfMap(map: YAMLMap, list: Entry, shape: ShapeName, add: (named: Named) => void): void {
    const entries = this.#nodes.entries(map);
    const [first] = entries;
    const isItem = entries.some(({ key, value }) => key === 'name' && !isMap(value));
    const key = shown(first?.key ?? 'count');
    this.#report.add(
      'schema/list-expected',
      `'${list.key}' is a list of items with a name${isItem ? '' : ', not a map by name'}`,
      first?.keyRange ?? list.keyRange,
      isItem
        ? `write '- ' before '${key}', and indent the rest of the item`
        : `write '- name: ${key}'`,
    );
    if (isItem) return this.#item(map, list, shape, add);
    for (const entry of entries) {
      const expected: Expected = { key: entry.key, value: { kind: 'object', shape } };
      const body = this.#value(entry.value, expected, entry.keyRange);
      add({ name: entry.key, range: entry.keyRange, body });
    }
  }

  #nameOf(entry: Entry, what: string): { name: string; range: Range } | null {
    const found = this.#nodes.through(entry.value, (node) => {
      if (isScalar(node) && typeof node.value === 'string') {
        return { name: node.value, range: this.#rangeOf(node, entry.keyRange) };
      }
      const message = `the name of a ${what} is a text`;
      const help = 'names are letters, digits and _, and do not begin with a digit';
      this.#report.add('schema/bad-name', message, this.#rangeOf(node, entry.keyRange), help);
      return null;
    });
    return found ?? null;
  }

  /** `shape` null: data. */
  #object(entries: readonly Entry[], range: Range, shape: ShapeName | null): Written {
    const tree: unknown[] = [...range];
    const parts = entries.map((entry) => {
      const { key, keyRange, value } = entry;
      const found = shape ? propertyOf(shape, key) : undefined;
      const written =
        found?.kind === 'named'
          ? this.#namedList(entry, found.shape)
          : this.#value(value, found ? { key, value: found } : data, keyRange);
      tree.push(key, ...keyRange, written.tree);
      return propertyCode(key, written);
    });
    return { code: `{${parts.join(', ')}}`, tree };
  }

  #namedList(entry: Entry, shape: ShapeName): Written {
    const members = new Map<string, Named>();
    this.#items(entry, shape, (named) => {
      const other = members.get(named.name);
      const what = `the ${labelOf(shape)} '${shown(named.name)}'`;
      if (other) this.#nodes.reportTwice(what, named.range, other.range);
      else members.set(named.name, named);
    });
    const tree: unknown[] = [...(this.#nodes.rangeOf(entry.value) ?? entry.keyRange)];
    for (const { name, range, body } of members.values()) tree.push(name, ...range, body.tree);
    const parts = [...members.values()].map(({ name, body }) => propertyCode(name, body));
    return { code: `{${parts.join(', ')}}`, tree };
  }

  #value(node: Node | null, expected: Expected, around: Range): Written {
    const written = this.#nodes.through(node, (target): Written => {
      const range = this.#rangeOf(target, around);
      const { key, value } = expected;
      const role: TextRole = { key, braces: bracesOf(value) };
      if (isMap(target)) {
        const entries = this.#nodes.entries(target);
        const shape = shapeIn(value);
        const isText = value.kind !== 'json' && isUnquoted(target, shape);
        if (isText) return this.#refuseUnquoted(range, role);
        return this.#object(entries, range, shape);
      }
      if (isSeq(target)) {
        const inside: Expected = { key, value: itemOf(value) };
        const items = (target.items as Node[]).map((item) => this.#value(item, inside, range));
        const tree = [...range, null, ...items.map((item) => item.tree)];
        return { code: `[${items.map(({ code }) => code).join(', ')}]`, tree };
      }
      const code = isScalar(target) ? this.#output.scalars.write(target, role) : 'null';
      return { code, tree: range };
    });
    return written ?? { code: 'null', tree: around };
  }

  #refuseUnquoted(range: Range, { key, braces }: TextRole): Written {
    const message = 'a text that begins with a brace needs quotes; without them it is a map';
    const isClaim = braces === 'claim' || braces === 'condition';
    const example = isClaim ? `${key}: "{ securityContext.country }"` : 'sql: "{CUBE}.id"';
    this.#report.add('schema/unquoted-brace', message, range, `write it as in ${example}`);
    return { code: this.#output.scalars.unread(range), tree: range };
  }

  #rangeOf(node: Node | null, around: Range = [0, 0]): Range {
    return this.#nodes.rangeOf(node) ?? around;
  }
}

const sectionHelp = 'write cubes: and, below it, - name: orders';

function exampleOf(shape: ShapeName): string {
  const isDefinition = shape === 'cube' || shape === 'view';
  return isDefinition ? '- name: orders' : `- name: ${labelOf(shape)}_name`;
}

/** A view with SQL is a cube, so either has the properties of both. */
function propertyOf(shape: ShapeName, key: string): ValueShape | undefined {
  const isDefinition = shape === 'cube' || shape === 'view';
  const known = isDefinition ? (['cube', 'view'] as const) : [shape];
  const found = known.find((name) => propertiesOf(name).has(key));
  return found && propertiesOf(found).get(key)!.property.value;
}

/** A key between brackets never sets a prototype. */
function propertyCode(key: string, { code }: Written): string {
  return `${key === '__proto__' ? '["__proto__"]' : JSON.stringify(key)}: ${code}`;
}

function isEmpty(node: Node): boolean {
  return isScalar(node) && node.value === null;
}

/** `{CUBE}` without quotes: a map of one key without a value, which is no property there. */
function isUnquoted(map: YAMLMap, shape: ShapeName | null): boolean {
  const [pair] = map.items;
  const value = pair?.value as Node | null | undefined;
  if (!map.flow || map.items.length !== 1 || (value && !isEmpty(value))) return false;
  return !shape || !isScalar(pair?.key) || !propertiesOf(shape).has(String(pair.key.value));
}
