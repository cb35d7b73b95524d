import type { LexicalRules } from './dialects/dialect.ts';
import {
  letterB,
  letterE,
  letterM,
  letterN,
  letterU,
  letterX,
  exclamation,
  ampersand,
  asterisk,
  backslash,
  carriageReturn,
  colon,
  dollar,
  doubleQuote,
  equals,
  hash,
  isDigit,
  isLetter,
  isNamePart,
  isNameStart,
  isSpace,
  isUnicodeSpace,
  lineFeed,
  minus,
  pipe,
  quote,
  slash,
} from './lexer-characters.ts';
import { blockCommentEnd, dollarTag, lineCommentEnd, numberEnd } from './lexer-scans.ts';
import type { RawProblemCode } from './lexer-contract.ts';
import type { JoinedPieces } from './lexer-pieces.ts';
import type { LexedHole, LexedProblem, TokenKind } from './lexer-tokens.ts';

const codeHole: LexedHole = { state: 'code', quote: '', backslash: false };
const commentHole: LexedHole = { state: 'comment', quote: '', backslash: false };

const mostProblems = 20;

/** Reads SQL token by token, once from left to right, under a dialect's lexical rules. */
export class Lexer {
  kind: TokenKind = 'end';
  /** Half-open range of the token in the joined text. */
  start = 0;
  end = 0;
  /** Whether the token is a string with an `E` prefix, or continues one. */
  escapeString = false;
  /** One for each hole that was passed, in the order of the joined text. */
  readonly holes: LexedHole[] = [];
  readonly problems: LexedProblem[] = [];

  readonly #text: string;
  readonly #holeOffsets: readonly number[];
  readonly #rules: LexicalRules;
  /** Only white space and line comments stand between here and the end of an escape string. */
  #afterEscapeString = false;
  #newline = false;

  constructor(joined: JoinedPieces, rules: LexicalRules) {
    this.#text = joined.text;
    this.#holeOffsets = joined.holes;
    this.#rules = rules;
  }

  report(code: RawProblemCode, start: number, end: number): void {
    if (this.problems.length < mostProblems) this.problems.push({ code, start, end });
  }

  isHole(offset: number): boolean {
    return this.#text.charCodeAt(offset) === 0 && this.#holeOffsets[this.holes.length] === offset;
  }

  next(): TokenKind {
    this.#skipSpace();
    const at = this.end;
    this.start = at;
    if (at >= this.#text.length) return (this.kind = 'end');
    const continued = this.#afterEscapeString && this.#newline;
    const followsEscapeString = this.#afterEscapeString;
    this.#afterEscapeString = false;
    this.escapeString = false;
    this.end = at + 1;
    this.kind = this.#token(this.#text.charCodeAt(at), at, continued);
    // Block comments too: one with a hole in it is dropped, and what it parted then continues.
    if (this.kind === 'line-comment' || this.kind === 'block-comment')
      this.#afterEscapeString = followsEscapeString;
    else this.#newline = false;
    if (this.kind === 'string') this.#afterEscapeString = this.escapeString;
    // What the hole becomes decides whether a string after it continues the escape string.
    if (followsEscapeString && this.#text.charCodeAt(at) === 0)
      this.report('ambiguous-text', at, at + 1);
    return this.kind;
  }

  #skipSpace(): void {
    const text = this.#text;
    for (; this.end < text.length; this.end++) {
      const code = text.charCodeAt(this.end);
      if (code === lineFeed || code === carriageReturn) this.#newline = true;
      else if (isUnicodeSpace(code)) this.report('ambiguous-text', this.end, this.end + 1);
      else if (!isSpace(code)) break;
    }
  }

  #token(code: number, at: number, continued: boolean): TokenKind {
    if (isNameStart(code)) return this.#word(at);
    if (isDigit(code)) return this.#number(at);
    const following = this.#text.charCodeAt(at + 1);
    switch (code) {
      case 0:
        if (this.isHole(at)) return this.#word(at);
        this.report('nul-character', at, at + 1);
        return 'symbol';
      case minus:
        return following === minus && this.#dashesOpen(at + 2)
          ? this.#lineComment(at + 2)
          : 'symbol';
      case slash:
        return following === asterisk ? this.#blockComment(at) : 'symbol';
      case hash:
        return this.#rules.hashComments ? this.#lineComment(at + 1) : 'symbol';
      case dollar:
        return this.#rules.dollarQuotes ? this.#dollar(at) : 'symbol';
      case colon:
        if (following === colon || following === equals) this.end = at + 2;
        return 'symbol';
      case pipe:
        if (following === pipe) this.end = at + 2;
        return 'symbol';
      default:
        return this.#quoted(code, at, continued);
    }
  }

  #quoted(code: number, at: number, continued: boolean): TokenKind {
    const opening = String.fromCharCode(code);
    if (this.#rules.stringQuotes.includes(opening)) {
      this.escapeString = continued && code === quote;
      return this.#string(at, code, this.escapeString);
    }
    const closing = this.#rules.identifierQuotes.get(opening);
    if (closing === undefined) return 'symbol';
    return this.#identifier(at, closing);
  }

  #string(at: number, close: number, escapes: boolean): TokenKind {
    const backslash = escapes || this.#rules.backslashEscapes;
    const hole: LexedHole = { state: 'string', quote: String.fromCharCode(close), backslash };
    if (!this.#literal(at, close, hole)) this.report('unterminated-string', at, at + 1);
    return 'string';
  }

  #identifier(at: number, closing: string): TokenKind {
    const hole: LexedHole = { state: 'identifier', quote: closing, backslash: false };
    if (!this.#literal(at, closing.charCodeAt(0), hole)) {
      this.report('unterminated-identifier', at, at + 1);
    }
    return 'quoted';
  }

  /** Reads on from an opening quote to behind the closing one; false when there is none. */
  #literal(opening: number, close: number, hole: LexedHole): boolean {
    const text = this.#text;
    for (let at = opening + 1; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === close) {
        if (text.charCodeAt(at + 1) !== close) {
          this.end = at + 1;
          return true;
        }
        at++;
      } else if (code === 0) {
        this.#nul(at, hole);
      } else if (code === backslash && hole.backslash) {
        // Before a hole the backslash would escape the first character of what is inserted.
        if (this.isHole(at + 1)) this.report('ambiguous-text', at, at + 1);
        else if (text.charCodeAt(at + 1) !== 0) at++;
      }
    }
    this.end = text.length;
    return false;
  }

  #nul(at: number, hole: LexedHole): void {
    if (this.isHole(at)) this.holes.push(hole);
    else this.report('nul-character', at, at + 1);
  }

  /** A name or holes, glued together; or a string or identifier that the name is the prefix of. */
  #word(at: number): TokenKind {
    const text = this.#text;
    const holesBefore = this.holes.length;
    let end = at;
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === 0 && this.isHole(end)) this.holes.push(codeHole);
      else if (!isNamePart(code)) break;
      else if (code === dollar && this.#rules.dollarQuotes && text.charCodeAt(end - 1) === 0) {
        this.report('ambiguous-text', end, end + 1);
      }
    }
    this.end = end;
    const holes = this.holes.length - holesBefore;
    const following = text.charCodeAt(end);
    if (following === quote || following === ampersand) {
      const prefixed = this.#prefixed(at, end, following);
      if (prefixed) return prefixed;
    }
    return holes === 1 && end === at + 1 ? 'hole' : 'word';
  }

  #prefixed(at: number, end: number, following: number): TokenKind | undefined {
    const { escapeStrings } = this.#rules;
    const last = this.#text.charCodeAt(end - 1);
    if (following === ampersand) {
      if (!escapeStrings || end !== at + 1 || !isLetter(last, letterU)) return undefined;
      const opening = this.#text.charCodeAt(end + 1);
      if (opening === quote) return this.#string(end + 1, quote, false);
      return opening === doubleQuote ? this.#identifier(end + 1, '"') : undefined;
    }
    if (escapeStrings && isLetter(last, letterE)) {
      if (end === at + 1) {
        this.escapeString = true;
        return this.#string(end, quote, true);
      }
      // After a hole that becomes `(...)` or `"name"` this is an escape string, else a name.
      if (this.#text.charCodeAt(end - 2) === 0) this.report('ambiguous-text', end - 1, end + 1);
    }
    if (end !== at + 1) return undefined;
    const isPrefix = isLetter(last, letterN) || isLetter(last, letterB) || isLetter(last, letterX);
    return isPrefix ? this.#string(end, quote, false) : undefined;
  }

  #number(at: number): TokenKind {
    const text = this.#text;
    this.end = numberEnd(text, at);
    // `1e'..'` and `1$$..$$`: some versions of PostgreSQL end the number before the letter.
    const following = text.charCodeAt(this.end);
    const escapes = following === quote && isLetter(text.charCodeAt(this.end - 1), letterE);
    if (
      (escapes && this.#rules.escapeStrings) ||
      (following === dollar && this.#rules.dollarQuotes)
    ) {
      this.report('ambiguous-text', this.end, this.end + 1);
    }
    return 'number';
  }

  #dollar(at: number): TokenKind {
    const text = this.#text;
    const tag = dollarTag(text, at);
    if (tag === null) return 'symbol';
    const end = at + tag.length - 1;
    const close = text.indexOf(tag, end + 1);
    const hole: LexedHole = { state: 'string', quote: tag, backslash: false };
    const bodyEnd = close < 0 ? text.length : close;
    for (let offset = end + 1; offset < bodyEnd; offset++) {
      if (text.charCodeAt(offset) === 0) this.#nul(offset, hole);
    }
    this.end = close < 0 ? text.length : close + tag.length;
    if (close < 0) this.report('unterminated-string', at, end + 1);
    return 'string';
  }

  /** Whether `--` before this offset opens a comment. What a hole becomes may start with a space. */
  #dashesOpen(at: number): boolean {
    if (!this.#rules.dashNeedsSpace || at >= this.#text.length) return true;
    const code = this.#text.charCodeAt(at);
    return code <= 32 || code === 127;
  }

  #lineComment(from: number): TokenKind {
    this.end = lineCommentEnd(this.#text, from, (at, code) => {
      if (code === 0) this.#nul(at, commentHole);
      else this.report('carriage-return-in-comment', at, at + 1);
    });
    return 'line-comment';
  }

  #blockComment(start: number): TokenKind {
    this.#refuseExecutable(start);
    const end = blockCommentEnd(this.#text, start, this.#rules.nestedComments, (at) =>
      this.#nul(at, commentHole),
    );
    this.end = Math.abs(end);
    if (end < 0) this.report('unterminated-comment', start, start + 2);
    return 'block-comment';
  }

  #refuseExecutable(start: number): void {
    if (!this.#rules.executableComments) return;
    let at = start + 2;
    if (isLetter(this.#text.charCodeAt(at), letterM)) at++;
    const executes = this.#text.charCodeAt(at) === exclamation || this.isHole(at);
    if (executes) this.report('executable-comment', start, at + 1);
  }
}
