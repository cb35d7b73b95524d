import {
  asterisk,
  carriageReturn,
  dollar,
  dot,
  isDigit,
  isLetter,
  isNamePart,
  isNameStart,
  letterE,
  letterX,
  lineFeed,
  minus,
  plus,
  slash,
} from './lexer-characters.ts';

/** Longer than any tag that a database accepts. */
const longestTag = 64;

/** Where a number that begins here ends, with what is glued to it (`0x1f`, `1.5e-3`, `1_000`). */
export function numberEnd(text: string, at: number): number {
  const isHexadecimal = isLetter(text.charCodeAt(at + 1), letterX);
  let end = at + 1;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (isDigit(code) || isNameStart(code) || code === dot) continue;
    const signed = code === minus || code === plus;
    if (!signed || isHexadecimal || !isLetter(text.charCodeAt(end - 1), letterE)) break;
    if (!isDigit(text.charCodeAt(end + 1))) break;
  }
  return end;
}

/** `$tag$` or `$$` that opens a dollar-quoted text here; null when there is none. */
export function dollarTag(text: string, at: number): string | null {
  let end = at + 1;
  if (isNameStart(text.charCodeAt(end))) {
    while (
      end < text.length &&
      text.charCodeAt(end) !== dollar &&
      isNamePart(text.charCodeAt(end))
    ) {
      end++;
    }
  }
  const isTag = text.charCodeAt(end) === dollar && end - at <= longestTag;
  return isTag ? text.slice(at, end + 1) : null;
}

/** End of a line comment; `found` is told of each NUL and each carriage return that ends no line. */
export function lineCommentEnd(
  text: string,
  from: number,
  found: (at: number, code: number) => void,
): number {
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === lineFeed) break;
    if (code === 0) found(at, code);
    if (code !== carriageReturn) continue;
    if (text.charCodeAt(at + 1) === lineFeed) break;
    found(at, code);
  }
  return at;
}

/** End of a block comment, negative when it is never closed; `nul` is told of each NUL in it. */
export function blockCommentEnd(
  text: string,
  start: number,
  nested: boolean,
  nul: (at: number) => void,
): number {
  let depth = 1;
  let at = start + 2;
  while (at < text.length && depth > 0) {
    const code = text.charCodeAt(at);
    const following = text.charCodeAt(at + 1);
    if (code === asterisk && following === slash) {
      depth--;
      at += 2;
    } else if (nested && code === slash && following === asterisk) {
      depth++;
      at += 2;
    } else {
      if (code === 0) nul(at);
      at++;
    }
  }
  return depth > 0 ? -at : at;
}
