import type { RawPiece } from './lexer-contract.ts';

/** Pieces as one text in which each hole is a NUL at a known offset. */
export interface JoinedPieces {
  readonly text: string;
  readonly pieces: readonly RawPiece[];
  /** Offset of each piece in `text`. */
  readonly starts: readonly number[];
  /** Offsets of the holes, ascending. A NUL anywhere else is the author's. */
  readonly holes: readonly number[];
  /** Ids of the holes, in the same order. */
  readonly ids: readonly number[];
}

export function joinPieces(pieces: readonly RawPiece[]): JoinedPieces {
  const starts: number[] = [];
  const holes: number[] = [];
  const ids: number[] = [];
  let text = '';
  for (const piece of pieces) {
    starts.push(text.length);
    if (piece.kind === 'text') {
      text += piece.text;
    } else {
      holes.push(text.length);
      ids.push(piece.id);
      text += '\0';
    }
  }
  return { text, pieces, starts, holes, ids };
}

/** Index of the piece that contains an offset of the joined text. */
export function pieceAt(joined: JoinedPieces, offset: number): number {
  let low = 0;
  let high = joined.starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (joined.starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The pieces between two offsets of the joined text; cut pieces keep a right `start`. */
export function slicePieces(joined: JoinedPieces, from: number, to: number): RawPiece[] {
  const result: RawPiece[] = [];
  if (from >= to) return result;
  for (let index = pieceAt(joined, from); index < joined.pieces.length; index++) {
    const pieceStart = joined.starts[index]!;
    if (pieceStart >= to) break;
    const piece = joined.pieces[index]!;
    if (piece.kind === 'hole') {
      result.push(piece);
      continue;
    }
    const cut = Math.max(0, from - pieceStart);
    const text = piece.text.slice(cut, to - pieceStart);
    if (text === '') continue;
    if (text.length === piece.text.length) result.push(piece);
    else if (piece.start === undefined) result.push({ kind: 'text', text });
    else result.push({ kind: 'text', text, start: piece.start + cut });
  }
  return result;
}

/**
 * Trims the ends of an author's SQL, drops one `;` at its end (and white space before it), and makes
 * each CRLF an LF. Only removes characters, so every part of a verbatim piece keeps its `start`.
 */
export function normalizeRaw(pieces: readonly RawPiece[]): readonly RawPiece[] {
  if (isNormal(pieces)) return pieces;
  const joined = joinPieces(pieces);
  const { text } = joined;
  let to = text.trimEnd().length;
  if (text[to - 1] === ';') to = text.slice(0, to - 1).trimEnd().length;
  let from = Math.min(to, text.length - text.trimStart().length);
  const result: RawPiece[] = [];
  for (let at = text.indexOf('\r\n', from); at >= 0 && at < to; at = text.indexOf('\r\n', at + 1)) {
    result.push(...slicePieces(joined, from, at));
    from = at + 1;
  }
  result.push(...slicePieces(joined, from, to));
  return result;
}

/** Nothing to trim, drop or change, as in most texts. */
function isNormal(pieces: readonly RawPiece[]): boolean {
  const first = pieces[0];
  const last = pieces.at(-1);
  if (first?.kind === 'text' && !isInk(first.text.charCodeAt(0))) return false;
  if (last?.kind === 'text' && !isInk(last.text.charCodeAt(last.text.length - 1))) return false;
  return pieces.every((piece) => piece.kind === 'hole' || !piece.text.includes('\r'));
}

/** ASCII that is neither white space nor a semicolon. */
function isInk(code: number): boolean {
  return code > 32 && code < 127 && code !== 59;
}
