import type { PublicDiagnostic } from '../core/render-diagnostic.ts';

/** A warning for people: what, where, what would be right, and the other places that belong to it. */
export function warningText(warning: PublicDiagnostic): string {
  const { code, file, line, column, message, help, labels } = warning;
  return [
    `warning ${code} ${file}:${line}:${column} ${message}`,
    ...labels.map((label) => `  ${label.file}:${label.line}:${label.column} ${label.message}`),
    ...(help === undefined ? [] : [`  help: ${help}`]),
  ].join('\n');
}
