import type { ContextRead } from '../core/context-read.ts';
import type { PublicDiagnostic, PublicLabel } from '../core/render-diagnostic.ts';
import type { SourceFile } from '../core/source.ts';
import type { Model } from '../model/model.ts';
import { list, nullable, number, optional, record, text, word, flag, type Codec } from './codec.ts';
import { contextsCodec } from './cube-codec.ts';
import { identifier } from './fragment-codec.ts';

/** The options of a compile that its schema goes on obeying. */
export interface ArtifactSettings {
  readonly dialect: string;
  readonly missingContext: 'allow' | 'deny' | 'error';
  readonly barrier: boolean;
  readonly joinTies: 'error' | 'first-declared';
  readonly allowUngroupedWithoutPrimaryKey: boolean;
  /** The instant of relative dates, in milliseconds since 1970; null: that of each query. */
  readonly now: number | null;
}

/** The code that values which read claims are evaluated by, and what it is told. */
export interface ArtifactEvaluation {
  readonly files: readonly SourceFile[];
  /** Files before this one are evaluated, the others only when they are imported. */
  readonly entries: number;
  /** What an import calls a file that is no file of the schema, and its number. */
  readonly packages: readonly { readonly name: string; readonly file: number }[];
  /** Files of the schema that are not needed, and the cubes that they declare. */
  readonly otherPaths: readonly string[];
  readonly otherCubes: readonly string[];
  /** The instant that the files see, in milliseconds since 1970. */
  readonly now: number;
}

/** A cube that is left out because of errors, as its users are told. */
interface ArtifactQuarantine {
  readonly name: string;
  readonly because: string | null;
  readonly diagnostics: readonly PublicDiagnostic[];
  /** What a query for it is answered. */
  readonly reason: string;
}

/** Everything of an artifact but its cubes and views, which follow it as texts of their own. */
export interface ArtifactHeader {
  readonly settings: ArtifactSettings;
  /** What the files were told of the compile context. */
  readonly reads: readonly ContextRead[];
  readonly warnings: readonly PublicDiagnostic[];
  readonly errors: readonly PublicDiagnostic[];
  readonly quarantined: readonly ArtifactQuarantine[];
  /** Members with values that schema code computes for each user. */
  readonly dynamic: readonly string[];
  /** null when there are none. */
  readonly evaluation: ArtifactEvaluation | null;
  readonly contexts: Model['contexts'];
  readonly cubes: readonly ArtifactSection[];
  readonly views: readonly ArtifactSection[];
}

export interface ArtifactSection {
  readonly name: string;
  /** Length of its JSON text, in bytes of UTF-8. */
  readonly bytes: number;
  readonly members: number;
  /** Whether it has access policies. */
  readonly restricted: boolean;
}

const label = record<PublicLabel>({ message: text, file: text, line: number, column: number });

const diagnostic: Codec<PublicDiagnostic> = record<PublicDiagnostic>({
  code: text,
  severity: word({ error: true, warning: true }),
  message: text,
  file: optional(text),
  line: optional(number),
  column: optional(number),
  endLine: optional(number),
  endColumn: optional(number),
  help: optional(text),
  labels: list(label),
});

const section = record<ArtifactSection>({
  name: identifier,
  bytes: number,
  members: number,
  restricted: flag,
});

export const headerCodec = record<ArtifactHeader>({
  settings: record<ArtifactSettings>({
    dialect: text,
    missingContext: word({ allow: true, deny: true, error: true }),
    barrier: flag,
    joinTies: word({ error: true, 'first-declared': true }),
    allowUngroupedWithoutPrimaryKey: flag,
    now: nullable(number),
  }),
  reads: list(record<ContextRead>({ path: list(text), whole: flag, text })),
  warnings: list(diagnostic),
  errors: list(diagnostic),
  quarantined: list(
    record<ArtifactQuarantine>({
      name: text,
      because: nullable(text),
      diagnostics: list(diagnostic),
      reason: text,
    }),
  ),
  dynamic: list(text),
  evaluation: nullable(
    record<ArtifactEvaluation>({
      files: list(record<SourceFile>({ path: text, content: text })),
      entries: number,
      packages: list(record<ArtifactEvaluation['packages'][number]>({ name: text, file: number })),
      otherPaths: list(text),
      otherCubes: list(text),
      now: number,
    }),
  ),
  contexts: contextsCodec,
  cubes: list(section),
  views: list(section),
});
