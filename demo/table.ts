import type { QueryResult, Value } from '../src/drivers/index.ts';
import type { Style } from './style.ts';

/** Rows under their column names, numbers to the right. */
export function renderTable(result: QueryResult, style: Style): string {
  if (result.rows.length === 0) return style.faint('(no rows)');
  const cells = result.rows.map((row) => row.map(showValue));
  const widths = result.columns.map(({ name }, index) =>
    Math.max(name.length, ...cells.map((row) => row[index]!.length)),
  );
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, index) =>
        isNumber(result, index) ? text.padStart(widths[index]!) : text.padEnd(widths[index]!),
      )
      .join('   ')
      .trimEnd();
  return [
    style.faint(line(result.columns.map(({ name }) => name))),
    style.faint(widths.map((width) => '-'.repeat(width)).join('   ')),
    ...cells.map(line),
  ].join('\n');
}

function isNumber(result: QueryResult, column: number): boolean {
  const type = result.columns[column]?.type;
  return type === 'integer' || type === 'number' || type === 'decimal';
}

function showValue(value: Value): string {
  if (typeof value === 'number' && !Number.isInteger(value)) return value.toFixed(2);
  if (typeof value === 'number' || typeof value === 'bigint') return value.toLocaleString('en-US');
  return String(value);
}
