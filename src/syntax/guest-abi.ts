/**
 * What the rewriter, the prelude, the runner and the reply decoder agree on. Offsets are UTF-16
 * units in the original text of a file; files are numbered in the order of the compile.
 *
 * ## Evaluation
 *
 * Each file becomes one function expression, `(function ($) { 'use strict'; ... })`, evaluated once
 * with `$` = that file's guest interface, made by the prelude. What the rewriter may call on it:
 *
 * - `$.s(site)`: a value built from the syntax tree alone (the site's `pieces` say all).
 * - `$.t(site, [() => interpolation, ...])`: a template literal, by its interpolations in order. Its
 *   text is in the site.
 * - `$.v(site, () => expression)`: every other value of a reference property.
 * - `$.f(site, names, function)`: a function value; `names` are its parameters' names.
 * - `$.n('name')`: a free identifier inside a thunk (context symbol, member, cube, or a global).
 * - `$.b('name', value)`: an identifier bound at the top level of the file, read inside a thunk.
 * - `$.c(value, start, end)`: the test of a condition, the operand of `!`, the left one of `&&` and `||`. A claim
 *   is refused with `schema/claim-as-condition`; the value of a claim is tried both ways.
 * - `$.k(left, right, start, end, start, end)`, `$.y(value, 'type', start, end)`: `left === right` and
 *   `typeof value === 'type'`, in the same way.
 * - `$.o(value, start, end)`: an operand of any other comparison, of `??`, `switch` and `typeof`.
 * - `$.w('text', function, takesList)`: a function handed to `filter`; whether its rest parameter takes
 *   one list that stands for any number of values (those of `FILTER_PARAMS` do).
 * - `$.u(value)`: an interpolation of a template literal outside reference properties.
 * - `$.e('name', () => binding)`: an export; before anything else of the file.
 * - `$.i(import)`: evaluates the file of an import, once; its names as an object that reads them anew.
 * - `$.r(import)`: the same for `require` and `import *`: everything that the file exports.
 * - `$.q()`: stands for what the rewriter has reported; throws, and nothing more is reported.
 * - `$.m`: the object `module`.
 *
 * and `cube(name, body)` / `view(...)` / `context(...)` calls get the number of their call as one more argument.
 *
 * ## Reply
 *
 * One text of lines, each a JSON document, `\n` between them. Line 0 is a {@link ReplyHeader}; then two a
 * file, a {@link WireFile} and where its calls and their values stand, parsed only when a diagnostic needs
 * a place; then one {@link WireDefinition} a definition, in order. All of it is untrusted.
 *
 * ## Stops
 *
 * `N` and JSON text in the place of a reply: an evaluation that needs what it was not told. `[0, ...path]`: that
 * claim; `[1, whole 0/1, ...path]`: that part of the compile context, with everything below or not.
 */
export const guestAbiVersion = 6;

/** What an opaque value says when its evaluation failed: a diagnostic of its own tells why. */
export const unevaluated = 'a value that could not be evaluated';

export interface ReplyHeader {
  readonly abi: number;
  readonly files: number;
  readonly definitions: number;
  readonly diagnostics: readonly WireDiagnostic[];
  readonly trace: WireTrace;
}

/**
 * [links, lookups, exporters, failed, depends]. A link `[from, to]`: a function of
 * file `to` defined a cube for file `from`, beside the imports that each file's line tells. A lookup
 * `[file, name, ...]`: names that the file's texts looked up among cubes and members, found or not.
 * Exporters: the files from which another one could take something. Failed: the files that did not
 * run as they are written. Depends: 1 if some value depends on what claims are.
 */
export type WireTrace = readonly [
  readonly (readonly [number, number])[],
  readonly (readonly [number, ...string[]])[],
  readonly number[],
  readonly number[],
  0 | 1,
];

/** [code, severity 0 error / 1 warning, message, file, start, end, help or ''] */
export type WireDiagnostic = readonly [string, 0 | 1, string, number, number, number, string];

/**
 * [sites, imports]. `sites[n]` is the site numbered n of that file. `imports`: numbers of the files that
 * it imports, found by its syntax alone.
 */
export type WireFile = readonly [readonly WireSite[], readonly number[]];

/** [start, end, piece, piece, ...]: a static site's pieces; empty pieces for evaluated sites. */
export type WireSite = readonly [number, number, ...WirePiece[]];

/**
 * Text that stands verbatim in the file is a pair of offsets, other text a string.
 * - `[0, start, end]` verbatim text
 * - `'...'` other text
 * - `[1, start, end, source 0/1, name, ...]` reference
 * - `[2, start, end, required 0/1, claimLength, ...claim, ...columnPieces]` filter by a column
 * - `[3, start, end, required 0/1, claimLength, ...claim, functionText, scalarPieces|0, listPieces|0]`
 * - `[4, start, end, ...claim]` bare claim, `[5, start, end, ...claim]` unsafeValue
 * - `[6]` placeholder, `[7, separator, ...pieces]` list
 * - `[8, file, site]` another static site spliced in
 * - `[9, start, end, memberFilter, ...]` filters of the query, `memberFilter` one of
 *   `[cube, member, -1, 0, ...columnPieces]`, `[cube, member, parameters, rest 0/1, ...bodyPieces]`
 * - `[12, test, pieces, pieces]` what a text is when a test of a claim holds, and when not. `test`:
 *   `[0, ...claim]` it is true, `[1, literal, ...claim]` equals, `[2, type, ...claim]` is of a type,
 *   `[3, literals, ...claim]` is in a list; a literal is a JSON scalar, or `[]` for `undefined`
 * - `[10, start, end, ...pieces]` a time in the query's zone, `[11, index]` argument of a function
 * `start` -1: not placed.
 */
export type WirePiece = string | readonly unknown[];

/**
 * [kind 0 cube / 1 view / 2 context, name, file, call, body]. Values inside `body`:
 * JSON scalars as they are; `[0, ...items]` list; `[1, key, value, key, value, ...]` object;
 * `[2, file, site]` static site; `[3, file, site, ...pieces]` evaluated template;
 * `[4, file, site, name, ...]` reference; `[5, what]` opaque; `[6, file, site]` evaluated for each user.
 */
export type WireDefinition = readonly [0 | 1 | 2, string, number, number, unknown];
