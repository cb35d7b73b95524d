import type { SourceFile } from '../core/source.ts';
import type { Span } from '../core/span.ts';
import type { Definition, Place } from './declaration.ts';
import type { DecodedSites } from './decode-sites.ts';

/**
 * Finds where values stand. The calls of a file are one text until the first diagnostic about it
 * asks; nothing in that text is trusted, so what does not fit falls back to the nearest known place.
 */
export class PlaceIndex {
  readonly #files: readonly SourceFile[];
  readonly #sites: DecodedSites;
  readonly #definitions: readonly Definition[];
  readonly #calls: readonly number[];
  readonly #parsed = new Map<number, readonly unknown[]>();

  constructor(
    files: readonly SourceFile[],
    sites: DecodedSites,
    definitions: readonly Definition[],
    calls: readonly number[],
  ) {
    this.#files = files;
    this.#sites = sites;
    this.#definitions = definitions;
    this.#calls = calls;
  }

  locate(place: Place, part: 'name' | 'value' = 'value'): Span {
    const keys: (string | number)[] = [];
    let root = place;
    while (root.parent !== null) {
      keys.unshift(root.key);
      root = root.parent;
    }
    const index = root.key as number;
    const path = this.#definitions[index]!.file;
    const file = this.#files.findIndex((item) => item.path === path);
    const call: unknown = this.#callsOf(file)[this.#calls[index]!];
    const [nameStart, nameEnd, tree] = Array.isArray(call) ? (call as unknown[]) : [];
    const span = toSpan(this.#files[file]!, nameStart, nameEnd);
    const fallback = span ?? { file: path, start: 0, end: 0 };
    if (keys.length === 0 && part === 'name') return fallback;
    return walk(tree, keys, part, this.#files[file]!) ?? fallback;
  }

  #callsOf(file: number): readonly unknown[] {
    const known = this.#parsed.get(file);
    if (known) return known;
    let calls: unknown;
    try {
      calls = JSON.parse(this.#sites.callsOf(file));
    } catch {
      calls = [];
    }
    const list = Array.isArray(calls) ? (calls as unknown[]) : [];
    this.#parsed.set(file, list);
    return list;
  }
}

/** The deepest place on the way that the tree knows. */
function walk(
  tree: unknown,
  keys: readonly (string | number)[],
  part: 'name' | 'value',
  file: SourceFile,
): Span | undefined {
  let current = tree;
  let found = spanOfTree(tree, file);
  for (const [depth, key] of keys.entries()) {
    if (!Array.isArray(current)) return found;
    const node = current as unknown[];
    const isLast = depth === keys.length - 1;
    if (typeof key === 'number') {
      if (node[2] !== null) return found;
      current = node[3 + key];
    } else {
      let at = 2;
      while (at < node.length && node[at] !== key) at += 4;
      if (at >= node.length) return found;
      const name = toSpan(file, node[at + 1], node[at + 2]);
      if (isLast && part === 'name') return name ?? found;
      found = name ?? found;
      current = node[at + 3];
    }
    found = spanOfTree(current, file) ?? found;
  }
  return found;
}

function spanOfTree(tree: unknown, file: SourceFile): Span | undefined {
  return Array.isArray(tree) ? toSpan(file, tree[0], tree[1]) : undefined;
}

function toSpan(file: SourceFile, start: unknown, end: unknown): Span | undefined {
  if (!Number.isInteger(start) || !Number.isInteger(end)) return undefined;
  const [from, to] = [start as number, end as number];
  return from >= 0 && from <= to && to <= file.content.length
    ? { file: file.path, start: from, end: to }
    : undefined;
}
