import type { LexicalRules } from './dialects/dialect.ts';
import type { RawPiece } from './lexer-contract.ts';
import { joinPieces, slicePieces } from './lexer-pieces.ts';
import { Lexer } from './lexer.ts';

interface Token {
  readonly kind: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const divisions: ReadonlySet<string> = new Set(['/', '%', 'div', 'mod']);

/**
 * A text in which a division by 0 gives null: each divisor with a hole in it stands in `NULLIF(..., 0)`.
 * What divides is one operand, with its sign, its call's or its own brackets, and its casts.
 */
export function nullDivisors(
  pieces: readonly RawPiece[],
  rules: LexicalRules,
): readonly RawPiece[] {
  const joined = joinPieces(pieces);
  const lexer = new Lexer(joined, rules);
  const tokens: Token[] = [];
  while (lexer.next() !== 'end') {
    const { kind, start, end } = lexer;
    if (kind === 'line-comment' || kind === 'block-comment') continue;
    tokens.push({ kind, text: joined.text.slice(start, end).toLowerCase(), start, end });
  }
  const openings = new Map<number, number>();
  const closings = new Map<number, number>();
  tokens.forEach(({ text, kind }, at) => {
    const isDivision = divisions.has(text) && (kind === 'symbol' || isOperator(tokens, at));
    // DuckDB divides integers by `//`.
    if (!isDivision || tokens[at + 1]?.text === '/') return;
    const last = operandEnd(tokens, at + 1);
    if (last === null || !tokens.slice(at + 1, last + 1).some(holdsHole)) return;
    const [from, to] = [tokens[at + 1]!.start, tokens[last]!.end];
    openings.set(from, (openings.get(from) ?? 0) + 1);
    closings.set(to, (closings.get(to) ?? 0) + 1);
  });
  if (openings.size === 0) return pieces;
  const result: RawPiece[] = [];
  let from = 0;
  for (const at of [...new Set([...openings.keys(), ...closings.keys()])].sort((a, b) => a - b)) {
    result.push(...slicePieces(joined, from, at));
    const text = ', 0)'.repeat(closings.get(at) ?? 0) + 'NULLIF('.repeat(openings.get(at) ?? 0);
    result.push({ kind: 'text', text });
    from = at;
  }
  result.push(...slicePieces(joined, from, joined.text.length));
  return result;
}

/** A word between two operands, and no function of that name. */
function isOperator(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1];
  return (
    tokens[at]!.kind === 'word' &&
    before !== undefined &&
    (before.text === ')' || before.kind === 'hole' || before.kind === 'number')
  );
}

function holdsHole({ kind, text }: Token): boolean {
  return kind === 'hole' || (kind === 'word' && text.includes('\0'));
}

/** The last token of the operand that begins at `from`; null: there is none that is known. */
function operandEnd(tokens: readonly Token[], from: number): number | null {
  let at = from;
  while (tokens[at]?.text === '-' || tokens[at]?.text === '+') at++;
  const first = tokens[at];
  if (!first) return null;
  if (first.text === 'case' && first.kind === 'word') at = caseEnd(tokens, at);
  else if (first.text === '(') at = bracketEnd(tokens, at);
  else if (first.kind === 'symbol') return null;
  for (;;) {
    const next = tokens[at + 1];
    if (next?.kind !== 'symbol') return at;
    if (next.text === '(' || next.text === '[') at = bracketEnd(tokens, at + 1);
    else if (next.text === '.') at += 2;
    else if (next.text === '::') {
      at += 2;
      if (tokens[at + 1]?.text === 'precision') at++;
    } else return at;
    if (at >= tokens.length) return null;
  }
}

function bracketEnd(tokens: readonly Token[], opener: number): number {
  let depth = 0;
  for (let at = opener; at < tokens.length; at++) {
    const { kind, text } = tokens[at]!;
    if (kind !== 'symbol') continue;
    if (text === '(' || text === '[') depth++;
    else if ((text === ')' || text === ']') && --depth === 0) return at;
  }
  return tokens.length;
}

function caseEnd(tokens: readonly Token[], from: number): number {
  let depth = 0;
  for (let at = from; at < tokens.length; at++) {
    const { kind, text } = tokens[at]!;
    if (kind !== 'word') continue;
    if (text === 'case') depth++;
    else if (text === 'end' && --depth === 0) return at;
  }
  return tokens.length;
}
