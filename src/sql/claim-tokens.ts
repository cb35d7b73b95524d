import type { LexicalRules } from './dialects/dialect.ts';
import type { JoinedPieces } from './lexer-pieces.ts';
import type { TokenKind } from './lexer-tokens.ts';
import { Lexer } from './lexer.ts';

export interface Token {
  readonly kind: TokenKind;
  /** In lower case. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** An author's text as tokens, with the partner of each bracket by index. */
export interface ClaimTokens {
  readonly tokens: readonly Token[];
  readonly partners: ReadonlyMap<number, number>;
}

export const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));
/** What may stand before a comparison. */
export const openers = words('where and or xor on not having when then else select case by');
/** What may stand behind one. */
export const closers = words(
  'and or xor group order limit offset having union intersect except window when then else end as for fetch join left right inner cross full natural on qualify',
);
/** Words that are no name of a column or a function. */
export const keywords = words(
  'where and or xor on not having when then else select case end by in is like between any all some exists distinct from interval binary using as',
);

const closing: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
const opening = new Set(Object.values(closing));

export function readClaimTokens(joined: JoinedPieces, rules: LexicalRules): ClaimTokens {
  const tokens: Token[] = [];
  const partners = new Map<number, number>();
  const open: number[] = [];
  const lexer = new Lexer(joined, rules);
  while (lexer.next() !== 'end') {
    const { kind, start, end } = lexer;
    const text = joined.text.slice(start, end).toLowerCase();
    if (kind === 'symbol' && opening.has(text)) open.push(tokens.length);
    else if (kind === 'symbol' && tokens[open.at(-1) ?? -1]?.text === closing[text]) {
      const partner = open.pop();
      if (partner !== undefined) partners.set(partner, tokens.length).set(tokens.length, partner);
    }
    tokens.push({ kind, text, start, end });
  }
  return { tokens, partners };
}
