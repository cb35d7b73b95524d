import type { Fragment } from '../model/model.ts';
import { toRawPieces } from '../model/raw-pieces.ts';
import type { LexicalRules } from '../sql/dialects/dialect.ts';
import { ownNames } from '../sql/own-words.ts';

/**
 * What a text over finished groups needs rows for: a column, or an aggregate that is no window function;
 * null where there is none, or where a query of its own could be what it is of.
 */
export function wordOverRows({ pieces }: Fragment, rules: LexicalRules): string | null {
  const found = ownNames(toRawPieces(pieces), rules).find(
    // What stands in a hole is a reference, which is looked at for itself.
    ({ kind, within, hole }) =>
      hole === null && within !== 'query' && (kind === 'column' || within !== 'window'),
  );
  return found?.text ?? null;
}
