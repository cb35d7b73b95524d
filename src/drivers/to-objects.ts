import type { QueryResult, Value } from './driver.ts';

/**
 * The rows as objects by column name. They have no prototype, so that a column may have any name;
 * of two columns with one name the later wins.
 */
export function toObjects(result: QueryResult): Readonly<Record<string, Value>>[] {
  return result.rows.map((row) => {
    const object = Object.create(null) as Record<string, Value>;
    result.columns.forEach(({ name }, index) => {
      object[name] = row[index] ?? null;
    });
    return object;
  });
}
