import { DriverError } from './driver-error.ts';

/** An integer as a number where that is exact, else as it is. */
export function exactInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** The furthest that a `Date` reaches, in milliseconds. https://tc39.es/ecma262/#sec-time-values-and-time-range */
const latestDate = 8.64e15;

/** `YYYY-MM-DDTHH:mm:ss.SSS` of milliseconds since 1970, UTC; undefined beyond what a Date holds. */
export function timeText(milliseconds: number): string | undefined {
  if (!(Math.abs(milliseconds) <= latestDate)) return undefined;
  return new Date(milliseconds).toISOString().slice(0, -1);
}

export function hexText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/**
 * Text that cannot be written as UTF-8 would reach the database as another text, equal to that of
 * other texts: it is refused.
 */
export function checkText(text: string, index: number): string {
  if (text.isWellFormed()) return text;
  throw new DriverError(
    'driver/invalid-parameter',
    `parameter ${index + 1} is text with half of a surrogate pair`,
  );
}
