import { ArtifactError } from '../artifact/artifact-error.ts';
import { decodeArtifact } from '../artifact/decode-artifact.ts';
import type { ArtifactKey } from '../artifact/seal.ts';
import { findDialect } from '../sql/dialects/registry.ts';
import type { Dialect, DialectName } from '../sql/dialects/dialect.ts';
import { artifactKey } from './artifact-settings.ts';
import { OptionError } from './option-error.ts';
import { checkCompileOptions, refuseUnknown } from './options.ts';
import type { SandboxConfiguration } from './options.ts';
import { Schema } from './schema.ts';

export type LoadArtifactOptions = {
  /** An artifact with values that schema code computes for each user is refused: it holds no files. */
  readonly dynamic?: 'refuse';
  /** Limits, as of a compile: `members` here. */
  readonly sandbox?: SandboxConfiguration;
} & (
  | { readonly key: ArtifactKey; readonly trust?: never }
  /** Takes bytes that nothing vouches for: only where no one else could have written them. */
  | { readonly trust: true; readonly key?: never }
);

/**
 * A schema from the bytes that `toArtifact` made, without evaluating any file. What is signed is checked
 * cube by cube before it is used; what is only trusted, all at once.
 *
 * @throws ArtifactError when anything is wrong with the bytes.
 * @throws OptionError
 */
export async function loadArtifact(
  bytes: Uint8Array,
  options: LoadArtifactOptions,
): Promise<Schema> {
  const { key, limits } = checkLoadOptions(bytes, options);
  // A copy: cubes are decoded later, when the caller may have put its buffer to another use.
  const { model, header } = decodeArtifact(Buffer.from(bytes), {
    key,
    members: limits.members,
    lexicalOf: (name) => dialectOf(name).lexical,
  });
  const { settings, reads, warnings, errors, quarantined, dynamic } = header;
  if (dynamic.length > 0) throw refuseDynamic(dynamic);
  if (key === null) for (const part of [model.cubes, model.views]) part.forEach(() => undefined);
  const { dialect, now, ...others } = settings;
  const compiled = checkCompileOptions({
    dialect: dialect as DialectName,
    ...others,
    ...(now !== null && { now }),
  });
  return new Schema({
    model,
    files: [],
    options: compiled,
    layers: [],
    reads,
    warnings,
    errors,
    quarantined: quarantined.map(({ reason: _reason, ...cube }) => cube),
    dynamic: null,
    recompile: () => {
      const message = 'a schema that was loaded from an artifact has no files; compile them';
      return Promise.reject(new ArtifactError('artifact/no-files', message));
    },
  });
}

function checkLoadOptions(bytes: unknown, options: LoadArtifactOptions) {
  if (!(bytes instanceof Uint8Array)) throw new OptionError('the artifact must be a Uint8Array');
  if (typeof options !== 'object' || (options as unknown) === null) {
    throw new OptionError('loadArtifact needs { key } or { trust: true }');
  }
  refuseUnknown(options, ['key', 'trust', 'dynamic', 'sandbox'], 'options');
  const { key, trust, dynamic = 'refuse', sandbox } = options;
  if ((key === undefined) === (trust === undefined) || (trust ?? true) !== true) {
    throw new OptionError('loadArtifact needs either { key } or { trust: true }');
  }
  if ((dynamic as unknown) !== 'refuse') {
    throw new OptionError("options.dynamic can only be 'refuse' so far");
  }
  const { limits } = checkCompileOptions(sandbox ? { sandbox } : {});
  return { key: key === undefined ? null : artifactKey({ key }), limits };
}

function refuseDynamic(members: readonly string[]): ArtifactError {
  const shown = members.slice(0, 5).join(', ');
  const message = `the artifact has values that schema code computes for each user: ${shown}`;
  return new ArtifactError('artifact/dynamic', `${message}; compile the schema where it is used`);
}

function dialectOf(name: string): Dialect {
  const dialect = findDialect(name);
  if (dialect) return dialect;
  throw new ArtifactError(
    'artifact/invalid',
    'the artifact is not valid: its dialect is not known',
  );
}
