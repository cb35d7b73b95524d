import type { SourceFile } from '../core/source.ts';
import type { DeclaredValue, DeclaredObject, Definition, Place } from './declaration.ts';
import type { DecodedSites } from './decode-sites.ts';
import type { Template } from './template.ts';
import { asArray, asIndex, asText, malformed } from './reply-checks.ts';

const kinds = ['cube', 'view', 'context'] as const;
const longestName = 2_000;
/** Values that the decoder admits for each member of the limit. */
export const valuesOfMember = 20;

/** Decodes definitions; counts their values, so that a reply cannot be larger than its limits say. */
export class DefinitionDecoder {
  readonly #files: readonly SourceFile[];
  readonly #sites: DecodedSites;
  readonly #deepest: number;
  readonly #most: number;
  /** Values decoded so far. */
  spent = 0;

  constructor(
    files: readonly SourceFile[],
    sites: DecodedSites,
    limits: { readonly depth: number; readonly members: number },
  ) {
    this.#files = files;
    this.#sites = sites;
    this.#deepest = limits.depth;
    this.#most = limits.members * valuesOfMember;
  }

  definition(wire: unknown, index: number): { definition: Definition; call: number } {
    const [kind, name, file, call, body] = asArray(wire, 5, 'a definition');
    const place: Place = { parent: null, key: index };
    const value = this.#value(body, place, 0);
    if (value.kind !== 'object') malformed('a definition is no object');
    return {
      definition: {
        kind: kinds[asIndex(kind, 2, 'a kind')]!,
        name: asText(name, longestName, 'a name'),
        file: this.#files[asIndex(file, this.#files.length - 1, 'a file')]!.path,
        body: value,
        place,
      },
      call: asIndex(call, 10_000_000, 'a call'),
    };
  }

  /** A value on its own, evaluated for one user. */
  value(wire: unknown, index: number): DeclaredValue {
    return this.#value(wire, { parent: null, key: index }, 0);
  }

  #value(wire: unknown, place: Place, depth: number): DeclaredValue {
    if (++this.spent > this.#most) malformed('the definitions have too many values');
    if (depth > this.#deepest) malformed('a definition nests too deeply');
    if (!Array.isArray(wire)) return this.#scalar(wire, place);
    const list = wire as readonly unknown[];
    switch (list[0]) {
      case 0:
        return { kind: 'list', items: this.#items(list, place, depth), place };
      case 1:
        return this.#object(list, place, depth);
      case 2:
        return { kind: 'template', template: this.#sites.template(list[1], list[2]), place };
      case 3:
        return { kind: 'template', template: this.#sites.evaluated(list), place };
      case 4: {
        this.#sites.spanOf(list[1], list[2]);
        const path = list.slice(3).map((name) => asText(name, longestName, 'a name'));
        if (path.length === 0 || path.length > 64) malformed('a reference is empty');
        return { kind: 'reference', path, place };
      }
      case 6: {
        const file = this.#sites.fileAt(list[1]).path;
        const [start, end] = this.#sites.spanOf(list[1], list[2]);
        const template: Template = { pieces: [{ kind: 'dynamic' }], file, start, end };
        return { kind: 'template', template, place };
      }
      case 5:
        return { kind: 'opaque', what: asText(list[1], 200, 'a description'), place };
      default:
        return malformed('a value is of no known kind');
    }
  }

  #scalar(value: unknown, place: Place): DeclaredValue {
    switch (typeof value) {
      case 'string':
      case 'number':
      case 'boolean':
        return { kind: 'scalar', value, place };
      default:
        return value === null
          ? { kind: 'scalar', value, place }
          : malformed('a value is an object');
    }
  }

  #items(list: readonly unknown[], place: Place, depth: number): DeclaredValue[] {
    const items: DeclaredValue[] = [];
    for (let index = 1; index < list.length; index++) {
      items.push(this.#value(list[index], { parent: place, key: index - 1 }, depth + 1));
    }
    return items;
  }

  #object(list: readonly unknown[], place: Place, depth: number): DeclaredObject {
    if (list.length % 2 === 0) malformed('an object lacks a value');
    const entries = new Map<string, DeclaredValue>();
    for (let index = 1; index < list.length; index += 2) {
      const key = asText(list[index], longestName, 'a key');
      if (entries.has(key)) malformed('an object has a key twice');
      entries.set(key, this.#value(list[index + 1], { parent: place, key }, depth + 1));
    }
    return { kind: 'object', entries, place };
  }
}
