import { stripTypeScriptTypes } from 'node:module';

/** Why types cannot be taken out of a text, and where. */
export interface StripFailure {
  readonly code: 'schema/typescript-syntax' | 'schema/syntax';
  readonly message: string;
  readonly span: readonly [number, number];
  readonly help?: string;
}

/**
 * TypeScript as JavaScript of the same length: each type becomes white space, so that offsets in the
 * result are offsets in the file.
 */
export function stripTypes(content: string): string | StripFailure {
  try {
    const text = stripTypeScriptTypes(content);
    if (text.length === content.length) return text;
    const message = 'the types of the file cannot be taken out in place';
    const help = 'write it in JavaScript';
    return { code: 'schema/typescript-syntax', message, span: [0, 1], help };
  } catch (error) {
    return failureOf(error, content);
  }
}

/** What Node's message is about, the word that stands for it in the text, its name, what to write. */
const unsupported: readonly (readonly [RegExp, RegExp, string, string])[] = [
  [/\benum\b/, /\benum\b/g, 'an enum', "write an object: const Status = { Open: 'open' } as const"],
  [
    /namespace/,
    /\b(?:namespace|module)\b/g,
    'a namespace',
    'export constants and functions from a file of their own',
  ],
  [
    /parameter property/,
    /\b(?:private|public|protected|override|readonly)\b/g,
    'a parameter property',
    'declare the property, and assign it in the constructor',
  ],
  [/import equals/, /\bimport\b/g, 'import = require()', "write import { x } from './file'"],
  [/export assignment/, /\bexport\b/g, 'export =', 'write export default'],
  [/angle-bracket/, /</g, 'a type in angle brackets', 'write: value as Type'],
];

function failureOf(error: unknown, content: string): StripFailure {
  const { code, message, stack = '' } = error as Error & { code?: string };
  if (code !== 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') {
    const reason = message.replace(/\.$/, '');
    const span = spanOf(stack, content);
    return { code: 'schema/syntax', message: `the file is not valid TypeScript: ${reason}`, span };
  }
  const [, word, what, help] = unsupported.find(([pattern]) => pattern.test(message)) ?? [];
  return {
    code: 'schema/typescript-syntax',
    message: `${what ?? 'this syntax of TypeScript'} is more than types, and is not available in schema files`,
    span: spanOf(stack, content, word),
    help: help ?? 'write what it does in JavaScript',
  };
}

/**
 * Node tells the place only in the stack: `:line`, the text up to that line, and carets below it when
 * it is on one line. The word nearest to the carets is the token.
 */
function spanOf(stack: string, content: string, word?: RegExp): readonly [number, number] {
  const [, number = '1'] = /^[^\n]*:(\d+)\n/.exec(stack) ?? [];
  let start = 0;
  for (let line = 1; line < Number(number); line++) start = content.indexOf('\n', start) + 1;
  const [text] = /^[^\n]*/.exec(content.slice(start)) as unknown as [string];
  const [, before = '', carets = ''] = /\n( *)(\^+)\n/.exec(stack) ?? [];
  const shown = offsetOfColumn(text, before.length);
  const from = (at: number) => Math.abs(at - shown);
  const [token] = [...text.matchAll(word ?? /$^/g)].sort((a, b) => from(a.index) - from(b.index));
  if (token) return [start + token.index, start + token.index + token[0].length];
  return [start + shown, start + Math.min(shown + Math.max(carets.length, 1), text.length)];
}

const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/;

/** The carets count columns of a terminal: a tab is four, and letters of East Asia are two. */
function offsetOfColumn(text: string, column: number): number {
  let offset = 0;
  for (let at = 0; offset < text.length; offset++) {
    if (at >= column) return offset;
    const character = text.charAt(offset);
    at += character === '\t' ? 4 : wide.test(character) ? 2 : 1;
  }
  return offset;
}
