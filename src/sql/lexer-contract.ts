import type { RawBinding } from './ast.ts';

/** Part of an author's SQL: text, or a node that is not text (a reference, a filter, a claim). */
export type RawPiece =
  | {
      readonly kind: 'text';
      readonly text: string;
      /** Offset in its file, when the text stands there verbatim. */
      readonly start?: number;
    }
  | { readonly kind: 'hole'; readonly id: number };

/** What an author's SQL must not contain. `ambiguous-text`: databases read it in different ways. */
export type RawProblemCode =
  | 'unbalanced-bracket'
  | 'nul-character'
  | 'lone-surrogate'
  | 'semicolon'
  | 'placeholder'
  | 'executable-comment'
  | 'unterminated-comment'
  | 'unterminated-string'
  | 'unterminated-identifier'
  | 'carriage-return-in-comment'
  | 'ambiguous-text';

export interface RawProblem {
  readonly code: RawProblemCode;
  /** Index of the piece in the input. */
  readonly piece: number;
  /** UTF-16 offset in that piece's text. */
  readonly offset: number;
  readonly length: number;
  /** The offending text; of something unterminated, what opened it. */
  readonly text: string;
}

/** How the text around a hole is read at that place. */
export interface HoleState {
  readonly state: 'code' | 'string' | 'identifier' | 'comment';
  /** What closes the literal or quoted identifier (`'`, `$tag$`); '' in code and comments. */
  readonly quote: string;
  /** Whether backslashes escape in that literal. */
  readonly backslash: boolean;
  /** An OR stands at the hole's bracket level or at the level of an enclosing bracket. */
  readonly orBeside: boolean;
  /** The UTF-16 unit before the hole: '' at the start of the text, `\0` for another hole. */
  readonly before: string;
  /** The UTF-16 unit after the hole: '' at the end of the text, `\0` for another hole. */
  readonly after: string;
}

export interface RawText {
  /** By place, at most 20. Text with a problem must not be printed. */
  readonly problems: readonly RawProblem[];
  /** By the holes' ids. */
  readonly holes: ReadonlyMap<number, HoleState>;
  /**
   * What is printed: the input without the comments that contain a hole (each leaves one space),
   * and with a line break after a line comment that ends the text.
   */
  readonly pieces: readonly RawPiece[];
  /** Ids of the holes that were dropped with their comments. */
  readonly dropped: readonly number[];
  readonly binding: RawBinding;
  /** The id when the text is one hole and nothing else but white space and comments. */
  readonly loneHole: number | null;
  /** The token when the text is one bare or quoted identifier, not a keyword, without a hole. */
  readonly singleIdentifier: string | null;
  /** The pieces of the name when the text is exactly `select * from <name>`. */
  readonly selectStarFrom: readonly RawPiece[] | null;
}
