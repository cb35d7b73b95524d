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
      return hole.quote.length > 1 ? insideDollars(value, hole) : insideLiteral(value, hole);
    case 'code':
      return inCode(value, hole, rules);
  }
}

function insideLiteral(value: string, { quote, backslash }: HoleState): UnsafeText {
  // sqlite's [name] has no way to write a closing bracket.
  if (quote === ']' && value.includes(']')) return refuse('it has a ] inside a [name]');
  const escaped = backslash ? value.replaceAll('\\', '\\\\') : value;
  return { ok: true, text: escaped.replaceAll(quote, quote + quote) };
}

/** Without a `$` it ends the literal only as the missing letters of a tag: `$t§g$` inside `$tag$`. */
function insideDollars(value: string, { quote, before, after }: HoleState): UnsafeText {
  if (value.includes('$')) return refuse('it has a $ inside a dollar-quoted text');
  const touches = (neighbour: string, character: string | undefined) =>
    neighbour === '\0' || neighbour === character;
  for (let at = 1; at + value.length < quote.length; at++) {
    if (!quote.startsWith(value, at)) continue;
    if (touches(before, quote[at - 1]) && touches(after, quote[at + value.length]))
      return refuse('it would end the dollar-quoted text');
  }
  return { ok: true, text: value };
}

function inCode(value: string, { before, after }: HoleState, rules: LexicalRules): UnsafeText {
  const lexer = new Lexer(joinPieces([{ kind: 'text', text: value }]), rules);
  const open: string[] = [];
  while (lexer.next() !== 'end') {
    if (lexer.kind === 'line-comment' || lexer.kind === 'block-comment')
      return refuse('it has a comment');
    if (lexer.escapeString) return refuse("it has an escape string (E'...')");
    if (gluesBadly(before, lexer, value)) return refuse('it would join with the text beside it');
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

/**
 * Whether the first token is glued to a name before it. `x` before `$$ ; $$` or `e'\' ; '` takes the
 * opening away and bares what was quoted, so only a whole word or number may be, without a `$` and
 * without a quote behind it.
 */
function gluesBadly(before: string, { kind, start, end }: Lexer, value: string): boolean {
  const left = kindOf(before);
  if (start > 0 || (left !== 'name' && left !== 'hole')) return false;
  if (kindOf(value[0] ?? '') !== 'name') return false;
  if (kind !== 'word' && kind !== 'number') return true;
  return value.slice(0, end).includes('$') || kindOf(value[end] ?? '') === 'quote';
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
