import type { Fragment } from '../model/model.ts';
import { aggregateWords, keywords, scalarWords } from './scalar-words.data.ts';

interface OwnWord {
  readonly word: string;
  readonly isCall: boolean;
}

/** Literals and comments, whose words mean nothing. */
const silent = /'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\//g;
/** A type of `::` or `AS` is no word; nor is what follows a dot. */
const spoken =
  /(?:::\s*|\bas\s+)[\p{L}_][\p{L}\p{N}_]*|(?<![\p{L}\p{N}_$.])([\p{L}_"`[][\p{L}\p{N}_$"`\]]*)(\s*\()?/giu;

/** The words of a text, references and literals left out. */
function ownWords({ pieces }: Fragment): OwnWord[] {
  const texts = pieces.flatMap((piece) => (piece.kind === 'text' ? [piece.text] : []));
  return texts.flatMap((text) =>
    [...text.replace(silent, ' ').matchAll(spoken)].flatMap(([, word, call]) =>
      word === undefined ? [] : [{ word, isCall: call !== undefined }],
    ),
  );
}

/** A word that is not known to be without rows: a column, an aggregate; or null. */
export function unknownWord(sql: Fragment): string | null {
  return ownWords(sql).find(({ word }) => !scalarWords.has(word.toLowerCase()))?.word ?? null;
}

/**
 * What a text over finished groups needs rows for: a column, or an aggregate that is no window function;
 * null where there is none, or where a query of its own could be what it is of.
 */
export function wordOverRows(sql: Fragment): string | null {
  const words = ownWords(sql).map((item) => ({ ...item, key: item.word.toLowerCase() }));
  if (words.some(({ key }) => key === 'select')) return null;
  const hasWindow = words.some(({ key }) => key === 'over');
  const found = words.find(({ key, isCall }) =>
    isCall ? aggregateWords.has(key) && !hasWindow : !scalarWords.has(key) && !keywords.has(key),
  );
  return found?.word ?? null;
}
