import { parseExpressionAt, type Expression } from 'acorn';
import { didYouMean } from '../../core/suggest.ts';
import type { Braces } from '../../model/properties.data.ts';
import type { WirePiece } from '../../syntax/guest-abi.ts';
import { Scope } from '../scope.ts';
import { staticPieces } from '../static-site.ts';
import type { ScalarText } from './scalar-text.ts';
import { shown, type YamlReport } from './yaml-report.ts';

const free = new Scope(null, new Set());
const escaped = 'a brace that belongs to the text is written \\{ or {{, and \\} or }}';

/** What a text with braces was read as. */
interface ReadTemplate {
  readonly pieces: readonly WirePiece[];
  /** Whether all of it was; the rest is reported, and something stands for it. */
  readonly isWhole: boolean;
}

/**
 * Text with references in braces (`{CUBE}.x`, `{SECURITY_CONTEXT.id.filter('user_id')}`) as the pieces
 * of a static site: the same as those of a JavaScript template with the same interpolations.
 */
export function readTemplate(value: ScalarText, braces: Braces, report: YamlReport): ReadTemplate {
  const { text } = value;
  const pieces: WirePiece[] = [];
  let isWhole = true;
  let from = 0;
  for (let at = nextMark(text, 0); at < text.length; at = nextMark(text, at)) {
    pieces.push(...value.pieces(from, at));
    const literal = escapedBrace(text, at);
    if (literal !== undefined) {
      pieces.push(literal);
      at += 2;
    } else if (text[at] === '\\') {
      pieces.push(...value.pieces(at, at + 1));
      at += 1;
    } else {
      const end = text[at] === '{' ? closingBrace(text, at) : undefined;
      if (end === undefined) {
        const [message, help] =
          text[at] === '{'
            ? ['the brace is never closed', `write {CUBE}, {member} or {Cube.member}; ${escaped}`]
            : ['the brace closes nothing', escaped];
        report.add('schema/unclosed-brace', message!, value.rangeOf(at, at + 1), help);
        return { pieces: [...pieces, unread], isWhole: false };
      }
      const inner = interpolation(value, { open: at, end }, braces, report);
      isWhole &&= inner !== null;
      pieces.push(...(inner ?? [unread]));
      at = end;
    }
    from = at;
  }
  pieces.push(...value.pieces(from, text.length));
  return { pieces, isWhole };
}

/** Whether a text holds anything that {@link readTemplate} does not take as it is. */
export function hasBraces(text: string): boolean {
  return text.includes('{') || text.includes('}');
}

function nextMark(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === '{' || character === '}' || character === '\\') return at;
  }
  return text.length;
}

function escapedBrace(text: string, at: number): string | undefined {
  const [first, second] = [text[at], text[at + 1]];
  if (second !== '{' && second !== '}') return undefined;
  return first === '\\' || first === second ? second : undefined;
}

/** One past the brace that closes the one at `open`; quoted texts in between may hold braces. */
function closingBrace(text: string, open: number): number | undefined {
  let depth = 0;
  let quote = '';
  for (let at = open; at < text.length; at++) {
    const character = text[at]!;
    if (quote !== '') {
      if (character === '\\') at += 1;
      else if (character === quote) quote = '';
    } else if (character === "'" || character === '"' || character === '`') quote = character;
    else if (character === '{') depth += 1;
    else if (character === '}' && --depth === 0) return at + 1;
  }
  return undefined;
}

/** What stands between two braces: read by the reader of JavaScript interpolations; null after reporting. */
function interpolation(
  value: ScalarText,
  { open, end }: { readonly open: number; readonly end: number },
  braces: Braces,
  report: YamlReport,
): WirePiece[] | null {
  const inner = value.text.slice(open + 1, end - 1);
  const node = parse(inner);
  const pieces = node && node.type !== 'Literal' ? staticPieces(node, inner, free) : null;
  if (pieces) return pieces.flatMap((piece) => moved(piece, value, open + 1));
  const written = shown(inner.trim());
  report.add(
    'schema/bad-reference',
    written === '' ? 'the braces are empty' : `{${written}} is no reference, claim or filter`,
    value.rangeOf(open, end),
    helpFor(inner, braces),
  );
  return null;
}

/** What Python and JavaScript compare and combine with. */
const operators = /[=<>!?:|&+]|\b(and|or|not|in|is|if|else)\b/;

function helpFor(inner: string, braces: Braces): string {
  if (braces === 'condition' && operators.test(inner)) {
    return 'one claim stands in the braces: further conditions of the list must hold too, and another policy is another way in; what is compared with a value is a claim of its own, or a filter of row_level';
  }
  if (braces === 'claim') {
    return `write "{ securityContext.claim }", the claim alone; ${escaped}`;
  }
  if (/\blambda\b|=>|\bfunction\b/.test(inner)) {
    return 'functions can be written in JavaScript schema files; here filter takes a column';
  }
  const [root] = /^\s*[A-Za-z_]\w*/.exec(inner) ?? [''];
  if (inner.includes('(')) {
    const known = didYouMean(root.trim(), ['SECURITY_CONTEXT', 'USER_CONTEXT', 'FILTER_PARAMS']);
    if (known !== undefined) return known;
  }
  return `write {member}, {Cube.member} or {SECURITY_CONTEXT.claim.filter('column')}; ${escaped}`;
}

/** Stands for what has been reported, so that the SQL around it is checked too. */
const unread = 'NULL';

/** A cube or member named outside text: `Orders.count`; null when the text is no such name. */
export function referencePieces(value: ScalarText): WirePiece[] | null {
  return lonePiece(value, 1);
}

/** A claim named outside text: `securityContext.isManager`; null when the text is no such name. */
export function claimPieces(value: ScalarText): WirePiece[] | null {
  return lonePiece(value, 4);
}

/** The one piece of a kind that a text is without braces. */
function lonePiece(value: ScalarText, kind: number): WirePiece[] | null {
  const node = parse(value.text);
  const pieces = node && staticPieces(node, value.text, free);
  const [piece] = pieces ?? [];
  const isAlone = pieces?.length === 1 && Array.isArray(piece) && piece[0] === kind;
  return isAlone ? pieces.flatMap((item) => moved(item, value, 0)) : null;
}

function parse(text: string): Expression | null {
  try {
    const node = parseExpressionAt(text, 0, { ecmaVersion: 'latest', sourceType: 'module' });
    return text.slice(node.end).trim() === '' ? node : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** A piece with offsets in the braces as one with offsets in the file. */
function moved(piece: WirePiece, value: ScalarText, shift: number): WirePiece[] {
  if (typeof piece === 'string') return [piece];
  const [kind, start, end, ...rest] = piece;
  if (typeof kind !== 'number' || typeof start !== 'number' || typeof end !== 'number') {
    return [piece.flatMap((item) => movedItem(item, value, shift))];
  }
  if (start < 0) return [piece];
  if (kind === 0) return value.pieces(start + shift, end + shift);
  const [from, to] = value.rangeOf(start + shift, end + shift);
  return [[kind, from, to, ...rest.flatMap((item) => movedItem(item, value, shift))]];
}

function movedItem(item: unknown, value: ScalarText, shift: number): unknown[] {
  return Array.isArray(item) ? moved(item as unknown[], value, shift) : [item];
}
