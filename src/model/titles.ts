import { underscore } from '../core/names.ts';

/** `createdAt` -> `Created at`; the style of the original's titles. */
export function titleOf(name: string): string {
  const words = underscore(name).replace(/[_ ]+/g, ' ').trim();
  return words === '' ? name : words[0]!.toUpperCase() + words.slice(1);
}
