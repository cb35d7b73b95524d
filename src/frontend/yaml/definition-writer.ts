import { isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import { didYouMean, suggest } from '../../core/suggest.ts';
import { referenceLists, referenceProperties } from '../reference-properties.data.ts';
import { definitionLists, noLists, type NamedList, type NamedLists } from './named-lists.data.ts';
import type { Entry, NodeReader } from './node-reader.ts';
import type { Role, ScalarWriter } from './scalar-writer.ts';
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

const sections: ReadonlyMap<string, NamedList> = new Map([
  ['cubes', { what: 'cube', item: definitionLists }],
  ['views', { what: 'view', item: definitionLists }],
]);
const sqlProperties: ReadonlySet<string> = new Set(['sql', 'sql_table', 'sqlTable']);

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
    const list = sections.get(entry.key);
    if (!list) {
      const message = `a schema file has the lists 'cubes' and 'views', not '${shown(entry.key)}'`;
      const help = didYouMean(entry.key, sections.keys()) ?? sectionHelp;
      this.#report.add('schema/unknown-section', message, entry.keyRange, help);
      return;
    }
    const { statements, calls } = this.#output;
    this.#items(entry, list, ({ name, range, body }) => {
      const call = calls.push([...range, body.tree]) - 1;
      statements.push(`$.d(${call}, ${list.what})(${JSON.stringify(name)}, ${body.code});`);
    });
  }

  /** Calls `add` for every item of a list whose items have names. */
  #items(entry: Entry, list: NamedList, add: (named: Named) => void): void {
    this.#nodes.through(entry.value, (node) => {
      if (isSeq(node)) {
        for (const item of node.items as Node[]) {
          this.#nodes.through(item, (target) => this.#item(target, entry, list, add));
        }
      } else if (isMap(node)) this.#itemsOfMap(node, entry, list, add);
      else if (node && !isEmpty(node)) {
        const message = `'${entry.key}' is a list of items with a name`;
        this.#report.add('schema/list-expected', message, this.#rangeOf(node), exampleOf(list));
      }
    });
  }

  #item(node: Node | null, list: Entry, { what, item }: NamedList, add: (named: Named) => void) {
    if (!isMap(node)) {
      const message = `each item of '${list.key}' is a map with the name of the ${what}`;
      const help = exampleOf({ what, item });
      this.#report.add('schema/map-expected', message, this.#rangeOf(node, list.keyRange), help);
      return;
    }
    const entries = this.#nodes.entries(node);
    const range = this.#rangeOf(node, list.keyRange);
    const name = entries.find(({ key, value }) => key === 'name' && value && !isEmpty(value));
    const body = this.#object(
      entries.filter(({ key }) => key !== 'name'),
      range,
      item,
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
        ? exampleOf({ what, item })
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
  #itemsOfMap(map: YAMLMap, list: Entry, what: NamedList, add: (named: Named) => void): void {
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
    if (isItem) return this.#item(map, list, what, add);
    for (const entry of entries) {
      const body = this.#value(entry.value, 'plain', what.item, entry.keyRange);
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

  #object(entries: readonly Entry[], range: Range, { lists }: NamedLists, isData = false): Written {
    const tree: unknown[] = [...range];
    const parts = entries.map((entry) => {
      const { key, keyRange, value } = entry;
      const list = isData ? undefined : lists.get(key);
      const written = list
        ? this.#namedList(entry, list)
        : this.#value(value, roleOf(key), noLists, keyRange, isData || key === 'meta');
      tree.push(key, ...keyRange, written.tree);
      return propertyCode(key, written);
    });
    return { code: `{${parts.join(', ')}}`, tree };
  }

  #namedList(entry: Entry, list: NamedList): Written {
    const members = new Map<string, Named>();
    this.#items(entry, list, (named) => {
      const other = members.get(named.name);
      const what = `the ${list.what} '${shown(named.name)}'`;
      if (other) this.#nodes.reportTwice(what, named.range, other.range);
      else members.set(named.name, named);
    });
    const tree: unknown[] = [...(this.#nodes.rangeOf(entry.value) ?? entry.keyRange)];
    for (const { name, range, body } of members.values()) tree.push(name, ...range, body.tree);
    const parts = [...members.values()].map(({ name, body }) => propertyCode(name, body));
    return { code: `{${parts.join(', ')}}`, tree };
  }

  /** `isData`: nothing below is SQL or a reference. */
  #value(node: Node | null, role: Role, lists: NamedLists, around: Range, isData = false): Written {
    const written = this.#nodes.through(node, (target): Written => {
      const range = this.#rangeOf(target, around);
      const used = isData ? 'plain' : role;
      if (isMap(target)) {
        if (used !== 'plain' && isUnquoted(target)) return this.#refuseUnquoted(range);
        return this.#object(this.#nodes.entries(target), range, lists, isData);
      }
      if (isSeq(target)) {
        const items = (target.items as Node[]).map((item) =>
          this.#value(item, used, noLists, range, isData),
        );
        const tree = [...range, null, ...items.map((item) => item.tree)];
        return { code: `[${items.map(({ code }) => code).join(', ')}]`, tree };
      }
      const code = isScalar(target) ? this.#output.scalars.write(target, used) : 'null';
      return { code, tree: range };
    });
    return written ?? { code: 'null', tree: around };
  }

  #refuseUnquoted(range: Range): Written {
    const message = 'a text that begins with a brace needs quotes; without them it is a map';
    this.#report.add('schema/unquoted-brace', message, range, 'write it as in sql: "{CUBE}.id"');
    return { code: '"NULL"', tree: range };
  }

  #rangeOf(node: Node | null, around: Range = [0, 0]): Range {
    return this.#nodes.rangeOf(node) ?? around;
  }
}

const sectionHelp = 'write cubes: and, below it, - name: orders';

function exampleOf({ what }: NamedList): string {
  return what === 'cube' || what === 'view' ? '- name: orders' : `- name: ${what}_name`;
}

function roleOf(key: string): Role {
  if (sqlProperties.has(key)) return 'sql';
  return referenceProperties.has(key) || referenceLists.has(key) ? 'reference' : 'plain';
}

/** A key between brackets never sets a prototype. */
function propertyCode(key: string, { code }: Written): string {
  return `${key === '__proto__' ? '["__proto__"]' : JSON.stringify(key)}: ${code}`;
}

function isEmpty(node: Node): boolean {
  return isScalar(node) && node.value === null;
}

/** `{CUBE}` without quotes: a map of one key without a value. */
function isUnquoted(map: YAMLMap): boolean {
  const [pair] = map.items;
  const value = pair?.value as Node | null | undefined;
  return map.flow === true && map.items.length === 1 && (!value || isEmpty(value));
}
