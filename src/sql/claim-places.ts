import type { LexicalRules } from './dialects/dialect.ts';
import type { RawPiece } from './lexer-contract.ts';
import { ClaimEqualities } from './claim-equalities.ts';
import {
  closers,
  keywords,
  openers,
  readClaimTokens,
  type ClaimTokens,
  type Token,
} from './claim-tokens.ts';
import { joinPieces, slicePieces, type JoinedPieces } from './lexer-pieces.ts';

/** `operand = hole`, `hole = operand` or `operand IN (hole, ...)`, as pieces of the text that it stands in. */
export interface ClaimPlace {
  /** The ids of the holes: one, or those of a list. */
  readonly holes: readonly number[];
  readonly operand: readonly RawPiece[];
  /** Half-open range of the whole comparison in the joined text. */
  readonly start: number;
  readonly end: number;
}

export interface ClaimPlaces {
  readonly joined: JoinedPieces;
  /** In order; they do not overlap. */
  readonly compared: readonly ClaimPlace[];
  /** Holes that are part of what an equality compares, in a form that leaves no place for a second one. */
  readonly entangled: readonly number[];
}

/** A hole of a claim: the claim itself, or a text that is made of it. */
export type ClaimHole = 'itself' | 'part' | undefined;

/**
 * Finds the comparisons of these holes with one operand each. An author's text is read by the lexer
 * alone; what is not surely one comparison is not taken for one.
 */
export function findClaimPlaces(
  pieces: readonly RawPiece[],
  holeOf: (hole: number) => ClaimHole,
  isName: (hole: number) => boolean,
  { lexical, folds }: { readonly lexical: LexicalRules; readonly folds: boolean },
): ClaimPlaces {
  const joined = joinPieces(pieces);
  const tokens = readClaimTokens(joined, lexical);
  const reader = new Reader(joined, tokens, isName);
  const equalities = new ClaimEqualities(tokens, folds);
  const compared: ClaimPlace[] = [];
  const entangled: number[] = [];
  joined.holes.forEach((offset, index) => {
    const hole = joined.ids[index]!;
    const kind = holeOf(hole);
    if (kind === undefined) return;
    const last = compared.at(-1);
    if (last?.holes.includes(hole) && offset < last.end) return;
    const place = kind === 'itself' ? reader.comparison(offset) : null;
    const holes = place?.offsets.map((at) => joined.ids[joined.holes.indexOf(at)]!) ?? [];
    const isAll = holes.every((item) => holeOf(item) === 'itself');
    if (place && isAll && place.start >= (last?.end ?? 0)) compared.push({ holes, ...place });
    else if (equalities.has(offset)) entangled.push(hole);
  });
  return { joined, compared, entangled };
}

interface Found extends Omit<ClaimPlace, 'holes'> {
  /** Where the holes stand in the joined text. */
  readonly offsets: readonly number[];
}

class Reader {
  readonly #joined: JoinedPieces;
  readonly #isName: (hole: number) => boolean;
  readonly #tokens: readonly Token[];
  /** Of each bracket, the index of its partner. */
  readonly #partners: ReadonlyMap<number, number>;

  constructor(
    joined: JoinedPieces,
    { tokens, partners }: ClaimTokens,
    isName: (hole: number) => boolean,
  ) {
    this.#joined = joined;
    this.#isName = isName;
    this.#tokens = tokens;
    this.#partners = partners;
  }

  comparison(offset: number): Found | null {
    const at = this.#tokens.findIndex(({ start, kind }) => start === offset && kind === 'hole');
    if (at < 0) return null;
    return this.#behindEquals(at) ?? this.#inList(at) ?? this.#beforeEquals(at);
  }

  #behindEquals(at: number): Found | null {
    if (this.#symbol(at - 1) !== '=') return null;
    const last = this.#symbol(at - 2) === '=' ? at - 3 : at - 2;
    return this.#isClosed(at + 1) ? this.#place(this.#operandBefore(last), last, at) : null;
  }

  #inList(at: number): Found | null {
    let last = at;
    while (this.#symbol(last + 1) === ',' && this.#tokens[last + 2]?.kind === 'hole') last += 2;
    const isList = this.#symbol(at - 1) === '(' && this.#symbol(last + 1) === ')';
    if (!isList || this.#tokens[at - 2]?.text !== 'in' || !this.#isClosed(last + 2)) return null;
    return this.#place(this.#operandBefore(at - 3), at - 3, last + 1);
  }

  #beforeEquals(at: number): Found | null {
    if (this.#symbol(at + 1) !== '=' || !this.#isOpened(at - 1)) return null;
    const from = this.#symbol(at + 2) === '=' ? at + 3 : at + 2;
    for (let last = from; last < this.#tokens.length; last++) {
      if (this.#symbol(last) === '(') last = this.#partners.get(last) ?? last;
      if (!this.#isClosed(last + 1)) continue;
      return this.#operandBefore(last, true) === from ? this.#whole(from, last, at, last) : null;
    }
    return null;
  }

  #place(from: number | null, last: number, end: number): Found | null {
    return from === null ? null : this.#whole(from, last, from, end);
  }

  #whole(from: number, last: number, first: number, end: number): Found | null {
    const inside = this.#tokens.slice(first, end + 1);
    if (inside.some(({ kind }) => kind === 'line-comment' || kind === 'block-comment')) return null;
    const range = [this.#tokens[from]!.start, this.#tokens[last]!.end] as const;
    const operand = slicePieces(this.#joined, ...range);
    const isPlain = operand.every((piece) => piece.kind === 'text' || this.#isName(piece.id));
    const [start, stop] = [this.#tokens[first]!.start, this.#tokens[end]!.end];
    const offsets = inside.filter(({ kind }) => kind === 'hole').map((token) => token.start);
    const own = offsets.filter((offset) => offset < range[0] || offset >= range[1]);
    return isPlain ? { operand, start, end: stop, offsets: own } : null;
  }

  /** The first token of the name, literal, call or brackets that ends here; null: it is more than that. */
  #operandBefore(last: number, anyStart = false): number | null {
    let from = last;
    if (this.#symbol(last) === ')') {
      const opening = this.#partners.get(last);
      if (opening === undefined || this.#hasComma(opening, last)) return null;
      from = opening;
      const name = this.#tokens[opening - 1];
      const isCall = name && (name.kind === 'quoted' || this.#isWord(opening - 1));
      if (isCall) from = opening - 1;
      else if (name && !this.#isOpened(opening - 1) && !anyStart) return null;
      if (!isCall) return from;
    } else if (!this.#isOperand(last)) return null;
    while (this.#symbol(from - 1) === '.' && this.#isOperand(from - 2)) from -= 2;
    return anyStart || this.#isOpened(from - 1) ? from : null;
  }

  /** Several values in brackets are a row; those of a call are its arguments. */
  #hasComma(opening: number, closing: number): boolean {
    const before = this.#tokens[opening - 1];
    if (before && (before.kind === 'quoted' || this.#isWord(opening - 1))) return false;
    for (let index = opening + 1; index < closing; index++) {
      if (this.#symbol(index) === '(') index = this.#partners.get(index) ?? index;
      else if (this.#symbol(index) === ',') return true;
    }
    return false;
  }

  #isOperand(index: number): boolean {
    const kind = this.#tokens[index]?.kind;
    return kind === 'quoted' || kind === 'hole' || kind === 'string' || kind === 'number'
      ? true
      : this.#isWord(index);
  }

  #isWord(index: number): boolean {
    const token = this.#tokens[index];
    return token?.kind === 'word' && !keywords.has(token.text);
  }

  #isOpened(index: number): boolean {
    const token = this.#tokens[index];
    if (!token) return true;
    if (token.kind === 'symbol') return token.text === '(' || token.text === ',';
    if (token.kind === 'line-comment' || token.kind === 'block-comment')
      return this.#isOpened(index - 1);
    return token.kind === 'word' && openers.has(token.text) && !this.#endsBetween(index);
  }

  /** The AND of a BETWEEN joins no conditions. */
  #endsBetween(and: number): boolean {
    if (this.#tokens[and]!.text !== 'and') return false;
    for (let index = and - 1; index >= 0; index--) {
      const { kind, text } = this.#tokens[index]!;
      if (this.#symbol(index) === ')') index = this.#partners.get(index) ?? index;
      else if (this.#symbol(index) === '(') return false;
      else if (kind === 'word' && text === 'between') return true;
      else if (kind === 'word' && openers.has(text)) return false;
    }
    return false;
  }

  #isClosed(index: number): boolean {
    const token = this.#tokens[index];
    if (!token) return true;
    if (token.kind === 'symbol') return token.text === ')' || token.text === ',';
    if (token.kind === 'line-comment' || token.kind === 'block-comment')
      return this.#isClosed(index + 1);
    return token.kind === 'word' && closers.has(token.text);
  }

  #symbol(index: number): string {
    const token = this.#tokens[index];
    return token?.kind === 'symbol' ? token.text : '';
  }
}
