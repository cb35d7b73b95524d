import type { HoleState, RawProblemCode } from './lexer-contract.ts';

/**
 * `word`: a bare identifier, keyword, or one with holes in it; `quoted`: a quoted identifier;
 * `string`: with its prefix; `symbol`: one character, or one of `::`, `:=`, `||`.
 */
export type TokenKind =
  | 'word'
  | 'quoted'
  | 'string'
  | 'number'
  | 'hole'
  | 'symbol'
  | 'line-comment'
  | 'block-comment'
  | 'end';

export type LexedHole = Pick<HoleState, 'state' | 'quote' | 'backslash'>;

export interface LexedProblem {
  readonly code: RawProblemCode;
  readonly start: number;
  readonly end: number;
}
