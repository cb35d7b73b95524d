import { asked, say } from '../core/told.ts';
import { QueryError } from '../planner/query-error.ts';

const mostDepth = 100;

/**
 * A query as JSON: its own bytes, taken once, so that no getter or trap runs later.
 *
 * @throws QueryError for what JSON would write as null: a filter by a claim that is absent would be one by null.
 */
export function queryText(query: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(query) as string | undefined;
  } catch {
    // A circle, a bigint, or an object that throws when it is read.
  }
  if (text === undefined) {
    throw new QueryError([
      { code: 'query/not-json', path: '', message: say`the query must be JSON data` },
    ]);
  }
  // What JSON wrote as null is looked for only where there is one.
  if (text.includes('null')) refuseAbsent(query, '', 0);
  return text;
}

function refuseAbsent(value: unknown, path: string, depth: number): void {
  if (depth > mostDepth || typeof value !== 'object' || value === null) {
    if (typeof value !== 'number' || Number.isFinite(value)) return;
    throw absent(path, String(value));
  }
  if (!Array.isArray(value)) {
    for (const [key, item] of Object.entries(value))
      refuseAbsent(item, path === '' ? key : `${path}.${key}`, depth + 1);
    return;
  }
  for (const [index, item] of Array.from(value as unknown[]).entries()) {
    const place = `${path}[${index}]`;
    if (['undefined', 'function', 'symbol'].includes(typeof item)) throw absent(place, typeof item);
    refuseAbsent(item, place, depth + 1);
  }
}

function absent(path: string, found: string): QueryError {
  const message = say`${asked(found)} is not a value; null means rows without one, and nothing means all rows`;
  return new QueryError([{ code: 'query/bad-values', path, message }]);
}
