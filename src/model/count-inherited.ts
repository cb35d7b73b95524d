import type { Turns } from '../core/turns.ts';
import type { Definition } from '../syntax/declaration.ts';
import { itemName, keyOf, listKeys, namedKeys } from './merge-keys.ts';

/** What a schema may come to with everything that its definitions inherit. */
export interface InheritanceLimits {
  /** Members, and what else is merged by name or as a list, of all definitions together. */
  readonly members: number;
  /** The same, of one definition: what it is made into is read, written and decoded in one go. */
  readonly perCube: number;
  /** Characters of text. */
  readonly characters: number;
}

/** One thing that a definition hands down. */
interface Item {
  /** What a child's own thing of that name replaces; null: nothing does. */
  readonly name: string | null;
  readonly counts: boolean;
  readonly characters: number;
}

/**
 * Adds up what definitions come to with what they inherit, by arithmetic: in one walk along what extends
 * what, each definition's own things are looked at once.
 *
 * @returns the limit that is passed, or null.
 */
export async function passedLimit(
  definitions: ReadonlyMap<string, Definition>,
  bases: ReadonlyMap<string, string>,
  limits: InheritanceLimits,
  turns: Turns,
): Promise<keyof InheritanceLimits | null> {
  const children = new Map<string, string[]>();
  for (const [name, base] of bases) {
    const known = children.get(base);
    if (known) known.push(name);
    else children.set(base, [name]);
  }
  const total = { members: 0, characters: 0 };
  for (const root of definitions.keys()) {
    if (bases.has(root)) continue;
    const line = new Line();
    const open: { readonly name: string; readonly isLeft: boolean }[] = [
      { name: root, isLeft: false },
    ];
    for (let step = open.pop(); step; step = open.pop()) {
      if (turns.isDue) await turns.give();
      const items = itemsOf(definitions.get(step.name)!);
      if (step.isLeft) {
        line.leave(items);
        continue;
      }
      line.enter(items);
      total.members += line.members;
      total.characters += line.characters;
      if (line.members > limits.perCube) return 'perCube';
      if (total.members > limits.members) return 'members';
      if (total.characters > limits.characters) return 'characters';
      open.push({ name: step.name, isLeft: true });
      for (const name of children.get(step.name) ?? []) open.push({ name, isLeft: false });
    }
  }
  return null;
}

/** A definition with those that it extends. */
class Line {
  members = 0;
  characters = 0;
  /** By name: the things of that name, the last of which counts. */
  readonly #named = new Map<string, Item[]>();

  enter(items: readonly Item[]): void {
    for (const item of items) {
      const same = item.name === null ? undefined : this.#named.get(item.name);
      const replaced = same?.at(-1);
      if (replaced) this.#add(replaced, -1);
      this.#add(item, 1);
      if (same) same.push(item);
      else if (item.name !== null) this.#named.set(item.name, [item]);
    }
  }

  leave(items: readonly Item[]): void {
    for (const item of items) {
      this.#add(item, -1);
      if (item.name === null) continue;
      const same = this.#named.get(item.name)!;
      same.pop();
      const again = same.at(-1);
      if (again) this.#add(again, 1);
      else this.#named.delete(item.name);
    }
  }

  #add({ counts, characters }: Item, sign: 1 | -1): void {
    if (counts) this.members += sign;
    this.characters += sign * characters;
  }
}

/** Definitions stay the same objects while their file is not evaluated again. */
const known = new WeakMap<Definition, readonly Item[]>();

function itemsOf(definition: Definition): readonly Item[] {
  const found = known.get(definition);
  if (found) return found;
  const items: Item[] = [];
  for (const [written, value] of definition.body.entries) {
    const key = keyOf(written);
    const add = (name: unknown, item: unknown): void => {
      const id = typeof name === 'string' ? `${key}.${name}` : null;
      items.push({ name: id, counts: true, characters: charactersOf(item) });
    };
    if (namedKeys.has(key) && value.kind === 'object') {
      for (const [name, item] of value.entries) add(name, item);
    } else if ((namedKeys.has(key) || listKeys.has(key)) && value.kind === 'list') {
      for (const item of value.items) add(namedKeys.has(key) ? itemName(item) : null, item);
    } else items.push({ name: key, counts: false, characters: charactersOf(value) });
  }
  known.set(definition, items);
  return items;
}

/** Texts of one place in a file are one object, however many definitions have them. */
const lengths = new WeakMap<object, number>();

/** Texts of a value, and one for each value in it. */
function charactersOf(value: unknown): number {
  if (typeof value === 'string') return value.length + 1;
  if (typeof value !== 'object' || value === null) return 1;
  const isTemplate = 'pieces' in value;
  const before = isTemplate ? lengths.get(value) : undefined;
  if (before !== undefined) return before;
  let sum = 1;
  if (value instanceof Map) {
    for (const [key, item] of value) sum += charactersOf(key) + charactersOf(item);
  } else if (Array.isArray(value)) {
    for (const item of value) sum += charactersOf(item);
  } else {
    for (const [key, item] of Object.entries(value)) {
      if (key !== 'place' && key !== 'kind' && key !== 'file') sum += charactersOf(item);
    }
  }
  if (isTemplate) lengths.set(value, sum);
  return sum;
}
