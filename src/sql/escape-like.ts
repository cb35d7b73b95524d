/** The character that dialects name in `ESCAPE '!'`; unlike a backslash it means nothing elsewhere. */
export const likeEscape = '!';

/** A search text in which `%`, `_` and the escape character stand for themselves in LIKE. */
export function escapeLike(text: string): string {
  return text.replace(/[!%_]/g, (character) => likeEscape + character);
}
