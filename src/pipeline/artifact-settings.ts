import { ArtifactError } from '../artifact/artifact-error.ts';
import type { ArtifactEvaluation, ArtifactSettings } from '../artifact/contents.ts';
import type { ArtifactKey } from '../artifact/seal.ts';
import type { EvaluationInput } from './evaluation-input.ts';
import { OptionError } from './option-error.ts';
import { refuseUnknown, type CheckedCompileOptions } from './options.ts';

export interface ArtifactOptions {
  /** At least 32 bytes; a text counts in UTF-8. Without a key the artifact is not signed. */
  readonly key?: ArtifactKey;
}

/** Options that matter while a schema is compiled, and not to what it has become. */
type CompileOnly =
  | 'compileContext'
  | 'functions'
  | 'libraries'
  | 'onError'
  | 'limits'
  | 'require'
  | 'launcher'
  | 'group'
  | 'signal';

/** What a schema goes on obeying. The compiler refuses an option that is in neither list. */
export function settingsOf(
  options: CheckedCompileOptions,
): ArtifactSettings & Record<Exclude<keyof CheckedCompileOptions, CompileOnly>, unknown> {
  const { dialect, missingContext, barrier, joinTies, now } = options;
  const { allowUngroupedWithoutPrimaryKey } = options;
  return {
    dialect: dialect.name,
    missingContext,
    barrier,
    joinTies,
    allowUngroupedWithoutPrimaryKey,
    now,
  };
}

export function toArtifactEvaluation(input: EvaluationInput): ArtifactEvaluation {
  const { files, entries, packages, others, now } = input;
  return {
    files,
    entries,
    packages: packages.map(([name, file]) => ({ name, file })),
    otherPaths: others.paths,
    otherCubes: others.cubes,
    now,
  };
}

/** @throws ArtifactError when files are counted or named that are not there. */
export function fromArtifactEvaluation(stored: ArtifactEvaluation): EvaluationInput {
  const { files, entries, packages, otherPaths, otherCubes, now } = stored;
  const isCount = (value: number): boolean =>
    Number.isInteger(value) && value >= 0 && value <= files.length;
  const paths = new Set([...files.map(({ path }) => path), ...otherPaths]);
  const isValid =
    isCount(entries) &&
    paths.size === files.length + otherPaths.length &&
    packages.every(({ file }) => isCount(file) && file >= entries && file < files.length) &&
    Number.isFinite(now) &&
    Math.abs(now) <= 8.64e15;
  if (!isValid) {
    throw new ArtifactError('artifact/invalid', 'the artifact is not valid: its files are not');
  }
  return {
    files,
    entries,
    packages: packages.map(({ name, file }) => [name, file]),
    others: { paths: otherPaths, cubes: otherCubes, depend: false },
    now,
  };
}

/** @throws OptionError */
export function artifactKey(options: ArtifactOptions): ArtifactKey | null {
  refuseUnknown(options, ['key'], 'options');
  const { key } = options;
  if (key === undefined) return null;
  if (typeof key !== 'string' && !((key as unknown) instanceof Uint8Array)) {
    throw new OptionError('options.key must be a text or bytes');
  }
  if (Buffer.byteLength(key) < 32) {
    throw new OptionError('options.key must have at least 32 bytes');
  }
  return key;
}
