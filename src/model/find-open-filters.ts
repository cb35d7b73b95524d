import type { Diagnostic } from '../core/diagnostic.ts';
import type { Span } from '../core/span.ts';
import { reportModel } from './diagnostics.ts';

/** A context filter that is `1=1` where its claim is absent and nothing forbids that. */
export interface OpenFilter {
  /** `SECURITY_CONTEXT.id`. */
  readonly claim: string;
  readonly span: Span;
}

/** Further places of a warning; a claim can stand in a thousand filters. */
const mostLabels = 5;

/** One warning for each claim, at the first of its filters. */
export function findOpenFilters(filters: Iterable<OpenFilter>): Diagnostic[] {
  const places = new Map<string, Map<string, Span>>();
  for (const { claim, span } of filters) {
    const known = places.get(claim) ?? new Map<string, Span>();
    places.set(claim, known.set(`${span.file} ${span.start}`, span));
  }
  return [...places].map(([claim, found]) => warning(claim, [...found.values()].sort(byPlace)));
}

function warning(claim: string, [span, ...others]: readonly Span[]): Diagnostic {
  const labels = others.slice(0, mostLabels).map((other) => ({ span: other, text: 'another one' }));
  const help = `write requiredFilter, or compile with missingContext: 'deny' (CUBEJS_MISSING_CONTEXT=deny)`;
  const extras = { span, labels, help, severity: 'warning' } as const;
  return reportModel('model/open-filter', { claim, count: others.length + 1 }, extras);
}

function byPlace(a: Span, b: Span): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.start - b.start;
}
