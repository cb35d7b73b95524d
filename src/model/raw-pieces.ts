import type { RawPiece } from '../sql/raw-text.ts';
import type { FragmentPiece } from './model.ts';

/** Pieces as the lexer takes them; a hole's id is the index of its piece. */
export function toRawPieces(pieces: readonly FragmentPiece[]): RawPiece[] {
  return pieces.map((piece, id) => (piece.kind === 'text' ? piece : { kind: 'hole', id }));
}

export function toFragmentPieces(
  raw: readonly RawPiece[],
  pieces: readonly FragmentPiece[],
): FragmentPiece[] {
  return raw.map((piece) => (piece.kind === 'text' ? piece : pieces[piece.id]!));
}
