import { FragmentTexts } from '../lower/fragment-texts.ts';
import { auditModel, type ModelAudit } from '../model/audit.ts';
import { describeModel, type ModelMetadata } from '../model/metadata.ts';
import type { Model } from '../model/model.ts';
import type { PublicDiagnostic } from '../core/render-diagnostic.ts';
import type { SourceFile } from '../core/source.ts';
import type { Layers } from '../sandbox/layers.ts';
import { SqlGenerator } from './generate-sql.ts';
import type { GeneratedSql } from './generated-sql.ts';
import { checkDialect, checkFlag, checkGenerateOptions, checkMissingContext } from './options.ts';
import type { CheckedCompileOptions, GenerateOptions } from './options.ts';

/** Plain data on what a reviewer of row-level security wants to see. */
export interface SchemaAudit extends ModelAudit {
  /** What this machine put around the runner that evaluated the files. */
  readonly sandbox: Layers;
  readonly warnings: readonly PublicDiagnostic[];
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
  readonly warnings: readonly PublicDiagnostic[];
  readonly recompile: (files: readonly SourceFile[]) => Promise<Schema>;
}

/**
 * A compiled schema: data, without any guest code. Safe to share between any number of tenants and
 * requests; holds no security context.
 */
export class Schema {
  readonly #parts: CompiledParts;
  readonly #generator: SqlGenerator;
  #closed = false;

  constructor(parts: CompiledParts) {
    this.#parts = parts;
    const { joinTies, allowUngroupedWithoutPrimaryKey } = parts.options;
    this.#generator = new SqlGenerator(parts.model, new FragmentTexts(), {
      joinTies,
      allowUngroupedWithoutPrimaryKey,
    });
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
  async generateSql(query: unknown, options: GenerateOptions = {}): Promise<GeneratedSql> {
    this.#refuseClosed();
    checkGenerateOptions(options);
    options.signal?.throwIfAborted();
    const compiled = this.#parts.options;
    const { dialect } = options;
    return this.#generator.generate(query, {
      securityContext: options.securityContext,
      dialect: dialect === undefined ? compiled.dialect : checkDialect(dialect, 'options.dialect'),
      missingContext: checkMissingContext(options.missingContext) ?? compiled.missingContext,
      barrier: checkFlag(options.barrier, 'barrier') ?? compiled.barrier,
      now: compiled.now ?? Date.now(),
    });
  }

  /**
   * The name of the data source that answers `query`: what its cubes call `dataSource`.
   *
   * @throws QueryError when the query is wrong, or no one data source has all its cubes.
   */
  dataSource(query: unknown): string {
    this.#refuseClosed();
    return this.#generator.dataSource(query, this.#parts.options.now ?? Date.now());
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

  /** Cubes and their visible members, in the shape of the REST API's `meta`. */
  meta(): ModelMetadata {
    this.#refuseClosed();
    return describeModel(this.#parts.model);
  }

  /** Every context filter and every unsafe value of the schema, and the layers of the sandbox. */
  audit(): SchemaAudit {
    this.#refuseClosed();
    const { model, layers, warnings } = this.#parts;
    return { ...auditModel(model), sandbox: layers, warnings };
  }

  /** Frees what the schema holds. Any number of times. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#generator.clear();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #refuseClosed(): void {
    if (this.#closed) throw new Error('the schema is closed');
  }
}
