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
  if (node.type !== 'BLOCK_LITERAL' && node.type !== 'BLOCK_FOLDED') {
    const runs = alignFlow(text, content, [start + quotes, end - quotes], node.type);
    return new ScalarText(text, [start, end], runs);
  }
  const trimmed = start + content.slice(start, end).trimEnd().length;
  const body = content.indexOf('\n', start) + 1;
  return new ScalarText(text, [start, trimmed], alignBlock(text, content, [body, end]));
}

/** Makes runs longer where they go on in both texts. */
function addRun(runs: Run[], cooked: number, source: number, length: number): void {
  const last = runs.at(-1);
  const follows = last && last.source + last.length === source;
  if (follows && last.cooked + last.length === cooked) last.length += length;
  else runs.push({ cooked, source, length });
}

const escape = /\\(?:\r?\n[ \t]*|x[\da-fA-F]{2}|u[\da-fA-F]{4}|U([\da-fA-F]{8})|[^\r\n])/y;
const blanks = /[ \t]*/y;
const folded = /(?:\r?\n[ \t]*)+/y;

/**
 * Runs of a plain or quoted scalar: escapes stand for a character, line breaks for a space or for
 * fewer line breaks. No runs when the texts do not fit, which no valid scalar brings about.
 */
function alignFlow(
  text: string,
  content: string,
  [from, to]: Range,
  style: Scalar.Type | undefined,
): Run[] {
  const runs: Run[] = [];
  let cooked = 0;
  let at = from;
  const match = (pattern: RegExp, offset: number): RegExpExecArray | null => {
    pattern.lastIndex = offset;
    return pattern.exec(content);
  };
  while (at < to) {
    const character = content[at]!;
    const blank = isSpace(character) ? match(blanks, at)![0] : '';
    const fold = isSpace(character) ? match(folded, at + blank.length)?.[0] : undefined;
    if (style === 'QUOTE_DOUBLE' && character === '\\') {
      const [whole, long] = match(escape, at) ?? [''];
      if (whole === '') return [];
      at += whole.length;
      const isBreak = whole[1] === '\n' || whole[1] === '\r';
      if (!isBreak) cooked += long !== undefined && parseInt(long, 16) > 0xffff ? 2 : 1;
    } else if (style === 'QUOTE_SINGLE' && character === "'") {
      at += 2;
      cooked += 1;
    } else if (blank.length > 0 || fold !== undefined) {
      if (fold === undefined) addRun(runs, cooked, at, blank.length);
      const breaks = (fold ?? '').split('\n').length - 1;
      cooked += fold === undefined ? blank.length : Math.max(1, breaks - 1);
      at += blank.length + (fold ?? '').length;
    } else if (character === text[cooked]) {
      addRun(runs, cooked, at, 1);
      at += 1;
      cooked += 1;
    } else return [];
  }
  return runs;
}

/** Runs of a block: only white space may be in one text and not in the other. */
function alignBlock(text: string, content: string, [from, to]: Range): Run[] {
  const runs: Run[] = [];
  let cooked = 0;
  let at = from;
  while (cooked < text.length && at < to) {
    if (content[at] === text[cooked] && content[at] !== '\n') {
      addRun(runs, cooked, at, 1);
      at += 1;
      cooked += 1;
    } else {
      const [before, inText] = [at, cooked];
      while (at < to && isSpace(content[at]!)) at += 1;
      while (cooked < text.length && isSpace(text[cooked]!)) cooked += 1;
      if (at === before && cooked === inText) return [];
    }
  }
  return runs;
}

function isSpace(character: string): boolean {
  return character === ' ' || character === '\n' || character === '\t' || character === '\r';
}
