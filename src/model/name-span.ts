import type { Span } from '../core/span.ts';

/** Where one name of a path stands, when the path was written as it is, bare or in quotes; else all of it. */
export function spanOfName(span: Span, path: readonly string[], index: number): Span {
  const written = path.join('.').length;
  const quote = (span.end - span.start - written) / 2;
  if (quote !== 0 && quote !== 1) return span;
  const before = path.slice(0, index).reduce((length, name) => length + name.length + 1, 0);
  const start = span.start + quote + before;
  return { file: span.file, start, end: start + path[index]!.length };
}
