import type { Scalar } from 'yaml';
import type { WirePiece } from '../../syntax/guest-abi.ts';
import type { Range } from './yaml-report.ts';

/** Text that stands in the file as it is: `length` units from `source` on, `cooked` in the value. */
interface Run {
  readonly cooked: number;
  readonly source: number;
  length: number;
}

/**
 * The text of one scalar and where each part of it stands in the file. Escapes, folded line breaks
 * and indentation lie between the runs.
 */
export class ScalarText {
  readonly text: string;
  /** The whole scalar, with its quotes or block header. */
  readonly range: Range;
  readonly #runs: readonly Run[];

  constructor(text: string, range: Range, runs: readonly Run[]) {
    this.text = text;
    this.range = range;
    this.#runs = runs;
  }

  /** Whether the value stands in the file without a change. */
  get isVerbatim(): boolean {
    return this.#runs.length === 1 && this.#runs[0]!.length === this.text.length;
  }

  /** A part of the text as pieces: offsets where it stands in the file, else text. */
  pieces(from: number, to: number): WirePiece[] {
    const pieces: WirePiece[] = [];
    let at = from;
    for (let index = this.#runBefore(from); at < to; index++) {
      const run = this.#runs[index];
      const start = Math.max(at, run?.cooked ?? to);
      if (start > at) pieces.push(this.text.slice(at, Math.min(start, to)));
      if (!run || start >= to) break;
      at = Math.max(start, Math.min(to, run.cooked + run.length));
      const shift = run.source - run.cooked;
      if (at > start) pieces.push([0, start + shift, at + shift]);
    }
    return pieces;
  }

  /** Where a part of the text stands in the file; the whole scalar when that is not known. */
  rangeOf(from: number, to: number): Range {
    if (this.#runs.length === 0) return this.range;
    const start = this.#sourceOf(from);
    return [start, to > from ? Math.max(start, this.#sourceOf(to - 1) + 1) : start];
  }

  #sourceOf(cooked: number): number {
    const run = this.#runs[this.#runBefore(cooked)]!;
    const into = Math.max(0, cooked - run.cooked);
    return run.source + Math.min(into, run.length);
  }

  /** The last run that begins at or before an offset of the text; the first when there is none. */
  #runBefore(cooked: number): number {
    let low = 0;
    let high = Math.max(0, this.#runs.length - 1);
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#runs[middle]!.cooked <= cooked) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Aligns a scalar's value with its text in the file. */
export function scalarText(node: Scalar, content: string): ScalarText {
  const text = typeof node.value === 'string' ? node.value : String(node.value);
  const [start, end] = node.range!;
  const quotes = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE' ? 1 : 0;
  if (end - start === text.length + 2 * quotes && content.startsWith(text, start + quotes)) {
    return new ScalarText(
      text,
      [start, end],
      [{ cooked: 0, source: start + quotes, length: text.length }],
    );
  }
  const isBlock = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
  const trimmed = isBlock ? start + content.slice(start, end).trimEnd().length : end;
  const from = isBlock ? lineAfter(content, start) : start + quotes;
  const runs = align(text, content, { from, to: end - quotes, style: node.type ?? 'PLAIN' });
  return new ScalarText(text, [start, Math.max(trimmed, start + 1)], runs);
}

function lineAfter(content: string, offset: number): number {
  const found = content.indexOf('\n', offset);
  return found < 0 ? content.length : found + 1;
}

const escape = /\\(?:\r?\n[ \t]*|x[\da-fA-F]{2}|u[\da-fA-F]{4}|U([\da-fA-F]{8})|[^\r\n])/y;

/**
 * Runs of characters that are the same in both texts, in order. Only white space may be in one and
 * not in the other: line breaks are folded, and indentation is left out. No runs: the texts do not
 * fit, which no valid scalar brings about.
 */
function align(
  text: string,
  content: string,
  source: { readonly from: number; readonly to: number; readonly style: string },
): Run[] {
  const runs: Run[] = [];
  let cooked = 0;
  let at = source.from;
  while (cooked < text.length && at < source.to) {
    const character = content[at]!;
    if (source.style === 'QUOTE_DOUBLE' && character === '\\') {
      escape.lastIndex = at;
      const found = escape.exec(content);
      if (!found) return [];
      at += found[0].length;
      const isBreak = found[0][1] === '\n' || found[0][1] === '\r';
      if (!isBreak) cooked += found[1] !== undefined && parseInt(found[1], 16) > 0xffff ? 2 : 1;
    } else if (source.style === 'QUOTE_SINGLE' && character === "'") {
      at += 2;
      cooked += 1;
    } else if (character === text[cooked] && character !== '\n') {
      const last = runs.at(-1);
      const follows =
        last && last.source + last.length === at && last.cooked + last.length === cooked;
      if (follows) last.length += 1;
      else runs.push({ cooked, source: at, length: 1 });
      at += 1;
      cooked += 1;
    } else {
      const [before, inText] = [at, cooked];
      while (at < source.to && isSpace(content[at]!)) at += 1;
      while (cooked < text.length && isSpace(text[cooked]!)) cooked += 1;
      if (at === before && cooked === inText) return [];
    }
  }
  return runs;
}

function isSpace(character: string): boolean {
  return character === ' ' || character === '\n' || character === '\t' || character === '\r';
}
