import type { LexicalRules } from './dialects/dialect.ts';
import { isNamePart, isSpace } from './lexer-characters.ts';
import type { HoleState } from './lexer-contract.ts';
import { joinPieces } from './lexer-pieces.ts';
import { Lexer } from './lexer.ts';

export type UnsafeText =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly problem: string };

/**
 * A claim's own text where it stands: escaped for the literal around it, or whole tokens that cannot
 * join with their neighbours into something else.
 */
export function lexUnsafeText(value: string, hole: HoleState, rules: LexicalRules): UnsafeText {
  if (value.includes('\0')) return refuse('it has a NUL character');
  if (!value.isWellFormed()) return refuse('it is no valid Unicode text');
  switch (hole.state) {
    case 'comment':
      return { ok: true, text: '' };
    case 'string':
    case 'identifier':
      return insideLiteral(value, hole);
    case 'code':
      return inCode(value, hole, rules);
  }
}

function insideLiteral(value: string, { quote, backslash }: HoleState): UnsafeText {
  if (quote.length > 1) {
    return value.includes('$')
      ? refuse('it has a $ inside a dollar-quoted text')
      : { ok: true, text: value };
  }
  // sqlite's [name] has no way to write a closing bracket.
  if (quote === ']' && value.includes(']')) return refuse('it has a ] inside a [name]');
  const escaped = backslash ? value.replaceAll('\\', '\\\\') : value;
  return { ok: true, text: escaped.replaceAll(quote, quote + quote) };
}

function inCode(value: string, { before, after }: HoleState, rules: LexicalRules): UnsafeText {
  const lexer = new Lexer(joinPieces([{ kind: 'text', text: value }]), rules);
  const open: string[] = [];
  while (lexer.next() !== 'end') {
    if (lexer.kind === 'line-comment' || lexer.kind === 'block-comment')
      return refuse('it has a comment');
    if (lexer.kind !== 'symbol') continue;
    const symbol = value.slice(lexer.start, lexer.end);
    if (symbol === ';') return refuse('it has a semicolon');
    if (['$', '?', '@'].includes(symbol) || symbol === ':') return refuse(`it has a ${symbol}`);
    if (symbol === '(' || symbol === '[' || symbol === '{') open.push(symbol);
    const opener = { ')': '(', ']': '[', '}': '{' }[symbol];
    if (opener !== undefined && open.pop() !== opener)
      return refuse('its brackets are not balanced');
  }
  if (open.length > 0) return refuse('its brackets are not balanced');
  const [problem] = lexer.problems;
  if (problem) return refuse(problem.code.replaceAll('-', ' '));
  const first = value === '' ? after : value[0]!;
  const last = value === '' ? before : value.at(-1)!;
  if (joins(before, first) || joins(last, after))
    return refuse('it would join with the text beside it');
  return { ok: true, text: value };
}

/** Whether two characters side by side can begin a token that neither of them is: `--`, `E'`, `''`. */
function joins(left: string, right: string): boolean {
  const [a, b] = [kindOf(left), kindOf(right)];
  if (a === 'hole' || b === 'hole')
    return a !== 'apart' && b !== 'apart' && !(a === 'name' || b === 'name');
  if (b === 'quote') return a === 'quote' || a === 'name';
  return a === 'symbol' && b === 'symbol';
}

type Kind = 'apart' | 'hole' | 'name' | 'quote' | 'symbol';

function kindOf(character: string): Kind {
  if (character === '' || '(),[].'.includes(character)) return 'apart';
  if (character === '\0') return 'hole';
  if (character === "'" || character === '"' || character === '`') return 'quote';
  const code = character.charCodeAt(0);
  if (isSpace(code)) return 'apart';
  return isNamePart(code) ? 'name' : 'symbol';
}

function refuse(problem: string): UnsafeText {
  return { ok: false, problem };
}
