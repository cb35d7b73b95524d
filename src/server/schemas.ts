import { createHash } from 'node:crypto';
import { compileSchema } from '../pipeline/compile-schema.ts';
import { CompileError } from '../pipeline/compile-error.ts';
import { readSource } from '../pipeline/read-source.ts';
import type { Schema } from '../pipeline/schema.ts';
import { defaultLimits } from '../sandbox/limits.ts';
import type { PublicDiagnostic } from '../core/render-diagnostic.ts';
import type { SourceFile } from '../core/source.ts';
import { withTimeout } from './hooks.ts';
import type { RequestContext } from './options.ts';
import type { ServerSettings } from './settings.ts';
import type { Tenants } from './tenants.ts';
import type { DialectName } from '../sql/dialects/dialect.ts';

/** Files as they were read, and what decides who shares what they compile into. */
interface Source {
  readonly files: readonly SourceFile[];
  readonly digest: string;
  readonly namesContext: boolean;
}

interface Entry {
  readonly schema: Promise<Schema>;
  used: number;
}

/** A schema that does not compile is not compiled again for every request. */
const failureMs = 1_000;

/**
 * Compiled schemas. Tenants share one unless its files name `COMPILE_CONTEXT`; files that do not are
 * compiled without it, so nothing of a tenant can be in what others get.
 */
export class Schemas {
  readonly #settings: ServerSettings;
  readonly #tenants: Tenants;
  /** By app and version: the files, which are read once for each. */
  readonly #sources = new Map<string, Promise<Source>>();
  /** By files and compile context. */
  readonly #compiled = new Map<string, Entry>();
  /** What the last `reload` has read. */
  #reloaded: Source | undefined;
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
    return withTimeout('dialect', limits.hookTimeoutMs, () => dialect(context));
  }

  async schemaFor(context: RequestContext): Promise<Schema> {
    return this.#compiledFrom(await this.#files(context), context);
  }

  /**
   * Reads the files of the schema anew, and serves them if they compile; what was served before is
   * served on if they do not. Files of a `repositoryFactory` are read at the next request.
   *
   * @returns what is worth a warning in them
   * @throws CompileError
   */
  async reload(): Promise<readonly PublicDiagnostic[]> {
    if (this.#settings.options.repositoryFactory) {
      this.#sources.clear();
      return [];
    }
    const source = await this.#readOwn();
    const schema = await this.#compiledFrom(source, nobody);
    this.#reloaded = source;
    this.#sources.clear();
    return schema.audit().warnings;
  }

  async #compiledFrom(source: Source, context: RequestContext): Promise<Schema> {
    const { files, digest, namesContext } = source;
    const compileContext = namesContext ? compileContextOf(context) : {};
    const dialect = (await this.dialectFor(context)) ?? this.#settings.database?.dialect;
    const key = `${dialect} ${digest}${namesContext ? digestOf(JSON.stringify(compileContext)) : ''}`;
    const known = this.#compiled.get(key);
    if (known) {
      known.used = ++this.#clock;
      return known.schema;
    }
    const schema = this.#compile(files, compileContext, dialect);
    this.#compiled.set(key, { schema, used: ++this.#clock });
    schema.catch(() => setTimeout(() => this.#compiled.delete(key), failureMs).unref());
    this.#evict();
    return schema;
  }

  async close(): Promise<void> {
    const schemas = [...this.#compiled.values()].map((entry) => entry.schema);
    this.#compiled.clear();
    await Promise.all(
      schemas.map((schema) => schema.then((item) => item.close()).catch(() => undefined)),
    );
  }

  async #files(context: RequestContext): Promise<Source> {
    const { options, limits } = this.#settings;
    const { schemaVersion } = options;
    const app = await this.#tenants.idOf(context);
    const version = schemaVersion
      ? await withTimeout('schemaVersion', limits.hookTimeoutMs, () => schemaVersion(context))
      : '';
    const key = schemaVersion ? JSON.stringify([app, version]) : app;
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
    if (!repositoryFactory) return this.#reloaded ?? this.#readOwn();
    const tells = ['contextToAppId', 'schemaVersion'] as const;
    const known = this.#tenants.contextFor('repositoryFactory', context, tells, {});
    const files = await withTimeout('repositoryFactory', limits.hookTimeoutMs, () =>
      repositoryFactory(known).dataSchemaFiles(),
    );
    return sourceOf(files.map(({ fileName, content }) => ({ path: fileName, content })));
  }

  async #readOwn(): Promise<Source> {
    const { files, diagnostics } = await readSource(this.#settings.schemaPath, defaultLimits);
    if (diagnostics.length > 0) {
      const messages = diagnostics.map((item) => item.message).join('\n');
      throw new CompileError(messages, []);
    }
    return sourceOf(files);
  }

  #compile(
    files: readonly SourceFile[],
    compileContext: object,
    dialect: DialectName | undefined,
  ): Promise<Schema> {
    const { options, missingContext, barrier, allowUngroupedWithoutPrimaryKey } = this.#settings;
    return compileSchema(
      { files },
      {
        ...(dialect && { dialect }),
        missingContext,
        barrier,
        allowUngroupedWithoutPrimaryKey,
        compileContext,
        ...(options.sandbox && { sandbox: options.sandbox }),
      },
    );
  }

  /** The one used longest ago goes; it is closed when the requests that hold it have ended. */
  #evict(): void {
    if (this.#compiled.size <= this.#settings.limits.schemas) return;
    const [key] = [...this.#compiled].sort(([, a], [, b]) => a.used - b.used)[0]!;
    this.#compiled.delete(key);
  }
}

function sourceOf(files: readonly SourceFile[]): Source {
  return {
    files,
    digest: digestOf(JSON.stringify(files)),
    namesContext: files.some((file) => file.content.includes('COMPILE_CONTEXT')),
  };
}

/** Who asks when nobody does. */
const nobody: RequestContext = { requestId: '', authInfo: null, securityContext: {} };

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

function compileContextOf({ requestId: _requestId, ...context }: RequestContext): object {
  return context;
}
