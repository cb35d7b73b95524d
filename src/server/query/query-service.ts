import type { Logger } from 'pino';
import { BoundedCache } from '../../pipeline/bounded-cache.ts';
import type { GeneratedSql } from '../../pipeline/generated-sql.ts';
import { normalizeQuery, type NormalizedQuery } from '../../pipeline/normalize-query.ts';
import type { Schema } from '../../pipeline/schema.ts';
import type { ModelMetadata } from '../../model/metadata.ts';
import { withTimeout } from '../hooks.ts';
import { RequestError } from '../errors.ts';
import type { RequestContext } from '../options.ts';
import type { Schemas } from '../schemas.ts';
import type { ServerSettings } from '../settings.ts';
import { annotate, toData, type Annotation, type DataRow } from './load-result.ts';
import { ResultStore } from './result-store.ts';

/** A query on its way: who asks, what, and the one statement that previews and executes it. */
export interface PreparedQuery {
  readonly query: NormalizedQuery;
  readonly statement: GeneratedSql;
  readonly renew: boolean;
}

/** Told to a client whose answer takes longer than it should hold a connection. */
export const continueWait = Symbol('continue wait');

/** Every route that reaches SQL or a database comes through here. */
export class QueryService {
  readonly #settings: ServerSettings;
  readonly #schemas: Schemas;
  readonly #log: Logger;
  readonly #stores = new Map<string, Promise<ResultStore>>();
  readonly #normalized = new BoundedCache<NormalizedQuery>(8_000_000);
  readonly #metadata = new WeakMap<Schema, ModelMetadata>();

  constructor(settings: ServerSettings, schemas: Schemas, log: Logger) {
    this.#settings = settings;
    this.#schemas = schemas;
    this.#log = log;
  }

  schema(context: RequestContext): Promise<Schema> {
    return this.#schemas.schemaFor(context);
  }

  async prepare(input: object, context: RequestContext): Promise<PreparedQuery> {
    const rewritten = await this.#rewrite(input, context);
    const schema = await this.schema(context);
    const { driver } = await this.#store(context);
    const statement = await schema.generateSql(rewritten, {
      securityContext: context.securityContext,
      dialect: driver.dialect,
    });
    const query = this.#normalize(rewritten);
    this.#audit(context, query, statement);
    return { query, statement, renew: (rewritten as { renewQuery?: unknown }).renewQuery === true };
  }

  /** The rows; {@link continueWait} when they take too long, and the next equal request waits on. */
  async rows(
    { statement, renew }: PreparedQuery,
    context: RequestContext,
    extra?: Readonly<Record<string, string>>,
  ): Promise<DataRow[] | typeof continueWait> {
    const store = await this.#store(context);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<typeof continueWait>((resolve) => {
      timer = setTimeout(() => resolve(continueWait), this.#settings.limits.continueWaitMs);
    });
    const work = store.query(statement.sql, statement.params, renew);
    // Nobody may be left to hear of a failure.
    work.catch(() => undefined);
    const result = await Promise.race([work, late]).finally(() => clearTimeout(timer));
    return result === continueWait ? result : toData(result, statement.columns, extra);
  }

  async annotation(query: NormalizedQuery, context: RequestContext): Promise<Annotation> {
    const schema = await this.schema(context);
    let metadata = this.#metadata.get(schema);
    if (!metadata) this.#metadata.set(schema, (metadata = schema.meta()));
    return annotate(query, metadata);
  }

  /** Whether the database answers. */
  async ready(): Promise<void> {
    if (this.#settings.options.driverFactory) return;
    const store = await this.#open('', () => this.#settings.database!.open());
    await store.query('SELECT 1', [], true);
  }

  async close(): Promise<void> {
    const stores = await Promise.allSettled(this.#stores.values());
    await Promise.allSettled(
      stores.map((item) => (item.status === 'fulfilled' ? item.value.close() : undefined)),
    );
  }

  /** What a query without dates means does not change as time passes. */
  #normalize(query: object): NormalizedQuery {
    if ('timeDimensions' in query) return normalizeQuery(query, Date.now());
    const text = JSON.stringify(query);
    let known = this.#normalized.get(text);
    if (!known) {
      known = normalizeQuery(query, Date.now());
      this.#normalized.set(text, known, text.length * 4 + 1_000);
    }
    return known;
  }

  async #rewrite(input: object, context: RequestContext): Promise<object> {
    const { options, limits } = this.#settings;
    const hook = options.queryRewrite ?? options.queryTransformer;
    if (!hook) return input;
    const query = await withTimeout('queryRewrite', limits.hookTimeoutMs, () =>
      hook(structuredClone(input), context),
    );
    if (typeof query === 'object' && query !== null) return query;
    throw new RequestError(500, 'the hook queryRewrite must return a query');
  }

  /** A tenant's data source is that of its app; without a factory there is one for all. */
  async #store(context: RequestContext): Promise<ResultStore> {
    const { driverFactory, contextToAppId } = this.#settings.options;
    if (!driverFactory) return this.#open('', () => this.#settings.database!.open());
    const app = contextToAppId ? await contextToAppId(context) : '';
    return this.#open(app, () => driverFactory(context));
  }

  #open(
    app: string,
    make: () => ReturnType<NonNullable<ServerSettings['options']['driverFactory']>>,
  ) {
    let store = this.#stores.get(app);
    if (!store) {
      const { limits } = this.#settings;
      store = withTimeout('driverFactory', limits.hookTimeoutMs, make).then(
        (driver) => new ResultStore(driver, limits),
      );
      this.#stores.set(app, store);
      store.catch(() => this.#stores.delete(app));
    }
    return store;
  }

  /** Who asked what under which filters; no value of anyone. */
  #audit(context: RequestContext, query: NormalizedQuery, statement: GeneratedSql): void {
    this.#log.info(
      {
        requestId: context.requestId,
        members: [
          ...query.measures,
          ...query.dimensions,
          ...query.timeDimensions.map((item) => item.dimension),
        ],
        filters: statement.security.map(({ member, claim, applied, status }) => ({
          member,
          claim,
          applied,
          status,
        })),
        sqlHash: statement.hash,
      },
      'query',
    );
  }
}
