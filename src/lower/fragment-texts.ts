import type { FragmentPiece } from '../model/model.ts';
import type { LexicalRules } from '../sql/dialects/dialect.ts';
import { classifyRaw } from '../sql/raw-text.ts';
import type { RawPiece, RawText } from '../sql/raw-text.ts';

/**
 * Authors' SQL as lexed under the rules of each dialect in use: once per text and dialect. Keyed by
 * the pieces of the (frozen) model, so that it is dropped with it.
 */
export class FragmentTexts {
  readonly #byRules = new Map<LexicalRules, WeakMap<readonly FragmentPiece[], RawText>>();

  of(pieces: readonly FragmentPiece[], rules: LexicalRules): RawText {
    let texts = this.#byRules.get(rules);
    if (!texts) this.#byRules.set(rules, (texts = new WeakMap()));
    let text = texts.get(pieces);
    if (!text) texts.set(pieces, (text = classifyRaw(toRawPieces(pieces), rules)));
    return text;
  }
}

/** A hole's id is the index of its piece. */
function toRawPieces(pieces: readonly FragmentPiece[]): RawPiece[] {
  return pieces.map((piece, id) =>
    piece.kind === 'text'
      ? {
          kind: 'text',
          text: piece.text,
          ...(piece.start !== undefined && { start: piece.start }),
        }
      : { kind: 'hole', id },
  );
}
