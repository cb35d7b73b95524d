import type { Diagnostic, Severity } from './diagnostic.ts';
import { LineIndex, type Position, type SourceFile } from './source.ts';
import type { Span } from './span.ts';

/** A diagnostic as users get it: lines and columns from 1, columns in UTF-16 units. */
export interface PublicDiagnostic {
  /** Stable, `stage/kebab-name`. */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly endLine?: number;
  readonly endColumn?: number;
  /** What would be right. */
  readonly help?: string;
  /** Other places that belong to it. */
  readonly labels: readonly PublicLabel[];
}

export interface PublicLabel {
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The texts that diagnostics are about, their lines counted once. */
export class DiagnosticTexts {
  readonly #texts: ReadonlyMap<string, string>;
  readonly #lines = new Map<string, LineIndex>();

  constructor(files: readonly SourceFile[]) {
    this.#texts = new Map(files.map((file) => [file.path, file.content]));
  }

  text(file: string): string | undefined {
    return this.#texts.get(file);
  }

  positionAt(file: string, offset: number): Position {
    let lines = this.#lines.get(file);
    if (!lines) this.#lines.set(file, (lines = new LineIndex(this.text(file) ?? '')));
    return lines.positionAt(offset);
  }
}

export function toPublicDiagnostic(
  diagnostic: Diagnostic,
  texts: DiagnosticTexts,
): PublicDiagnostic {
  const { code, severity, message, span, labels, help } = diagnostic;
  return {
    code,
    severity,
    message: printable(message),
    ...(span && placeOf(span, texts)),
    ...(help !== undefined && { help: printable(help) }),
    labels: (labels ?? []).map((label) => {
      const { line, column } = texts.positionAt(label.span.file, label.span.start);
      return { message: printable(label.text), file: label.span.file, line, column };
    }),
  };
}

function placeOf(span: Span, texts: DiagnosticTexts) {
  const start = texts.positionAt(span.file, span.start);
  const end = texts.positionAt(span.file, Math.max(span.start, span.end));
  return {
    file: span.file,
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
  };
}

/** More than anyone reads at once. */
const mostShown = 20;

/** Every diagnostic with the line it is about; errors first, in order of files and places. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  files: readonly SourceFile[],
): string {
  const texts = new DiagnosticTexts(files);
  const distinct = new Map(diagnostics.map((item) => [JSON.stringify(item), item]));
  const sorted = [...distinct.values()].sort(byImportance);
  const shown = sorted.slice(0, mostShown).map((item) => renderOne(item, texts));
  const rest = sorted.length - shown.length;
  if (rest > 0) shown.push(`... and ${rest} more`);
  return shown.join('\n\n');
}

function byImportance(a: Diagnostic, b: Diagnostic): number {
  if (a.severity !== b.severity) return a.severity === 'error' ? -1 : 1;
  const [first, second] = [a.span?.file ?? '', b.span?.file ?? ''];
  if (first !== second) return first < second ? -1 : 1;
  return (a.span?.start ?? 0) - (b.span?.start ?? 0);
}

function renderOne(diagnostic: Diagnostic, texts: DiagnosticTexts): string {
  const { severity, code, message, span, labels = [], help } = diagnostic;
  const lines = [`${severity} ${code}: ${printable(message)}`];
  if (span) lines.push(...frame(span, texts, ''));
  for (const label of labels) lines.push(...frame(label.span, texts, printable(label.text)));
  if (help !== undefined) lines.push(`  help: ${printable(help)}`);
  return lines.join('\n');
}

const widestLine = 120;

/** The line of a span, carets under it; a long line is cut around them. */
function frame(span: Span, texts: DiagnosticTexts, note: string): string[] {
  const text = texts.text(span.file);
  if (text === undefined) return [`  --> ${printable(span.file)}`];
  const { line, column } = texts.positionAt(span.file, span.start);
  const where = `  --> ${printable(span.file)}:${line}:${column}`;
  if (span.start === 0 && span.end === 0)
    return [`  --> ${printable(span.file)}${note && `  ${note}`}`];
  const start = span.start - column + 1;
  const found = /[\r\n]/.exec(text.slice(start, start + 100_000));
  const whole = text.slice(start, found ? start + found.index : undefined);
  const cut = column > widestLine - 20 ? column - 60 : 0;
  const shown = whole.slice(cut, cut + widestLine);
  const before = shown.slice(0, column - 1 - cut);
  const length = Math.max(1, Math.min(span.end - span.start, shown.length - before.length));
  const number = String(line);
  const gutter = ' '.repeat(number.length);
  // A tab stays a tab, so that the caret stands under its character in every terminal.
  const indent = before.replace(/[^\t]/g, ' ');
  return [
    where,
    ` ${gutter} |`,
    ` ${number} | ${printable(shown)}`,
    ` ${gutter} | ${indent}${'^'.repeat(length)}${note && ` ${note}`}`,
  ];
}

const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Control and bidirectional characters of a hostile file must not reach a terminal. */
function printable(text: string): string {
  return text.replace(unprintable, (character) =>
    character === '\t' || character === '\n'
      ? character
      : `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}
