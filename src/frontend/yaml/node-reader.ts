import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  visit,
  type Alias,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';
import { didYouMean } from '../../core/suggest.ts';
import { shown, type Range, type YamlReport } from './yaml-report.ts';

/** One property of a map. */
export interface Entry {
  readonly key: string;
  readonly keyRange: Range;
  /** null: nothing is written after the colon. */
  readonly value: Node | null;
}

/** Values that the aliases of one file may stand for, all together. */
const mostAliased = 10_000;

/** Reads the nodes of one document: places, keys, and what aliases and merge keys stand for. */
export class NodeReader {
  readonly #content: string;
  readonly #report: YamlReport;
  readonly #targets: ReadonlyMap<Alias, Node>;
  readonly #anchors: ReadonlySet<string>;
  /** Anchored nodes that are being read by an alias. */
  readonly #open = new Set<Node>();
  #aliased = 0;

  constructor(document: Document.Parsed, content: string, report: YamlReport) {
    this.#content = content;
    this.#report = report;
    const anchors = new Map<string, Node>();
    const targets = new Map<Alias, Node>();
    visit(document, {
      Node(_key, node) {
        if (isAlias(node)) {
          const target = anchors.get(node.source);
          if (target) targets.set(node, target);
        } else if (node.anchor !== undefined) anchors.set(node.anchor, node);
      },
    });
    this.#targets = targets;
    this.#anchors = new Set(anchors.keys());
  }

  /** Where a node stands, without the line break after a block; null for an empty value. */
  rangeOf(node: Node | null): Range | null {
    if (!node?.range) return null;
    const [start, end] = node.range;
    const length = this.#content.slice(start, end).trimEnd().length;
    return length === 0 ? null : [start, start + length];
  }

  /**
   * Calls `read` with the node, or with what it stands for when it is an alias; undefined after
   * reporting an alias that cannot be read.
   */
  through<T>(node: Node | null, read: (node: Node | null) => T): T | undefined {
    if (this.#open.size > 0 && !this.#spend(node)) return undefined;
    if (!isAlias(node)) return read(node);
    const target = this.#targets.get(node);
    const range = this.rangeOf(node) ?? [0, 0];
    if (!target) {
      const message = `no anchor '&${shown(node.source)}' stands before this alias`;
      const help = didYouMean(node.source, this.#anchors) ?? '';
      this.#report.add('schema/bad-alias', message, range, help);
      return undefined;
    }
    if (this.#open.has(target)) {
      this.#report.add('schema/bad-alias', 'the alias stands inside what it stands for', range);
      return undefined;
    }
    this.#open.add(target);
    const value = read(target);
    this.#open.delete(target);
    return value;
  }

  /** The properties of a map; what `<<` adds comes last. A key that occurs twice is reported. */
  entries(map: YAMLMap): Entry[] {
    const found = new Map<string, Entry>();
    const merged: Node[] = [];
    for (const pair of map.items as Pair<Node | null, Node | null>[]) {
      const key = this.#keyOf(pair);
      if (!key) continue;
      if (isMergeKey(pair.key)) {
        if (pair.value) merged.push(pair.value);
        continue;
      }
      const other = found.get(key.key);
      if (other) this.reportTwice(`the property '${shown(key.key)}'`, key.keyRange, other.keyRange);
      else found.set(key.key, key);
    }
    for (const node of merged) this.#merge(node, found);
    return [...found.values()];
  }

  reportTwice(what: string, range: Range, first: Range): void {
    const line = this.#content.slice(0, first[0]).split('\n').length;
    const help = `keep one of them; the first is in line ${line}`;
    this.#report.add('schema/duplicate-key', `${what} is defined twice`, range, help);
  }

  #keyOf({ key, value }: Pair<Node | null, Node | null>): Entry | null {
    const range = this.rangeOf(key);
    if (isScalar(key) && range) {
      const text =
        typeof key.value === 'string' ? key.value : this.#content.slice(range[0], range[1]);
      return { key: text, keyRange: range, value };
    }
    const place = range ?? this.rangeOf(value) ?? [0, 0];
    this.#report.add('schema/bad-key', 'a key must be a text', place, 'write key: value');
    return null;
  }

  #merge(node: Node, into: Map<string, Entry>): void {
    this.through(node, (source) => {
      if (isMap(source)) {
        for (const entry of this.entries(source)) {
          if (!into.has(entry.key) && this.#spend(source)) into.set(entry.key, entry);
        }
      } else if (isSeq(source)) {
        for (const item of source.items as Node[]) this.#merge(item, into);
      } else {
        const range = this.rangeOf(source) ?? [0, 0];
        const message = "'<<' takes an alias of a map, or a list of such";
        this.#report.add('schema/bad-alias', message, range, 'write <<: *name');
      }
    });
  }

  /** Counts a value that an alias stands for; false when there are too many. */
  #spend(node: Node | null): boolean {
    this.#aliased += 1;
    if (this.#aliased === mostAliased) {
      this.#report.add(
        'schema/bad-alias',
        `aliases stand for more than ${mostAliased} values`,
        this.rangeOf(node) ?? [0, 0],
        'generate cubes in a JavaScript schema file',
      );
    }
    return this.#aliased < mostAliased;
  }
}

/** `<<` without quotes. */
function isMergeKey(key: Node | null): boolean {
  return isScalar(key) && key.value === '<<' && key.type === 'PLAIN';
}
