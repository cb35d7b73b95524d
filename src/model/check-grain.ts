import { parseMemberPath } from '../core/names.ts';
import { ownNames, type OwnName } from '../sql/own-words.ts';
import { textsOf } from './branches.ts';
import { spanOfText, type FragmentOrigin } from './check-fragment.ts';
import type { FragmentSite } from './check-reference.ts';
import { reportModel } from './diagnostics.ts';
import type { LinkContext } from './link-fragment.ts';
import type { FragmentPiece } from './model.ts';
import { toRawPieces } from './raw-pieces.ts';

/**
 * Refuses what a database would only refuse when it is asked: values of single rows beside finished
 * aggregates, and filters as arguments of functions that take no condition.
 */
export function checkGrain(
  pieces: readonly FragmentPiece[],
  origin: FragmentOrigin,
  site: FragmentSite,
  context: LinkContext,
): void {
  const isCalculated = site.calculated === true && namesMeasure(pieces, context);
  if (!isCalculated && !pieces.some(isFilter)) return;
  for (const text of textsOf(pieces)) {
    const names = ownNames(toRawPieces(text), context.lexical);
    for (const name of names) {
      const piece = text[name.hole ?? -1];
      const { file, start, end } = origin.template;
      const span = (piece && origin.spanOf(piece)) ?? { file, start, end };
      if (piece && isFilter(piece) && name.argumentOf !== null) {
        const help =
          'a filter is a condition, and 1 = 1 without its values; compare what the function makes of the column inside the filter';
        const parameters = { name: site.member, call: name.argumentOf };
        context.report(reportModel('model/filter-as-argument', parameters, { span, help }));
        return;
      }
      const row = isCalculated ? rowValue(name, piece, context) : null;
      if (row === null) continue;
      const help =
        'aggregate it (sum, max, ...) in this text or in a measure of its own, and calculate with that';
      const at = piece
        ? span
        : spanOfText(text[name.piece], name.offset, name.text, origin.template);
      context.report(
        reportModel('model/mixed-grain', { name: site.member, row }, { span: at, help }),
      );
      return;
    }
  }
}

function isFilter({ kind }: FragmentPiece): boolean {
  return kind === 'filter' || kind === 'query-filter';
}

/** What is of one row where a text calculates with groups; null: nothing. */
function rowValue(
  { kind, text, within }: OwnName,
  piece: FragmentPiece | undefined,
  context: LinkContext,
): string | null {
  if (within !== 'open') return null;
  if (kind === 'column') return text === '' ? null : text;
  if (piece?.kind === 'cube') return piece.cube;
  return piece?.kind === 'member' && kindOf(piece.path, context) === 'dimension'
    ? piece.path
    : null;
}

function namesMeasure(pieces: readonly FragmentPiece[], context: LinkContext): boolean {
  return pieces.some((piece) =>
    piece.kind === 'conditional'
      ? namesMeasure(piece.then, context) || namesMeasure(piece.otherwise, context)
      : piece.kind === 'member' && kindOf(piece.path, context) === 'measure',
  );
}

function kindOf(path: string, context: LinkContext) {
  const named = parseMemberPath(path);
  return named && context.cubes.get(named.cube)?.members.get(named.member)?.kind;
}
