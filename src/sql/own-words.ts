import type { LexicalRules } from './dialects/dialect.ts';
import { joinPieces, pieceAt, type JoinedPieces } from './lexer-pieces.ts';
import type { RawPiece } from './lexer-contract.ts';
import { Lexer } from './lexer.ts';
import {
  aggregateWords,
  conditionlessFunctions,
  keywords,
  scalarFunctions,
} from './own-words.data.ts';

/** What a text names itself, beside what stands in its holes. */
export interface OwnName {
  readonly kind: 'column' | 'aggregate' | 'hole';
  /** As written; of a hole '' or the column of it (`.amount`). */
  readonly text: string;
  /** Of a hole, its id; null: none. */
  readonly hole: number | null;
  /** Index of the piece, and the offset in it. */
  readonly piece: number;
  readonly offset: number;
  /**
   * The innermost of what it stands in that says whose rows it is of: an aggregate, an own query, a
   * window, or a function that is not known and may aggregate. `open`: none.
   */
  readonly within: 'open' | 'aggregate' | 'query' | 'window' | 'unknown';
  /** The function whose whole argument it is, when that takes no condition; null: none. */
  readonly argumentOf: string | null;
}

interface Token {
  readonly kind: string;
  readonly text: string;
  /** In lower case. */
  readonly word: string;
  readonly start: number;
  /** Index of the token that opens the brackets around it; -1: none. */
  readonly parent: number;
}

/** The columns, aggregates and holes of a text, as its dialect's lexer reads it. Linear in its length. */
export function ownNames(pieces: readonly RawPiece[], rules: LexicalRules): OwnName[] {
  return new WordReader(pieces, rules).names();
}

const openers: readonly string[] = ['(', '[', '{'];
const closers: readonly string[] = [')', ']', '}'];

class WordReader {
  readonly #tokens: Token[] = [];
  /** By the index of an opening bracket: what it makes of what stands in it. */
  readonly #within = new Map<number, OwnName['within']>();
  readonly #holes = new Map<number, number>();
  readonly #joined: JoinedPieces;
  /** By the index of an opening bracket: that of its counterpart. */
  readonly #closes = new Map<number, number>();

  constructor(pieces: readonly RawPiece[], rules: LexicalRules) {
    const joined = joinPieces(pieces);
    joined.holes.forEach((offset, index) => this.#holes.set(offset, joined.ids[index]!));
    this.#joined = joined;
    const lexer = new Lexer(joined, rules);
    const open: number[] = [];
    while (lexer.next() !== 'end') {
      const { kind, start, end } = lexer;
      if (kind === 'line-comment' || kind === 'block-comment') continue;
      const text = joined.text.slice(start, end);
      if (kind === 'symbol' && closers.includes(text)) {
        const opener = open.pop();
        if (opener !== undefined) this.#closes.set(opener, this.#tokens.length);
      }
      const parent = open.at(-1) ?? -1;
      const index = this.#tokens.push({ kind, text, word: text.toLowerCase(), start, parent }) - 1;
      if (kind === 'symbol' && openers.includes(text)) open.push(index);
    }
  }

  names(): OwnName[] {
    const found: OwnName[] = [];
    const tokens = this.#tokens;
    for (let at = 0; at < tokens.length; at++) {
      const token = tokens[at]!;
      if (token.kind === 'symbol') {
        if (openers.includes(token.text)) this.#within.set(at, this.#meaningOf(at));
        if (token.text === '::') at = this.#typeEnd(at + 1);
        continue;
      }
      if (token.kind === 'string' || token.kind === 'number') continue;
      if (token.kind === 'hole' && !this.#isDot(at + 1)) {
        found.push(this.#name('hole', at, token.text));
        continue;
      }
      const last = this.#pathEnd(at);
      const isCall = tokens[last + 1]?.text === '(' && tokens[last + 1]!.kind === 'symbol';
      const name = tokens[last]!;
      const isPath = last > at;
      if (isCall && !isPath && isFieldOf.has(token.word)) {
        at = this.#fieldEnd(last + 1);
      } else if (isCall) {
        if (aggregateWords.has(name.word)) found.push(this.#name('aggregate', at, name.text));
      } else if (isPath || token.kind === 'quoted') {
        found.push(this.#name('column', at, name.text));
      } else if (token.word === 'as') {
        at = this.#isCast(token.parent) ? this.#typeEnd(at + 1) : at + 1;
      } else if (!keywords.has(token.word) && !this.#isTyped(at)) {
        found.push(this.#name('column', at, token.text));
      }
      if (isPath) at = last;
    }
    return found;
  }

  #name(kind: OwnName['kind'], at: number, text: string): OwnName {
    const token = this.#tokens[at]!;
    const piece = pieceAt(this.#joined, token.start);
    return {
      kind,
      text: text.replaceAll('\0', ''),
      hole: this.#holes.get(token.start) ?? null,
      piece,
      offset: token.start - this.#joined.starts[piece]!,
      within:
        kind === 'aggregate' && this.#isWindowed(at) ? 'window' : this.#withinOf(token.parent),
      argumentOf: kind === 'hole' ? this.#argumentOf(at) : null,
    };
  }

  #isDot(at: number): boolean {
    return this.#tokens[at]?.kind === 'symbol' && this.#tokens[at]!.text === '.';
  }

  /** The last name of `a.b.c`. */
  #pathEnd(at: number): number {
    let last = at;
    while (this.#isDot(last + 1) && isName(this.#tokens[last + 2])) last += 2;
    return last;
  }

  /** What brackets make of what stands in them, from the word before them and the first one inside. */
  #meaningOf(opener: number): OwnName['within'] {
    const tokens = this.#tokens;
    const outer = this.#withinOf(tokens[opener]!.parent);
    if (['select', 'with'].includes(tokens[opener + 1]?.word ?? '')) return 'query';
    if (outer !== 'open') return outer;
    const before = tokens[opener - 1];
    if (!before || !isName(before) || tokens[opener]!.text !== '(') return 'open';
    if (before.word === 'over') return 'window';
    if (before.word === 'filter' || before.word === 'group') {
      return tokens[opener - 2]?.text === ')' || before.word === 'group' ? 'aggregate' : 'open';
    }
    if (aggregateWords.has(before.word)) return 'aggregate';
    const isKnown =
      before.kind !== 'word' || scalarFunctions.has(before.word) || keywords.has(before.word);
    return isKnown && !this.#isDot(opener - 2) ? 'open' : 'unknown';
  }

  #withinOf(opener: number): OwnName['within'] {
    return opener < 0 ? 'open' : (this.#within.get(opener) ?? 'open');
  }

  /** Whether `OVER` stands behind the brackets of a call, or behind its FILTER. */
  #isWindowed(at: number): boolean {
    let next = this.#close(this.#pathEnd(at) + 1) + 1;
    const following = () => this.#tokens[next]?.word ?? '';
    if (following() === 'within') next = this.#close(next + 2) + 1;
    if (following() === 'filter') next = this.#close(next + 1) + 1;
    if (following() === 'ignore' || following() === 'respect') next += 2;
    return following() === 'over';
  }

  /** The bracket that closes the one at `opener`; that itself where there is none. */
  #close(opener: number): number {
    return this.#closes.get(opener) ?? Math.max(opener, 0);
  }

  #isCast(opener: number): boolean {
    return opener > 0 && this.#tokens[opener - 1]!.word.endsWith('cast');
  }

  /** The last token of the type that begins here: `double precision`, `decimal(10, 2)`, `text[]`. */
  #typeEnd(from: number): number {
    const tokens = this.#tokens;
    let at = this.#pathEnd(from);
    while (typeWords.has(tokens[at + 1]?.word ?? '')) at++;
    while (['(', '['].includes(tokens[at + 1]?.text ?? '')) at = this.#close(at + 1);
    while (typeWords.has(tokens[at + 1]?.word ?? '')) at++;
    return at;
  }

  /** `DATE '2024-01-01'`, `INTERVAL '1 day'`: a word before a text says its type. */
  #isTyped(at: number): boolean {
    return this.#tokens[at + 1]?.kind === 'string';
  }

  /** `EXTRACT(EPOCH FROM x)`: the token before what it is of. */
  #fieldEnd(opener: number): number {
    this.#within.set(opener, this.#meaningOf(opener));
    const isFrom = this.#tokens[opener + 2]?.word === 'from';
    return isFrom ? opener + 2 : opener;
  }

  #argumentOf(at: number): string | null {
    const { parent } = this.#tokens[at]!;
    const name = parent > 0 ? this.#tokens[parent - 1]! : undefined;
    if (!name || this.#tokens[parent]!.text !== '(') return null;
    if (name.kind !== 'word' || !conditionlessFunctions.has(name.word)) return null;
    const before = this.#tokens[at - 1]!;
    const after = this.#tokens[at + 1];
    const isWhole =
      (at - 1 === parent || before.text === ',') && (after?.text === ',' || after?.text === ')');
    return isWhole ? name.text : null;
  }
}

const isFieldOf: ReadonlySet<string> = new Set(['extract']);
const typeWords: ReadonlySet<string> = new Set(
  'precision varying unsigned signed with without time zone local integer array'.split(' '),
);

function isName(token: Token | undefined): boolean {
  return token?.kind === 'word' || token?.kind === 'quoted';
}

/** The one literal that a text is: NULL, a number with its sign, or a plain quoted text; null: it is more. */
export function oneLiteral(
  pieces: readonly RawPiece[],
  rules: LexicalRules,
): { readonly kind: 'null' | 'number' | 'string'; readonly text: string } | null {
  const joined = joinPieces(pieces);
  const lexer = new Lexer(joined, rules);
  const tokens: { readonly kind: string; readonly text: string }[] = [];
  while (lexer.next() !== 'end') {
    tokens.push({ kind: lexer.kind, text: joined.text.slice(lexer.start, lexer.end) });
    if (tokens.length > 2) return null;
  }
  const [first, second] = tokens;
  if (!first) return null;
  if (first.kind === 'symbol' && (first.text === '-' || first.text === '+')) {
    return second?.kind === 'number' ? { kind: 'number', text: first.text + second.text } : null;
  }
  if (second) return null;
  if (first.kind === 'number') return { kind: 'number', text: first.text };
  if (first.kind === 'word' && first.text.toLowerCase() === 'null')
    return { kind: 'null', text: '' };
  // A prefix or an escape is the database's to read.
  const inner = first.text.slice(1, -1);
  const isPlain = first.text.startsWith("'") && !inner.includes("'") && !inner.includes('\\');
  return first.kind === 'string' && isPlain ? { kind: 'string', text: inner } : null;
}
