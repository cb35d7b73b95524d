import type { Span } from '../core/span.ts';
import { classifyRaw } from '../sql/raw-text.ts';
import type { HoleState, RawProblem } from '../sql/raw-text.ts';
import type { Template } from '../syntax/template.ts';
import { reportModel } from './diagnostics.ts';
import type { LinkContext } from './link-fragment.ts';
import { textsOf } from './branches.ts';
import { innerPieces } from './fragments-of.ts';
import type { FragmentPiece } from './model.ts';
import { toRawPieces } from './raw-pieces.ts';

/** Where a fragment's text, and what is not text in it, was written. */
export interface FragmentOrigin {
  readonly template: Template;
  readonly spanOf: (piece: FragmentPiece) => Span | undefined;
}

/** Under which rules a text is read, and where findings go. */
export type TextContext = Pick<LinkContext, 'lexical' | 'report' | 'noteFilter'>;

/** Reads a fragment's text as the schema's dialect does, and says what would be wrong or unsafe. */
export function checkFragment(
  pieces: readonly FragmentPiece[],
  origin: FragmentOrigin,
  context: TextContext,
): void {
  const texts = textsOf(pieces);
  if (texts.length > 1) return texts.forEach((text) => checkFragment(text, origin, context));
  const { template } = origin;
  const text = classifyRaw(toRawPieces(pieces), context.lexical);
  for (const problem of text.problems) {
    context.report(
      reportModel(
        'model/invalid-sql',
        { problem: problemNames[problem.code], text: problem.text.slice(0, 100) },
        { span: spanOfProblem(pieces[problem.piece], problem, template) },
      ),
    );
  }
  for (const [id, piece] of pieces.entries()) {
    if (piece.kind === 'text') continue;
    const hole = text.holes.get(id);
    if (hole) checkHole(piece, hole, origin, context);
    for (const inner of innerPieces(piece)) checkFragment(inner, origin, context);
    if (piece.kind === 'list') checkFragment(betweenItems(piece.separator), origin, context);
  }
}

const problemNames: Readonly<Record<RawProblem['code'], string>> = {
  'unbalanced-bracket': 'a bracket without its counterpart',
  'nul-character': 'a NUL character',
  'lone-surrogate': 'half of a surrogate pair',
  semicolon: 'a semicolon; one fragment is one expression or one query',
  placeholder: 'a placeholder; values come from claims and filters alone',
  'executable-comment': 'a comment that the database executes',
  'unterminated-comment': 'a comment that is never closed',
  'unterminated-string': 'a text that is never closed',
  'unterminated-identifier': 'a quoted name that is never closed',
  'carriage-return-in-comment': 'a carriage return in a line comment, where databases differ',
  'ambiguous-text': 'a text that databases read in different ways',
};

function checkHole(
  piece: FragmentPiece,
  hole: HoleState,
  { template, spanOf }: FragmentOrigin,
  context: TextContext,
): void {
  const { file, start, end } = template;
  const span: Span = spanOf(piece) ?? { file, start, end };
  const claim = nameOf(piece);
  if (claim !== null) {
    if (hole.state === 'comment') {
      context.report(
        reportModel('model/context-in-comment', { claim }, { span, severity: 'warning' }),
      );
    } else if (hole.state !== 'code') {
      const help = `remove the quotes around \${${claim}${piece.kind === 'claim' ? '' : '.filter(...)'}}`;
      context.report(reportModel('model/context-inside-literal', { claim }, { span, help }));
    } else if (piece.kind === 'filter' && !piece.required) context.noteFilter({ claim, span });
  } else if (piece.kind === 'member' || piece.kind === 'source') {
    if (hole.state === 'code' || hole.state === 'comment') return;
    const path = piece.kind === 'member' ? piece.path : `${piece.cube}.sql()`;
    context.report(reportModel('model/reference-inside-literal', { path }, { span }));
  }
}

/** What stands between the items of a list must be whole on its own, like an item. */
function betweenItems(separator: string): readonly FragmentPiece[] {
  const item = { kind: 'placeholder', item: null } as const;
  return [item, { kind: 'text', text: separator }, item];
}

/** What is bound where the piece stands; null for what is text or refers to the schema. */
function nameOf(piece: FragmentPiece): string | null {
  switch (piece.kind) {
    case 'filter':
    case 'claim':
      return ['SECURITY_CONTEXT', ...piece.claim].join('.');
    case 'query-filter':
      return `FILTER_PARAMS.${piece.filters[0]!.member}`;
    default:
      return null;
  }
}

/** Where a word of a piece stands, as far as the file tells. */
export function spanOfText(
  piece: FragmentPiece | undefined,
  offset: number,
  text: string,
  template: Template,
): Span {
  const problem = { code: 'ambiguous-text', piece: 0, offset, length: text.length, text } as const;
  return spanOfProblem(piece, problem, template);
}

/** Exact where the text stands verbatim in its file, else the whole value. */
function spanOfProblem(
  piece: FragmentPiece | undefined,
  problem: RawProblem,
  template: Template,
): Span {
  const { file, start, end } = template;
  const from: number | undefined =
    piece?.kind === 'text' ? (piece.start ?? plainStart(piece.text, template)) : undefined;
  if (from === undefined) return { file, start, end };
  return { file, start: from + problem.offset, end: from + problem.offset + problem.length };
}

/** A plain text without escapes begins after its quote, or where the value does (YAML). */
function plainStart(text: string, { pieces, start, end }: Template): number | undefined {
  const [only] = pieces;
  if (pieces.length !== 1 || only?.kind !== 'text' || only.start !== undefined) return undefined;
  const leading = only.text.length - only.text.trimStart().length;
  const quotes = end - start - only.text.length;
  const isVerbatim =
    (quotes === 2 || quotes === 0) && only.text.trim().startsWith(text.slice(0, 20));
  return isVerbatim ? start + quotes / 2 + leading : undefined;
}
