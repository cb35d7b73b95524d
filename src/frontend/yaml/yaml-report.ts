import type { WireDiagnostic } from '../../syntax/guest-abi.ts';

/** Offsets in the file's text. */
export type Range = readonly [start: number, end: number];

/** More findings than anyone reads of one file. */
const mostFindings = 100;

/** Collects what is wrong with one YAML file; what an alias repeats is said once. */
export class YamlReport {
  readonly diagnostics: WireDiagnostic[] = [];
  readonly #file: number;
  readonly #seen = new Set<string>();

  constructor(file: number) {
    this.#file = file;
  }

  add(code: string, message: string, [start, end]: Range, help = ''): void {
    const key = `${code} ${start} ${message}`;
    if (this.isFull || this.#seen.has(key)) return;
    this.#seen.add(key);
    this.diagnostics.push([code, 0, message, this.#file, start, Math.max(start, end), help]);
  }

  get isFull(): boolean {
    return this.diagnostics.length >= mostFindings;
  }
}

/** A name or text of the file as a message shows it. */
export function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
