import type { LexicalRules } from './dialects/dialect.ts';
import { Classifier } from './classifier.ts';
import type { HoleState, RawPiece, RawText } from './lexer-contract.ts';
import { joinPieces } from './lexer-pieces.ts';
import { valueWords } from './value-words.data.ts';

export type { HoleState, RawPiece, RawProblem, RawProblemCode, RawText } from './lexer-contract.ts';
export { normalizeRaw } from './lexer-pieces.ts';
export { lexUnsafeText } from './unsafe-text.ts';

/**
 * Reads an author's SQL as a dialect does: what is wrong with it, how the text around each hole is
 * read, and how tightly the whole binds. Linear in its length, whatever it holds.
 */
export function classifyRaw(pieces: readonly RawPiece[], rules: LexicalRules): RawText {
  return (
    bareName(pieces) ?? columnOfHole(pieces) ?? new Classifier(joinPieces(pieces), rules).classify()
  );
}

const simpleName = /^[a-z_][a-z0-9_]*$/i;
const noHoles: RawText['holes'] = new Map();

const simpleColumn = /^\.[a-z_][a-z0-9_]*$/i;

const columnHole: HoleState = {
  state: 'code',
  quote: '',
  backslash: false,
  orBeside: false,
  before: '',
  after: '.',
};
const columnHoles: RawText['holes'] = new Map([[0, columnHole]]);

/** `${CUBE}.amount`, the other common text. */
function columnOfHole(pieces: readonly RawPiece[]): RawText | undefined {
  const [hole, column] = pieces;
  if (pieces.length !== 2 || hole?.kind !== 'hole' || column?.kind !== 'text') return undefined;
  if (column.text.length > 64 || !simpleColumn.test(column.text)) return undefined;
  return {
    problems: [],
    holes: hole.id === 0 ? columnHoles : new Map([[hole.id, columnHole]]),
    pieces,
    dropped: [],
    binding: 'atom',
    loneHole: null,
    singleIdentifier: null,
    selectStarFrom: null,
  };
}

/** Most texts of a schema are one column's name. */
function bareName(pieces: readonly RawPiece[]): RawText | undefined {
  const [piece] = pieces;
  if (pieces.length !== 1 || piece?.kind !== 'text' || piece.text.length > 64) return undefined;
  if (!simpleName.test(piece.text)) return undefined;
  return {
    problems: [],
    holes: noHoles,
    pieces,
    dropped: [],
    binding: 'atom',
    loneHole: null,
    singleIdentifier: valueWords.has(piece.text.toLowerCase()) ? null : piece.text,
    selectStarFrom: null,
  };
}
