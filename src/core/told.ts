import type { MemberPath } from './names.ts';

/** What one user may see of a model, by name. */
export interface VisibleNames {
  /** Whether there is such a cube or view for this user. */
  hasOwner(name: string): boolean;
  /** Whether there is such a member of a cube or view for this user. */
  hasMember(path: string): boolean;
}

/** Who may see everything: the operator, and the author of the schema. */
export const allNames: VisibleNames = { hasOwner: () => true, hasMember: () => true };
/** Who may see nothing: whoever a message has not been made for yet. */
export const noNames: VisibleNames = { hasOwner: () => false, hasMember: () => false };

type Part =
  | string
  | { readonly kind: 'cube' | 'member'; readonly name: string; readonly shown: string }
  | { readonly kind: 'operator'; readonly told: Told; readonly instead: Told }
  | { readonly kind: 'wholly'; readonly told: Told }
  | { readonly kind: 'list'; readonly items: readonly Told[]; readonly separator: string }
  | { readonly kind: 'asked'; readonly text: string };

/**
 * A message before it is known who reads it. It is made by {@link say} alone, whose holes take no plain text:
 * a name of the schema is said by {@link cubeName} or {@link memberName}, and is written for those who may see it.
 */
export class Told {
  readonly #parts: readonly Part[];

  /** Use {@link say}. */
  constructor(parts: readonly Part[]) {
    this.#parts = parts;
  }

  /** @param withValues Whether what the caller wrote is repeated; a log has no values. */
  text(names: VisibleNames, withValues = true): string {
    return this.#parts.map((part) => textOf(part, names, withValues)).join('');
  }

  /** Whether nothing that it names is hidden. */
  isShown(names: VisibleNames): boolean {
    return this.#parts.every((part) => {
      if (typeof part === 'string') return true;
      if (part.kind === 'cube') return names.hasOwner(part.name);
      if (part.kind === 'member') return names.hasMember(part.name);
      return part.kind !== 'list' || part.items.every((item) => item.isShown(names));
    });
  }

  get parts(): readonly Part[] {
    return this.#parts;
  }
}

function textOf(part: Part, names: VisibleNames, withValues: boolean): string {
  if (typeof part === 'string') return part;
  switch (part.kind) {
    case 'cube':
      return names.hasOwner(part.name) ? part.shown : 'a cube that is not shown';
    case 'member':
      return names.hasMember(part.name) ? part.shown : 'a member that is not shown';
    case 'wholly':
      return part.told.isShown(names) ? part.told.text(names, withValues) : '';
    case 'list': {
      const items = part.items.map((item) => item.text(names, withValues));
      // However many of one kind are not shown.
      return [...new Set(items)].join(part.separator);
    }
    case 'operator':
      return (names === allNames ? part.told : part.instead).text(names, withValues);
    case 'asked':
      return withValues ? part.text : '...';
  }
}

/** A text that is written in the code, and not made from anything: never `string`. */
export type Literal<T extends string> = object extends Record<T, 1> ? never : T;

type Hole = Told | number;

/** A message: ``say`${memberName(path)} has no key` ``. */
export function say(texts: TemplateStringsArray, ...holes: readonly Hole[]): Told {
  return new Told(
    texts.flatMap((text, index) => {
      const hole = holes[index];
      if (hole === undefined) return [text];
      return typeof hole === 'number' ? [text, String(hole)] : [text, ...hole.parts];
    }),
  );
}

/** One of some words that the code has. */
export function word<const T extends string>(text: T & Literal<T>): Told {
  return new Told([text]);
}

/** A cube or a view. @param shown What stands for it where it may be seen. */
export function cubeName(name: string, shown: string = name): Told {
  return new Told([{ kind: 'cube', name, shown }]);
}

/** A member of a cube or a view. @param shown What stands for it where it may be seen. */
export function memberName(path: MemberPath, shown: string = path): Told {
  return new Told([{ kind: 'member', name: path, shown }]);
}

/** A cube, a view, or a member of one, as the place of a piece of SQL names it. */
export function placeName(name: string): Told {
  return name.includes('.') ? memberName(name as MemberPath) : cubeName(name);
}

/** What a cube or a member has of its own, such as a granularity: seen by those who see its owner. */
export function ownName(owner: string, name: string): Told {
  const kind = owner.includes('.') ? 'member' : 'cube';
  return new Told([{ kind, name: owner, shown: name }]);
}

/** Cubes one after the other, as `Orders -> Users`. */
export function pathName(cubes: readonly string[], separator: string): Told {
  return new Told(
    cubes.flatMap((name, index) => [...(index > 0 ? [separator] : []), ...cubeName(name).parts]),
  );
}

/** Advice that is of use only where everything that it names may be seen; else nothing. */
export function wholly(told: Told): Told {
  return new Told([{ kind: 'wholly', told }]);
}

/** What only operators and authors are told: files, columns, texts of the schema. */
export function forOperator(text: Told | string, instead: Told = say``): Told {
  const told = typeof text === 'string' ? new Told([text]) : text;
  return new Told([{ kind: 'operator', told, instead }]);
}

/** What the caller wrote, said back; it must be made safe for a terminal. */
export function asked(text: string): Told {
  return new Told([{ kind: 'asked', text }]);
}

/** Things of one kind. */
export function listed(items: readonly Told[], separator = ', '): Told {
  return new Told([{ kind: 'list', items, separator }]);
}
