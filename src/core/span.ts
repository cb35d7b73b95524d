/** A half-open range of UTF-16 offsets in the original text of one schema file. */
export interface Span {
  /** Path of the file as the compile was given it. */
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** The smallest span that covers both; both must lie in one file. */
export function joinSpans(first: Span, second: Span): Span {
  return {
    file: first.file,
    start: Math.min(first.start, second.start),
    end: Math.max(first.end, second.end),
  };
}
