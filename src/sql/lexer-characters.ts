/** Character codes and classes that every dialect shares. Codes are UTF-16 units. */

export const letterB = 98;
export const letterE = 101;
export const letterM = 109;
export const letterN = 110;
export const letterU = 117;
export const letterX = 120;
export const exclamation = 33;
export const lineFeed = 10;
export const carriageReturn = 13;
export const doubleQuote = 34;
export const hash = 35;
export const dollar = 36;
export const ampersand = 38;
export const quote = 39;
export const asterisk = 42;
export const plus = 43;
export const minus = 45;
export const dot = 46;
export const slash = 47;
export const colon = 58;
export const equals = 61;
export const backslash = 92;
export const pipe = 124;

const space = 1;
const digit = 2;
const letter = 4;

const classes = Uint8Array.from({ length: 128 }, (_, code) => {
  if (code === 32 || (code >= 9 && code <= 13)) return space;
  if (code >= 48 && code <= 57) return digit;
  const isLetter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
  return isLetter ? letter : 0;
});

export function isSpace(code: number): boolean {
  return code < 128 && classes[code] === space;
}

export function isDigit(code: number): boolean {
  return code < 128 && classes[code] === digit;
}

/** Letters, `_` and everything beyond ASCII that is no space, as PostgreSQL and MySQL have it. */
export function isNameStart(code: number): boolean {
  return code < 128 ? classes[code] === letter : !isUnicodeSpace(code);
}

export function isNamePart(code: number): boolean {
  return code < 128
    ? (classes[code]! & (letter | digit)) !== 0 || code === dollar
    : isNameStart(code);
}

/**
 * White space beyond ASCII and invisible separators. DuckDB reads them as white space
 * (`Parser::StripUnicodeSpaces`), PostgreSQL and MySQL as letters of an identifier.
 */
export function isUnicodeSpace(code: number): boolean {
  if (code < 0x80) return false;
  if (code < 0x2000) return code === 0x85 || code === 0xa0 || code === 0x1680 || code === 0x180e;
  return (
    code <= 0x200d ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x2060 ||
    code === 0x3000 ||
    code === 0xfeff
  );
}

/** Whether the code is that letter in either case; `lower` is the code of the lower-case letter. */
export function isLetter(code: number, lower: number): boolean {
  return (code | 32) === lower;
}
