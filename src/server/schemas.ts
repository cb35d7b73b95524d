import { createHash } from 'node:crypto';
import { compileRecording } from '../pipeline/compile-schema.ts';
import { CompileError } from '../pipeline/compile-error.ts';
import { isDialect } from '../pipeline/options.ts';
import { readSource } from '../pipeline/read-source.ts';
import type { ChangedFile, Schema } from '../pipeline/schema.ts';
import { defaultLimits } from '../sandbox/limits.ts';
import type { PublicDiagnostic } from '../core/render-diagnostic.ts';
import type { SourceFile } from '../core/source.ts';
import { refuseAnswer, withTimeout } from './hooks.ts';
import type { Repository, RequestContext } from './options.ts';
import type { ServerSettings } from './settings.ts';
import { SharedSchemas, type CompileForTenant, type SharedSchema } from './shared-schemas.ts';
import type { Tenants } from './tenants.ts';
import type { DialectName } from '../sql/dialects/dialect.ts';

/** Files as they were read. Equal files are one object, whoever has them. */
interface Source {
  readonly files: readonly SourceFile[];
  readonly digest: string;
}

/** What `reload` has compiled last. */
interface Reloaded {
  readonly source: Source;
  readonly dialect: DialectName | undefined;
  readonly schema: Schema;
}

/** A schema that does not compile is not compiled again for every request. */
const failureMs = 1_000;

/**
 * Compiled schemas. Tenants with the same files share one as long as their contexts are equal where the
 * files have read them: see {@link SharedSchemas}.
 */
export class Schemas {
  readonly #settings: ServerSettings;
  readonly #tenants: Tenants;
  /** By app and version: the files, which are read once for each. */
  readonly #sources = new Map<string, Promise<Source>>();
  /** By digest: the sources that somebody still has. */
  readonly #distinct = new Map<string, WeakRef<Source>>();
  /** By dialect and files. */
  readonly #shared = new Map<string, SharedSchemas>();
  readonly #compiled = new Set<SharedSchema>();
  #reloaded: Reloaded | undefined;
  #reloading: Promise<unknown> = Promise.resolve();
  #clock = 0;

  constructor(settings: ServerSettings, tenants: Tenants) {
    this.#settings = settings;
    this.#tenants = tenants;
  }

  /** What the option says of a request's dialect; undefined: whatever the driver speaks. */
  async dialectFor(context: RequestContext): Promise<DialectName | undefined> {
    const { options, limits } = this.#settings;
    const { dialect } = options;
    if (typeof dialect !== 'function') return dialect;
    const answer = await withTimeout('dialect', limits.hookTimeoutMs, () => dialect(context));
    return isDialect(answer) ? answer : refuseAnswer('dialect', 'the name of a dialect', answer);
  }

  async schemaFor(context: RequestContext): Promise<Schema> {
    const source = await this.#files(context);
    return this.#sharedFrom(source, await this.#schemaDialect(context)).schemaFor(context);
  }

  /**
   * Compiles what every tenant is served, unless it has been. What hooks say for a tenant is compiled when
   * that tenant asks.
   *
   * @throws CompileError
   */
  async check(): Promise<Schema | null> {
    const { repositoryFactory, contextToAppId, schemaVersion } = this.#settings.options;
    if (repositoryFactory || contextToAppId || schemaVersion) return null;
    try {
      return await this.schemaFor(nobody);
    } catch (error) {
      // The files may be mended meanwhile.
      this.#sources.clear();
      throw error;
    }
  }

  /**
   * Reads the files of the schema anew, and serves them if they compile; what was served before is
   * served on if they do not. Files of a `repositoryFactory` are read at the next request. One reload
   * begins when the one before has ended.
   *
   * @returns what is worth a warning in them
   * @throws CompileError
   */
  reload(): Promise<readonly PublicDiagnostic[]> {
    const reloading = this.#reloading.then(() => this.#reload());
    this.#reloading = reloading.catch(() => undefined);
    return reloading;
  }

  async #reload(): Promise<readonly PublicDiagnostic[]> {
    if (this.#settings.options.repositoryFactory) {
      this.#sources.clear();
      return [];
    }
    const source = await this.#readOwn();
    const dialect = await this.#schemaDialect(nobody);
    const before = this.#reloaded;
    const update =
      before && before.dialect === dialect
        ? () => before.schema.update(changesBetween(before.source.files, source.files))
        : null;
    const schema = await this.#sharedFrom(source, dialect).schemaFor(nobody, update);
    this.#reloaded = { source, dialect, schema };
    this.#sources.clear();
    return schema.audit().warnings;
  }

  async close(): Promise<void> {
    const schemas = [...this.#compiled].map((shared) => shared.schema);
    this.#compiled.clear();
    this.#shared.clear();
    await Promise.all(
      schemas.map((schema) => schema.then((item) => item.close()).catch(() => undefined)),
    );
  }

  async #schemaDialect(context: RequestContext): Promise<DialectName | undefined> {
    return (await this.dialectFor(context)) ?? this.#settings.database?.dialect;
  }

  #sharedFrom(source: Source, dialect: DialectName | undefined): SharedSchemas {
    const key = `${dialect} ${source.digest}`;
    let shared = this.#shared.get(key);
    if (!shared) {
      shared = new SharedSchemas({
        compile: (tenant, context, onReads) =>
          this.#compile(source, dialect, tenant, context, onReads),
        tick: () => ++this.#clock,
        onCompiled: (compiled) => this.#keep(key, compiled),
      });
      this.#shared.set(key, shared);
    }
    return shared;
  }

  async #files(context: RequestContext): Promise<Source> {
    const { options, limits } = this.#settings;
    const { schemaVersion, repositoryFactory } = options;
    const app = await this.#tenants.idOf(context);
    const version = schemaVersion
      ? await withTimeout('schemaVersion', limits.hookTimeoutMs, () => schemaVersion(context))
      : '';
    // Without a repository all tenants have the files of one directory.
    const key = JSON.stringify([repositoryFactory ? app : '', version]);
    let files = this.#sources.get(key);
    if (!files) {
      files = this.#read(context);
      this.#sources.set(key, files);
      files.catch(() => this.#sources.delete(key));
      for (const oldest of this.#sources.keys()) {
        if (this.#sources.size <= limits.schemas) break;
        this.#sources.delete(oldest);
      }
    }
    return files;
  }

  async #read(context: RequestContext): Promise<Source> {
    const { options, limits } = this.#settings;
    const { repositoryFactory } = options;
    if (!repositoryFactory) return this.#reloaded?.source ?? this.#readOwn();
    const tells = ['contextToAppId', 'schemaVersion'] as const;
    const known = this.#tenants.contextFor('repositoryFactory', context, tells, {});
    const files = await withTimeout<unknown>('repositoryFactory', limits.hookTimeoutMs, () => {
      const repository: unknown = repositoryFactory(known);
      if (typeof (repository as Repository | null)?.dataSchemaFiles !== 'function')
        refuseAnswer('repositoryFactory', 'an object with dataSchemaFiles', repository);
      return (repository as Repository).dataSchemaFiles();
    });
    if (!isFileList(files)) {
      const wanted = 'a repository whose dataSchemaFiles gives a list of { fileName, content }';
      return refuseAnswer('repositoryFactory', wanted, files);
    }
    return this.#distinctSource(
      files.map(({ fileName, content }) => ({ path: fileName, content })),
    );
  }

  async #readOwn(): Promise<Source> {
    const { files, diagnostics } = await readSource(this.#settings.schemaPath, {
      ...defaultLimits,
      ...this.#settings.sandbox,
    });
    if (diagnostics.length > 0) {
      const messages = diagnostics.map((item) => item.message).join('\n');
      throw new CompileError(messages, []);
    }
    return this.#distinctSource(files);
  }

  #distinctSource(files: readonly SourceFile[]): Source {
    const digest = createHash('sha256').update(JSON.stringify(files)).digest('base64');
    const known = this.#distinct.get(digest)?.deref();
    if (known) return known;
    for (const [old, source] of this.#distinct) if (!source.deref()) this.#distinct.delete(old);
    const source = { files, digest };
    this.#distinct.set(digest, new WeakRef(source));
    return source;
  }

  async #compile(
    { files }: Source,
    dialect: DialectName | undefined,
    tenant: RequestContext,
    context: () => unknown,
    onReads: Parameters<CompileForTenant>[2],
  ): Promise<Schema> {
    const { sandbox, missingContext, barrier, allowUngroupedWithoutPrimaryKey } = this.#settings;
    const { include, modules, group = await this.#tenants.idOf(tenant) } = sandbox;
    // Files that name it nowhere cannot read it, and it need not be JSON data for them.
    const isNamed =
      files.some(({ content }) => /COMPILE_CONTEXT|globalThis/.test(content)) ||
      include !== undefined ||
      modules !== undefined;
    return compileRecording(
      { files },
      {
        ...(dialect && { dialect }),
        missingContext,
        barrier,
        allowUngroupedWithoutPrimaryKey,
        compileContext: isNamed ? context() : {},
        sandbox: { ...sandbox, group },
      },
      onReads,
    );
  }

  /** Of too many the one used longest ago goes; it ends when the requests that hold it have ended. */
  #keep(key: string, compiled: SharedSchema): void {
    const forget = (shared: SharedSchema): void => {
      shared.forget();
      this.#compiled.delete(shared);
      if (this.#shared.get(key)?.isEmpty) this.#shared.delete(key);
    };
    this.#compiled.add(compiled);
    compiled.schema.catch(() => setTimeout(() => forget(compiled), failureMs).unref());
    if (this.#compiled.size <= this.#settings.limits.schemas) return;
    forget([...this.#compiled].sort((a, b) => a.used - b.used)[0]!);
  }
}

type FileList = Awaited<ReturnType<Repository['dataSchemaFiles']>>;

function isFileList(files: unknown): files is FileList {
  const isFile = (item: Partial<FileList[number]> | null): boolean =>
    typeof item?.fileName === 'string' && typeof item.content === 'string';
  return Array.isArray(files) && Array.from(files as (FileList[number] | null)[]).every(isFile);
}

function changesBetween(
  before: readonly SourceFile[],
  after: readonly SourceFile[],
): ChangedFile[] {
  const old = new Map(before.map(({ path, content }) => [path, content]));
  const paths = new Set(after.map(({ path }) => path));
  const removed = before.flatMap(({ path }) => (paths.has(path) ? [] : [{ path, content: null }]));
  return [...after.filter(({ path, content }) => old.get(path) !== content), ...removed];
}

/** Who asks when nobody does. */
const nobody: RequestContext = { requestId: '', authInfo: null, securityContext: {} };
