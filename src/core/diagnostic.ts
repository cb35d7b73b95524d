import type { Span } from './span.ts';

export type Severity = 'error' | 'warning';

/** A second place that belongs to a diagnostic, with a few words on why. */
export interface DiagnosticLabel {
  readonly span: Span;
  readonly text: string;
}

/**
 * One finding about schema files, as the stages produce it. Positions are offsets; the pipeline
 * turns them into lines and columns when it hands diagnostics to the user.
 */
export interface Diagnostic {
  /** Stable, `stage/kebab-name`, for example `model/unknown-member`. */
  readonly code: string;
  readonly severity: Severity;
  /** One sentence on what is wrong, without a final full stop. */
  readonly message: string;
  /** The exact token or value; absent only where no file is concerned (a killed runner). */
  readonly span?: Span;
  readonly labels?: readonly DiagnosticLabel[];
  /** What would be right. */
  readonly help?: string;
}

/** code -> message made from that code's own parameters: the type of a stage's diagnostics table. */
type MessageTable = Readonly<Record<string, (parameters: never) => string>>;

export interface DiagnosticExtras {
  readonly span?: Span | undefined;
  readonly labels?: readonly DiagnosticLabel[];
  readonly help?: string | undefined;
  readonly severity?: Severity;
}

/**
 * Defines a stage's diagnostics once. The result makes a {@link Diagnostic} from a code and that
 * code's own parameters, so that a message can never lack one.
 *
 * @example
 * const report = defineDiagnostics({
 *   'model/unknown-member': (p: { name: string }) => `no member is called '${p.name}'`,
 * });
 * report('model/unknown-member', { name: 'x' }, { span });
 */
export function defineDiagnostics<T extends MessageTable>(table: T) {
  const make = <C extends keyof T & string>(
    code: C,
    parameters: Parameters<T[C]>[0],
    extras: DiagnosticExtras = {},
  ): Diagnostic => {
    const message = table[code] as (parameters: Parameters<T[C]>[0]) => string;
    return {
      code,
      severity: extras.severity ?? 'error',
      message: message(parameters),
      ...(extras.span && { span: extras.span }),
      ...(extras.labels && extras.labels.length > 0 && { labels: extras.labels }),
      ...(extras.help && { help: extras.help }),
    };
  };
  return Object.assign(make, { codes: Object.keys(table) as readonly (keyof T & string)[] });
}

/** Collects the diagnostics of one stage. */
export type Report = (diagnostic: Diagnostic) => void;
