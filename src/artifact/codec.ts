import { malformed, type DecodeContext } from './decode-context.ts';

/** How values of a type become JSON and come back. What comes back is checked, and never trusted to be of the type. */
export interface Codec<T> {
  /** Describes the JSON: artifacts of another shape are refused. */
  readonly shape: () => string;
  readonly encode: (value: T) => unknown;
  /** @throws ArtifactError at the first value that is not of the shape. */
  readonly decode: (value: unknown, context: DecodeContext) => T;
}

/** A codec for each field, so that the compiler refuses a type with a field that no codec knows. */
export type Fields<T> = { readonly [K in keyof T]-?: Codec<Exclude<T[K], undefined>> };

/** Longer texts are no part of an honest schema: a whole file may have one megabyte. */
const longestText = 4_000_000;
const mostItems = 1_000_000;

export const text: Codec<string> = {
  shape: () => 'text',
  encode: (value) => value,
  decode: (value, context) => {
    if (typeof value !== 'string') return malformed('a text', context);
    return value.length <= longestText ? value : malformed('a shorter text', context);
  },
};

export const flag: Codec<boolean> = {
  shape: () => 'flag',
  encode: (value) => value,
  decode: (value, context) => (typeof value === 'boolean' ? value : malformed('a flag', context)),
};

export const number: Codec<number> = {
  shape: () => 'number',
  encode: (value) => value,
  decode: (value, context) =>
    typeof value === 'number' && Number.isFinite(value) ? value : malformed('a number', context),
};

/** One of the words of a union; the compiler refuses a list that lacks one. */
export function word<T extends string>(known: Readonly<Record<T, true>>): Codec<T> {
  const words = new Set<unknown>(Object.keys(known));
  return {
    shape: () => [...words].join('|'),
    encode: (value) => value,
    decode: (value, context) =>
      words.has(value) ? (value as T) : malformed(`one of ${[...words].join(', ')}`, context),
  };
}

export function nullable<T>(codec: Codec<T>): Codec<T | null> {
  return {
    shape: () => `${codec.shape()}?`,
    encode: (value) => (value === null ? null : codec.encode(value)),
    decode: (value, context) => (value === null ? null : codec.decode(value, context)),
  };
}

/** A field that may be left out; `null` where it is. */
export function optional<T>(codec: Codec<T>): Codec<T> {
  return {
    shape: () => `${codec.shape()}~`,
    encode: (value) => (value === undefined ? null : codec.encode(value)),
    decode: (value, context) => (value === null ? (undefined as T) : codec.decode(value, context)),
  };
}

export function list<T>(codec: Codec<T>): Codec<readonly T[]> {
  return {
    shape: () => `[${codec.shape()}]`,
    encode: (value) => value.map(codec.encode),
    decode: (value, context) =>
      context.within(itemsOf(value, context), (item) => codec.decode(item, context)),
  };
}

export function map<T>(codec: Codec<T>): Codec<ReadonlyMap<string, T>> {
  const entry = record<{ key: string; value: T }>({
    key: text,
    value: codec as Codec<Exclude<T, undefined>>,
  });
  return {
    shape: () => `{${codec.shape()}}`,
    encode: (value) => [...value].map(([key, item]) => entry.encode({ key, value: item })),
    decode: (value, context) => {
      const entries = context.within(itemsOf(value, context), (item) =>
        entry.decode(item, context),
      );
      const found = new Map(entries.map((item) => [item.key, item.value]));
      return found.size === entries.length ? found : malformed('keys that differ', context);
    },
  };
}

/** An object as the list of its fields' values, in the order in which the codecs are given. */
export function record<T extends object>(fields: Fields<T>): Codec<T> {
  const names = Object.keys(fields) as (keyof T & string)[];
  const codecs = names.map((name) => fields[name] as Codec<unknown>);
  return {
    shape: () => `(${names.map((name, index) => `${name}:${codecs[index]!.shape()}`).join(',')})`,
    encode: (value) => codecs.map((codec, index) => codec.encode(value[names[index]!])),
    decode: (value, context) => {
      const items = itemsOf(value, context);
      if (items.length !== names.length) return malformed(`${names.length} fields`, context);
      const decoded: Partial<Record<string, unknown>> = {};
      for (let index = 0; index < names.length; index++) {
        const item = context.at(names[index]!, () => codecs[index]!.decode(items[index], context));
        if (item !== undefined) decoded[names[index]!] = item;
      }
      return decoded as T;
    },
  };
}

/** The member of a union whose tag can be `K`. */
type Variant<T, Tag extends PropertyKey, K> =
  T extends Readonly<Record<Tag, infer X>> ? (K extends X ? Omit<T, Tag> : never) : never;

/** One of several objects, told apart by the field `tag`; the compiler refuses a union with a kind that is not given. */
export function tagged<T extends object, Tag extends keyof T & string>(
  tag: Tag,
  variants: { readonly [K in T[Tag] & string]: Fields<Variant<T, Tag, K>> },
): Codec<T> {
  const kinds = Object.keys(variants);
  const codecs = new Map(
    kinds.map((kind): [unknown, Codec<object>] => [
      kind,
      record(variants[kind as T[Tag] & string] as Fields<object>),
    ]),
  );
  return {
    shape: () => kinds.map((kind) => `${kind}${codecs.get(kind)!.shape()}`).join('|'),
    encode: (value) => [value[tag], codecs.get(value[tag])!.encode(value)],
    decode: (value, context) => {
      const [kind, body, ...others] = itemsOf(value, context);
      const codec = codecs.get(kind);
      if (!codec || others.length > 0) return malformed(`one of ${kinds.join(', ')}`, context);
      const decoded = context.at(String(kind), () => codec.decode(body, context));
      return { [tag]: kind, ...decoded } as T;
    },
  };
}

/** Either a plain value (a text, a number) or a structured one. */
export function either<A, B>(
  isFirst: (value: A | B) => value is A,
  first: Codec<A>,
  second: Codec<B>,
): Codec<A | B> {
  return {
    shape: () => `${first.shape()}/${second.shape()}`,
    encode: (value) => (isFirst(value) ? first.encode(value) : second.encode(value as B)),
    // Structured values are lists; no plain one is.
    decode: (value, context) =>
      Array.isArray(value) ? second.decode(value, context) : first.decode(value, context),
  };
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** A codec that contains itself; `name` stands for it in shapes. */
export function recursive<T>(name: string, make: () => Codec<T>): Codec<T> {
  let made: Codec<T> | undefined;
  let isDescribed = false;
  const codec = (): Codec<T> => (made ??= make());
  return {
    shape: () => {
      if (isDescribed) return name;
      isDescribed = true;
      const shape = `${name}=${codec().shape()}`;
      isDescribed = false;
      return shape;
    },
    encode: (value) => codec().encode(value),
    decode: (value, context) => codec().decode(value, context),
  };
}

export function itemsOf(value: unknown, context: DecodeContext): readonly unknown[] {
  if (!Array.isArray(value)) return malformed('a list', context);
  return value.length <= mostItems ? (value as unknown[]) : malformed('a shorter list', context);
}
