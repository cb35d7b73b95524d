import { canonicalJson, contextText, mergeReads, type ContextRead } from '../core/context-read.ts';
import { Schema } from '../pipeline/schema.ts';
import type { RequestContext } from './options.ts';

/** Compiles for a tenant and its context (canonical data), and tells what of it the files were told. */
export type CompileForTenant = (
  tenant: RequestContext,
  context: () => unknown,
  onReads: (reads: readonly ContextRead[]) => void,
) => Promise<Schema>;

/** A schema, or the error in its place, for every tenant whose context reads the same. */
export interface SharedSchema {
  readonly schema: Promise<Schema>;
  /** When it was used last, by {@link SharedSchemasOptions.tick}. */
  used: number;
  /** Not given to anybody any more. */
  readonly forget: () => void;
}

interface SharedSchemasOptions {
  readonly compile: CompileForTenant;
  /** Counts up with every use of any schema. */
  readonly tick: () => number;
  /** Hears of every schema that has been compiled. */
  readonly onCompiled: (shared: SharedSchema) => void;
}

/** One way to read a context that a compile took, and by what it read the schemas. */
interface Shape {
  readonly reads: readonly ContextRead[];
  readonly byTexts: Map<string, SharedSchema>;
}

interface Running {
  readonly tenant: TenantContext;
  /** Never rejects. */
  readonly ended: Promise<unknown>;
}

/** What files have been compiled into: a schema for each way in which what they read of contexts turned out. */
export class SharedSchemas {
  readonly #options: SharedSchemasOptions;
  /** By what was read, without the values. */
  readonly #shapes = new Map<string, Shape>();
  readonly #running = new Set<Running>();

  constructor(options: SharedSchemasOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#shapes.size === 0 && this.#running.size === 0;
  }

  /**
   * The schema of a tenant; waits for a compile that it may share before it begins one of its own.
   *
   * @param update Makes it in the place of a compile, as one with the same result.
   */
  async schemaFor(
    context: RequestContext,
    update: (() => Promise<Schema>) | null = null,
  ): Promise<Schema> {
    const tenant = new TenantContext(context);
    for (;;) {
      const known = this.#find(tenant);
      if (known) {
        known.used = this.#options.tick();
        return known.schema;
      }
      const running = [...this.#running].find((other) => this.#mayShare(other.tenant, tenant));
      if (!running) return this.#compile(tenant, update);
      await running.ended;
    }
  }

  #find(tenant: TenantContext): SharedSchema | undefined {
    for (const { reads, byTexts } of this.#shapes.values()) {
      const known = byTexts.get(tenant.textsOf(reads));
      if (known) return known;
    }
    return undefined;
  }

  /** Whether two contexts are equal, or as far as compiles have read them, or nobody knows how far. */
  #mayShare(one: TenantContext, other: TenantContext): boolean {
    if (this.#shapes.size === 0 || one.textsOf([everything]) === other.textsOf([everything]))
      return true;
    return [...this.#shapes.values()].some(
      ({ reads }) => one.textsOf(reads) === other.textsOf(reads),
    );
  }

  #compile(tenant: TenantContext, update: (() => Promise<Schema>) | null): Promise<Schema> {
    const told: ContextRead[] = [];
    const schema = update
      ? update()
      : this.#options.compile(
          tenant.request,
          () => tenant.data,
          (reads) => told.push(...reads),
        );
    const ended = schema.then(
      (compiled) => this.#keep(Schema.readsOf(compiled), schema),
      () => {
        // What an update that failed was told is not known.
        if (!update) this.#keep(mergeReads(told), schema);
      },
    );
    const running = { tenant, ended: ended.finally(() => this.#running.delete(running)) };
    this.#running.add(running);
    return schema;
  }

  #keep(reads: readonly ContextRead[], schema: Promise<Schema>): void {
    const key = JSON.stringify(reads.map(({ path, whole }) => [path, whole]));
    let shape = this.#shapes.get(key);
    if (!shape) this.#shapes.set(key, (shape = { reads, byTexts: new Map() }));
    const { byTexts } = shape;
    const texts = JSON.stringify(reads.map(({ text }) => text));
    const shared: SharedSchema = {
      schema,
      used: this.#options.tick(),
      forget: () => {
        if (byTexts.get(texts) === shared) byTexts.delete(texts);
        if (byTexts.size === 0 && this.#shapes.get(key)?.byTexts === byTexts)
          this.#shapes.delete(key);
      },
    };
    byTexts.set(texts, shared);
    this.#options.onCompiled(shared);
  }
}

const everything = { path: [], whole: true } as const;

/** A request's compile context; data only once something of it is read. */
class TenantContext {
  readonly request: RequestContext;
  #data: { readonly value: unknown } | undefined;

  constructor(context: RequestContext) {
    this.request = context;
  }

  get data(): unknown {
    this.#data ??= { value: JSON.parse(canonicalJson(compileContextOf(this.request)) ?? '{}') };
    return this.#data.value;
  }

  /** What this context has where others were read. */
  textsOf(reads: readonly Pick<ContextRead, 'path' | 'whole'>[]): string {
    return JSON.stringify(reads.map(({ path, whole }) => contextText(this.data, path, whole)));
  }
}

/** What schema files see as `COMPILE_CONTEXT`. */
export function compileContextOf({ requestId: _requestId, ...context }: RequestContext): object {
  return context;
}
