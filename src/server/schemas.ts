import { createHash } from 'node:crypto';
import { compileSchema } from '../pipeline/compile-schema.ts';
import { CompileError } from '../pipeline/compile-error.ts';
import { readSource } from '../pipeline/read-source.ts';
import type { Schema } from '../pipeline/schema.ts';
import { defaultLimits } from '../sandbox/limits.ts';
import type { SourceFile } from '../core/source.ts';
import { withTimeout } from './hooks.ts';
import type { RequestContext } from './options.ts';
import type { ServerSettings } from './settings.ts';

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

/**
 * Compiled schemas. Tenants share one unless its files name `COMPILE_CONTEXT`; files that do not are
 * compiled without it, so nothing of a tenant can be in what others get.
 */
export class Schemas {
  readonly #settings: ServerSettings;
  /** By app and version: the files, which are read once for each. */
  readonly #sources = new Map<string, Promise<Source>>();
  /** By files and compile context. */
  readonly #compiled = new Map<string, Entry>();
  #clock = 0;

  constructor(settings: ServerSettings) {
    this.#settings = settings;
  }

  async schemaFor(context: RequestContext): Promise<Schema> {
    const { files, digest, namesContext } = await this.#files(context);
    const compileContext = namesContext ? compileContextOf(context) : {};
    const key = namesContext ? digest + digestOf(JSON.stringify(compileContext)) : digest;
    const known = this.#compiled.get(key);
    if (known) {
      known.used = ++this.#clock;
      return known.schema;
    }
    const schema = this.#compile(files, compileContext);
    this.#compiled.set(key, { schema, used: ++this.#clock });
    // A failure is forgotten, so that mended files are compiled again.
    schema.catch(() => this.#compiled.delete(key));
    this.#evict();
    return schema;
  }

  /** Reads files anew from now on; what is compiled stays for files that have not changed. */
  forgetFiles(): void {
    this.#sources.clear();
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
    const { contextToAppId, schemaVersion } = options;
    const app = contextToAppId
      ? await withTimeout('contextToAppId', limits.hookTimeoutMs, () => contextToAppId(context))
      : '';
    const version = schemaVersion
      ? await withTimeout('schemaVersion', limits.hookTimeoutMs, () => schemaVersion(context))
      : '';
    const key = JSON.stringify([app, version]);
    let files = this.#sources.get(key);
    if (!files) {
      files = this.#read(context).then((read) => ({
        files: read,
        digest: digestOf(JSON.stringify(read)),
        namesContext: read.some((file) => file.content.includes('COMPILE_CONTEXT')),
      }));
      this.#sources.set(key, files);
      files.catch(() => this.#sources.delete(key));
      for (const oldest of this.#sources.keys()) {
        if (this.#sources.size <= limits.schemas) break;
        this.#sources.delete(oldest);
      }
    }
    return files;
  }

  async #read(context: RequestContext): Promise<readonly SourceFile[]> {
    const { repositoryFactory } = this.#settings.options;
    if (repositoryFactory) {
      const files = await withTimeout(
        'repositoryFactory',
        this.#settings.limits.hookTimeoutMs,
        () => repositoryFactory(context).dataSchemaFiles(),
      );
      return files.map(({ fileName, content }) => ({ path: fileName, content }));
    }
    const { files, diagnostics } = await readSource(this.#settings.schemaPath, defaultLimits);
    if (diagnostics.length > 0) {
      const messages = diagnostics.map((item) => item.message).join('\n');
      throw new CompileError(messages, []);
    }
    return files;
  }

  #compile(files: readonly SourceFile[], compileContext: object): Promise<Schema> {
    const { options, database, missingContext, barrier } = this.#settings;
    const dialect = options.dialect ?? database?.dialect;
    return compileSchema(
      { files },
      {
        ...(dialect && { dialect }),
        missingContext,
        barrier,
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

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

function compileContextOf({ requestId: _requestId, ...context }: RequestContext): object {
  return context;
}
