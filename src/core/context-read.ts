/** What schema code was told of its compile context. */
export interface ContextRead {
  /** Property names; none: the whole context. */
  readonly path: readonly string[];
  /** Whether everything below was told too; otherwise of an object only that it is one. */
  readonly whole: boolean;
  /** JSON text; `''`: there is nothing, {@link someObject}: an object of which nothing more was told. */
  readonly text: string;
}

/** A {@link ContextRead} on its way to a runner. */
export type ToldContext = readonly [path: readonly string[], whole: boolean, text: string];

/** No JSON text. */
export const someObject = '{';

/** The same JSON text for the same data, in whatever order its keys come. @throws when it is no JSON data */
export function canonicalJson(data: unknown): string | undefined {
  const text = JSON.stringify(data) as string | undefined;
  return text === undefined ? undefined : JSON.stringify(sortKeys(JSON.parse(text)));
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, item]) => [name, sortKeys(item)]));
}

/** What is told of canonical data at a path: the `text` of a {@link ContextRead}. */
export function contextText(data: unknown, path: readonly string[], whole: boolean): string {
  let value = data;
  for (const name of path) {
    const holds = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
    value = holds ? (value as Record<string, unknown>)[name] : undefined;
  }
  if (value === undefined) return '';
  const isOpen = typeof value === 'object' && value !== null && !Array.isArray(value) && !whole;
  return isOpen ? someObject : JSON.stringify(value);
}

/** Reads without those that others of them contain, in one order. All are of the same context. */
export function mergeReads(reads: readonly ContextRead[]): ContextRead[] {
  const distinct = new Map(reads.map((read) => [JSON.stringify([read.path, read.whole]), read]));
  const wholes = [...distinct.values()].filter(({ whole }) => whole);
  const isContained = (read: ContextRead): boolean =>
    wholes.some(
      ({ path }) =>
        path.every((name, index) => name === read.path[index]) &&
        (path.length < read.path.length || !read.whole),
    );
  return [...distinct]
    .filter(([, read]) => !isContained(read))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, read]) => read);
}

/** `COMPILE_CONTEXT.securityContext.role`: the values that were told, as schema files name them. */
export function namesOfReads(reads: readonly ContextRead[]): string[] {
  return reads
    .filter(({ text }) => text !== someObject)
    .map(({ path }) => ['COMPILE_CONTEXT', ...path.map(propertyOf)].join('').slice(0, 300));
}

function propertyOf(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}
