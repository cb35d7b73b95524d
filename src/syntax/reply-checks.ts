import type { Diagnostic } from '../core/diagnostic.ts';

/** A runner's reply that is not of the agreed form. Only a hostile or broken runner sends one. */
export class MalformedReply extends Error {
  override readonly name = 'MalformedReply';
  readonly diagnostic: Diagnostic;

  constructor(detail: string) {
    super(detail);
    this.diagnostic = {
      code: 'sandbox/bad-reply',
      severity: 'error',
      message: `the schema was evaluated, but its result cannot be read: ${detail}`,
      help: 'a schema file interferes with its evaluation; remove what changes built-in objects',
    };
  }
}

export function malformed(detail: string): never {
  throw new MalformedReply(detail);
}

/** One line blocks the host while it is parsed; no honest file of the largest size comes near. */
export const longestLine = 16_000_000;

export function parseLine(line: string): unknown {
  if (line.length > longestLine) return malformed('a line is too long');
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return malformed('a line is not JSON');
  }
}

/** An array, of exactly `length` items when that is a number. */
export function asArray(value: unknown, length: number | null, what: string): readonly unknown[] {
  if (!Array.isArray(value) || (length !== null && value.length !== length)) {
    return malformed(`${what} is no list of the right length`);
  }
  return value as readonly unknown[];
}

export function asText(value: unknown, longest: number, what: string): string {
  if (typeof value !== 'string') return malformed(`${what} is no text`);
  if (value.length > longest) return malformed(`${what} is too long`);
  return value;
}

/** A whole number from 0 to `most`. */
export function asIndex(value: unknown, most: number, what: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > most) {
    return malformed(`${what} is out of range`);
  }
  return value;
}

export function asSpan(start: unknown, end: unknown, length: number): [number, number] {
  const to = asIndex(end, length, 'an offset');
  return [asIndex(start, to, 'an offset'), to];
}

/** Offsets, or [-1, -1] for what has no place in its file. */
export function asPlacement(start: unknown, end: unknown, length: number): [number, number] | null {
  return start === -1 ? null : asSpan(start, end, length);
}
