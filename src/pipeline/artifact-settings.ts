import type { ArtifactSettings } from '../artifact/contents.ts';
import type { ArtifactKey } from '../artifact/seal.ts';
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
