import type { PublicDiagnostic } from '../core/render-diagnostic.ts';

/** Where files stand for who reads a log: paths from the working directory, `/` between names. */
export interface SarifSetting {
  readonly version: string;
  readonly pathOf: (file: string) => string;
  /** What each code means, and what to do. */
  readonly help: ReadonlyMap<string, string>;
}

/**
 * Diagnostics as a log for code review tools.
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function toSarif(diagnostics: readonly PublicDiagnostic[], setting: SarifSetting): object {
  const codes = [...new Set(diagnostics.map(({ code }) => code))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'cubewright',
            version: setting.version,
            rules: codes.map((code) => toRule(code, setting.help.get(code))),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: diagnostics.map((item) => toResult(item, codes, setting)),
      },
    ],
  };
}

/** `model/unknown-member` -> `unknown member`, with the words of docs/errors.md. */
function toRule(code: string, meaning: string | undefined): object {
  const name = code.slice(code.indexOf('/') + 1).replaceAll('-', ' ');
  const shortDescription = { text: name };
  if (meaning === undefined) return { id: code, shortDescription };
  const isWarning = meaning.startsWith('Warning: ');
  const text = meaning.replace('Warning: ', '').replaceAll('`', '');
  return {
    id: code,
    shortDescription,
    fullDescription: { text },
    help: { text, markdown: meaning },
    defaultConfiguration: { level: isWarning ? 'warning' : 'error' },
  };
}

function toResult(
  diagnostic: PublicDiagnostic,
  codes: readonly string[],
  { pathOf }: SarifSetting,
): object {
  const { code, severity, message, help, file, line, column, endLine, endColumn, labels } =
    diagnostic;
  const place = (name: string, region: object): object => ({
    artifactLocation: { uri: encodeURI(pathOf(name)).replace(/[?#]/g, encodeURIComponent) },
    region,
  });
  const region = { startLine: line, startColumn: column, endLine, endColumn };
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: severity,
    message: { text: help === undefined ? message : `${message}; ${help}` },
    locations: file === undefined ? [] : [{ physicalLocation: place(file, region) }],
    relatedLocations: labels.map((label, id) => ({
      id,
      message: { text: label.message },
      physicalLocation: place(label.file, { startLine: label.line, startColumn: label.column }),
    })),
  };
}
