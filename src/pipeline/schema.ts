import { namesOfReads, type ContextRead } from '../core/context-read.ts';
import { encodeArtifact } from '../artifact/encode-artifact.ts';
import { FragmentTexts } from '../lower/fragment-texts.ts';
import { auditModel, type ModelAudit } from '../model/audit.ts';
import type { ModelMetadata } from '../model/metadata.ts';
import { DynamicLinker } from '../model/link-dynamic.ts';
import type { DynamicValue, Model } from '../model/model.ts';
import { readContext } from '../planner/claims.ts';
import type { PublicDiagnostic } from '../core/render-diagnostic.ts';
import type { SourceFile } from '../core/source.ts';
import { evaluate } from '../sandbox/evaluate.ts';
import type { RunnerPool } from '../sandbox/runner-pool.ts';
import type { Layers } from '../sandbox/layers.ts';
import {
  artifactKey,
  settingsOf,
  toArtifactEvaluation,
  type ArtifactOptions,
} from './artifact-settings.ts';
import type { QuarantinedCube } from './compile-model.ts';
import { DynamicValues } from './dynamic-values.ts';
import type { EvaluationInput } from './evaluation-input.ts';
import { Access } from '../planner/access.ts';
import type { Query } from '../planner/query.ts';
import { MetadataStore } from './metadata-store.ts';
import { generateSetting } from './generate-setting.ts';
import { SqlGenerator, type GenerateSetting } from './generate-sql.ts';
import type { GeneratedSql } from './generated-sql.ts';
import {
  checkContext,
  checkGenerateOptions,
  checkGroups,
  checkMetaOptions,
  contextJson,
} from './options.ts';
import type {
  CheckedCompileOptions,
  GenerateOptions,
  MetaOptions,
  UserOptions,
} from './options.ts';

/** Plain data on what a reviewer of row-level security wants to see. */
export interface SchemaAudit extends ModelAudit {
  /** What this machine put around the runner that evaluated the files. */
  readonly sandbox: Layers;
  readonly warnings: readonly PublicDiagnostic[];
  /** With `onError: 'quarantine'`: everything that is wrong, and the cubes that are left out for it. */
  readonly errors: readonly PublicDiagnostic[];
  readonly quarantined: readonly QuarantinedCube[];
  /** What the files have read of the compile context: `COMPILE_CONTEXT.securityContext.role`. */
  readonly compileContext: readonly string[];
}

/** A file that has changed; `content: null` removes it. */
export interface ChangedFile {
  readonly path: string;
  readonly content: string | null;
}

/** What a compile hands to the schema that it makes. */
export interface CompiledParts {
  readonly model: Model;
  readonly files: readonly SourceFile[];
  readonly options: CheckedCompileOptions;
  readonly layers: Layers;
  /** What the files were told of the compile context. */
  readonly reads: readonly ContextRead[];
  readonly warnings: readonly PublicDiagnostic[];
  readonly errors: readonly PublicDiagnostic[];
  readonly quarantined: readonly QuarantinedCube[];
  /** By what values that read claims are evaluated for one user; null: there are none. */
  readonly evaluation: EvaluationInput | null;
  readonly pool: RunnerPool;
  readonly recompile: (files: readonly SourceFile[]) => Promise<Schema>;
}

/** Values that name values that name values: more of them are taken for a circle. */
const mostRounds = 16;

/**
 * A compiled schema: data, without any guest code. Safe to share between any number of tenants and
 * requests; holds no security context.
 */
export class Schema {
  readonly #parts: CompiledParts;
  readonly #generator: SqlGenerator;
  readonly #fragments = new FragmentTexts();
  /** null for a schema without values that are evaluated for each user. */
  readonly #dynamic: DynamicValues | null;
  readonly #metadata: MetadataStore;
  #closed = false;

  constructor(parts: CompiledParts) {
    this.#parts = parts;
    this.#generator = this.#generatorOf(parts.model);
    this.#dynamic = dynamicValues(parts);
    this.#metadata = new MetadataStore(parts.model);
  }

  /**
   * The statement that answers `query` for the user of `options.securityContext`.
   *
   * @throws QueryError when the query is wrong; its `path` is the place in the query.
   * @throws SecurityContextError when the context cannot be applied; names the claim, never a value.
   * @example
   * const { sql, params } = await schema.generateSql(
   *   { measures: ['Orders.count'] },
   *   { securityContext: { id: 42 }, dialect: 'postgres' },
   * );
   */
  async generateSql(query: Query, options: GenerateOptions = {}): Promise<GeneratedSql> {
    this.#refuseClosed();
    checkGenerateOptions(options);
    options.signal?.throwIfAborted();
    const setting = generateSetting(options, this.#parts.options);
    const generator = this.#dynamic
      ? await this.#generatorFor(this.#dynamic, query, setting, options)
      : this.#generator;
    return generator.generate(query, setting);
  }

  #generatorOf(model: Model): SqlGenerator {
    return new SqlGenerator(model, this.#fragments, this.#parts.options);
  }

  /** What was evaluated can name further members, whose values have to be evaluated too. */
  async #generatorFor(
    dynamic: DynamicValues,
    query: unknown,
    setting: GenerateSetting,
    options: GenerateOptions,
  ): Promise<SqlGenerator> {
    const { signal } = options;
    const compileContext = (): string =>
      options.compileContext === undefined
        ? this.#parts.options.compileContext
        : contextJson(options.compileContext);
    const values: DynamicValue[] = [];
    let generator = this.#generator;
    for (let round = 0; ; round++) {
      const further = generator.dynamicValues(query, setting);
      if (further.length === 0) return generator;
      if (round === mostRounds)
        throw new Error('values of the schema name each other without an end');
      values.push(...further);
      const user = {
        securityContext: readContext(setting.securityContext, true),
        compileContext: () => JSON.parse(compileContext()) as unknown,
      };
      const model = await dynamic.modelFor(values, user, signal);
      this.#refuseClosed();
      generator = this.#generatorOf(model);
    }
  }

  /**
   * The name of the data source that answers `query`: what its cubes call `dataSource`.
   *
   * @param user For whom errors are told; nobody: by what is public.
   * @throws QueryError when the query is wrong, or no one data source has all its cubes.
   */
  dataSource(query: Query, user: UserOptions & Pick<GenerateOptions, 'askedQuery'> = {}): string {
    this.#refuseClosed();
    const { securityContext, askedQuery } = user;
    const groups = checkGroups(user.groups);
    const isSomebody = securityContext !== undefined || groups !== null;
    const setting = { now: this.#parts.options.now ?? Date.now(), askedQuery };
    const asking = isSomebody ? { securityContext, groups } : null;
    return this.#generator.dataSource(query, setting, asking);
  }

  /**
   * A new schema with these files changed, added or removed. This one keeps serving until closed.
   *
   * @throws CompileError when the changed files do not compile; this schema is not touched.
   */
  async update(changedFiles: readonly ChangedFile[]): Promise<Schema> {
    this.#refuseClosed();
    const files = new Map(this.#parts.files.map((file) => [file.path, file]));
    for (const { path, content } of changedFiles) {
      if (content === null) files.delete(path);
      else files.set(path, { path, content });
    }
    return this.#parts.recompile([...files.values()]);
  }

  /**
   * Cubes and their visible members, in the shape of the REST API's `meta`. With the security context
   * or the groups of a user: without what access policies hide from that user. With a `context`: those of it.
   *
   * @throws OptionError when the schema has no such context; names those that it has.
   * @throws SecurityContextError when the context cannot be applied.
   */
  meta(options: MetaOptions = {}): ModelMetadata {
    this.#refuseClosed();
    checkMetaOptions(options);
    const only = checkContext(options.context, this.#parts.model.contexts);
    return this.#metadata.made(this.#accessOf(options), only);
  }

  /** {@link meta} for a user, shared by all who see the same. Not to be changed. @throws SecurityContextError */
  static metaFor(schema: Schema, user: UserOptions): ModelMetadata {
    schema.#refuseClosed();
    const { securityContext = {}, groups } = user;
    return schema.#metadata.shared(
      schema.#accessOf({ securityContext, ...(groups && { groups }) })!,
    );
  }

  /** null: of nobody. */
  #accessOf({ securityContext, groups: named }: UserOptions): Access | null {
    const groups = checkGroups(named);
    if (securityContext === undefined && groups === null) return null;
    return new Access(this.#parts.model, readContext(securityContext, groups === null), groups);
  }

  /** What a schema's files were told of the compile context: all that it can depend on of it. */
  static readsOf(schema: Schema): readonly ContextRead[] {
    return schema.#parts.reads;
  }

  /** Every context filter and every unsafe value of the schema, and the layers of the sandbox. */
  audit(): SchemaAudit {
    this.#refuseClosed();
    const { model, layers, warnings, errors, quarantined, reads } = this.#parts;
    const compileContext = namesOfReads(reads);
    return { ...auditModel(model), sandbox: layers, warnings, errors, quarantined, compileContext };
  }

  /**
   * The schema as bytes, for `loadArtifact`: signed with a key of at least 32 bytes, or to be trusted
   * expressly. As secret as the schema files. The same schema and key give the same bytes.
   *
   * @throws OptionError
   */
  toArtifact(options: ArtifactOptions = {}): Uint8Array {
    this.#refuseClosed();
    const { model, warnings, errors, quarantined, reads, evaluation } = this.#parts;
    const dynamic = auditModel(model).uses.filter((use) => use.kind === 'dynamic');
    const facts = {
      dynamic: [...new Set(dynamic.map((use) => use.member))],
      settings: settingsOf(this.#parts.options),
      reads,
      evaluation: evaluation && toArtifactEvaluation(evaluation),
      warnings,
      errors,
      quarantined: quarantined.map((cube) => ({
        ...cube,
        reason: model.quarantined.get(cube.name)!,
      })),
    };
    return encodeArtifact(model, facts, artifactKey(options));
  }

  /** Frees what the schema holds. Any number of times. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#generator.clear();
    this.#metadata.clear();
    this.#dynamic?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #refuseClosed(): void {
    if (this.#closed) throw new Error('the schema is closed');
  }
}

function dynamicValues(parts: CompiledParts): DynamicValues | null {
  const { model, options, evaluation, reads, pool } = parts;
  if (evaluation === null) return null;
  const { limits, require, functions, launcher, group } = options;
  return new DynamicValues({
    files: evaluation.files,
    limits,
    reads,
    linker: new DynamicLinker(model, options.dialect.lexical),
    evaluate: (dynamic, signal) =>
      evaluate(
        { ...evaluation, compileContext: null, dynamic },
        { limits, require, functions, group, signal, ...(launcher && { launcher }) },
        pool,
      ),
  });
}
