import { ArtifactError } from '../artifact/artifact-error.ts';
import { Turns } from '../core/turns.ts';
import type { Model } from '../model/model.ts';
import { decodeArtifact } from '../artifact/decode-artifact.ts';
import type { ArtifactKey } from '../artifact/seal.ts';
import { findDialect } from '../sql/dialects/registry.ts';
import type { Dialect, DialectName } from '../sql/dialects/dialect.ts';
import { artifactKey, fromArtifactEvaluation } from './artifact-settings.ts';
import { sharedPool } from './compile-schema.ts';
import { OptionError } from './option-error.ts';
import { checkCompileOptions, refuseUnknown } from './options.ts';
import type { SandboxConfiguration } from './options.ts';
import { Schema } from './schema.ts';

export type LoadArtifactOptions = {
  /**
   * What becomes of values that schema code computes for each user: `refuse` (the default) refuses an
   * artifact that has them, `evaluate` runs the code that it holds, as the schema did, in fresh processes.
   */
  readonly dynamic?: 'refuse' | 'evaluate';
  /** As of a compile; `functions` that async modules of the code call have to be given again. */
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
  const { key, dynamic, sandbox, limits } = checkLoadOptions(bytes, options);
  // A copy: cubes are decoded later, when the caller may have put its buffer to another use.
  const { model, header } = decodeArtifact(Buffer.from(bytes), {
    key,
    members: limits.members,
    lexicalOf: (name) => dialectOf(name).lexical,
    refusesDynamic: dynamic === 'refuse',
  });
  const { settings, reads, warnings, errors, quarantined, evaluation } = header;
  const count = [...header.cubes, ...header.views].reduce((sum, { members }) => sum + members, 0);
  if (key === null || count > mostLazily) await decodeAll(model);
  const { dialect, now, ...others } = settings;
  const compiled = checkCompileOptions({
    dialect: dialect as DialectName,
    ...others,
    ...(now !== null && { now }),
    ...(sandbox && { sandbox }),
  });
  const pool = sharedPool();
  return new Schema({
    model,
    files: [],
    options: compiled,
    layers: evaluation ? pool.layers() : [],
    reads,
    warnings,
    errors,
    quarantined: quarantined.map(({ reason: _reason, ...cube }) => cube),
    evaluation: evaluation && fromArtifactEvaluation(evaluation),
    pool,
    recompile: () => {
      const message = 'a schema that was loaded from an artifact has no files; compile them';
      return Promise.reject(new ArtifactError('artifact/no-files', message));
    },
  });
}

/** Members that `meta()` or `audit()` may have to decode at once. */
const mostLazily = 40_000;

async function decodeAll({ cubes, views }: Model): Promise<void> {
  const turns = new Turns();
  for (const part of [cubes, views]) {
    for (const name of part.keys()) {
      part.get(name);
      if (turns.isDue) await turns.give();
    }
  }
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
  if ((dynamic as unknown) !== 'refuse' && (dynamic as unknown) !== 'evaluate') {
    throw new OptionError("options.dynamic must be 'refuse' or 'evaluate'");
  }
  const { limits } = checkCompileOptions(sandbox ? { sandbox } : {});
  return { key: key === undefined ? null : artifactKey({ key }), dynamic, sandbox, limits };
}

function dialectOf(name: string): Dialect {
  const dialect = findDialect(name);
  if (dialect) return dialect;
  throw new ArtifactError(
    'artifact/invalid',
    'the artifact is not valid: its dialect is not known',
  );
}
