import { contextText, type ContextRead, type ToldContext } from '../core/context-read.ts';

/** So many values are told one by one; a schema that reads more is told everything. */
export const mostReads = 16;
const deepest = 64;
const longestName = 2_000;

/**
 * Tells a runner what it asks of the compile context, and remembers that. What it was not told it
 * cannot have used, whatever its code says.
 */
export class ContextReads {
  readonly #context: unknown;
  readonly told: ContextRead[] = [];

  /** @param context Canonical JSON text; null: nothing is told. */
  constructor(context: string | null) {
    this.#context = context === null ? undefined : JSON.parse(context);
  }

  /** JSON text of a {@link ToldContext}; null when nothing like it can be asked. */
  answer(frame: string): string | null {
    const asked = decodeAsked(frame);
    if (asked === null || this.#context === undefined) return null;
    if (this.told.some(({ path, whole }) => whole && path.length === 0)) return null;
    const { path, whole } = this.told.length < mostReads ? asked : { path: [], whole: true };
    const text = contextText(this.#context, path, whole);
    this.told.push({ path, whole, text });
    const told: ToldContext = [path, whole, text];
    return JSON.stringify(told);
  }
}

/** `[1, whole 0/1, ...path]`, untrusted. */
function decodeAsked(frame: string): { path: string[]; whole: boolean } | null {
  let asked: unknown;
  try {
    asked = JSON.parse(frame);
  } catch {
    return null;
  }
  if (!Array.isArray(asked) || asked[0] !== 1 || asked.length > deepest) return null;
  const [, whole, ...path] = asked as unknown[];
  const isName = (name: unknown): name is string =>
    typeof name === 'string' && name.length <= longestName;
  return path.every(isName) ? { path, whole: whole === 1 } : null;
}
