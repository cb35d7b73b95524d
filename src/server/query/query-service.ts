import { BoundedCache } from '../../pipeline/bounded-cache.ts';
import type { GeneratedSql } from '../../pipeline/generated-sql.ts';
import { normalizeQuery, type NormalizedQuery } from '../../pipeline/normalize-query.ts';
import type { Schema } from '../../pipeline/schema.ts';
import type { DialectName } from '../../sql/dialects/dialect.ts';
import { withTimeout } from '../hooks.ts';
import { RequestError } from '../errors.ts';
import type { RequestContext } from '../options.ts';
import type { Schemas } from '../schemas.ts';
import type { ServerSettings } from '../settings.ts';
import type { DataSources } from './data-sources.ts';
import {
  annotate,
  memberTitles,
  toData,
  type Annotation,
  type DataRow,
  type MemberTitles,
} from './load-result.ts';
import type { ResultStore } from './result-store.ts';
import { continueWait } from './run.ts';

/** A query on its way: what is asked, of which database, by the one statement that previews and executes it. */
export interface PreparedQuery {
  readonly query: NormalizedQuery;
  readonly statement: GeneratedSql;
  readonly dataSource: string;
  readonly store: ResultStore;
  readonly renew: boolean;
}

export interface LoadedRows {
  readonly data: readonly DataRow[];
  /** When the database gave them, in milliseconds since 1970. */
  readonly refreshed: number;
  /** How many rows there are without offset and limit; null where the query does not ask. */
  readonly total: number | null;
}

/** Every route that reaches SQL or a database comes through here. */
export class QueryService {
  readonly #settings: ServerSettings;
  readonly #schemas: Schemas;
  readonly #dataSources: DataSources;
  readonly #normalized = new BoundedCache<NormalizedQuery>(8_000_000);
  readonly #titles = new WeakMap<Schema, MemberTitles>();

  constructor(settings: ServerSettings, schemas: Schemas, dataSources: DataSources) {
    this.#settings = settings;
    this.#schemas = schemas;
    this.#dataSources = dataSources;
  }

  schema(context: RequestContext): Promise<Schema> {
    return this.#schemas.schemaFor(context);
  }

  async prepare(input: object, context: RequestContext): Promise<PreparedQuery> {
    const rewritten = await this.#rewrite(input, context);
    const schema = await this.schema(context);
    const dataSource = schema.dataSource(rewritten);
    const store = await this.#dataSources.storeFor(context, dataSource);
    const statement = await schema.generateSql(rewritten, {
      securityContext: context.securityContext,
      dialect: await this.#dialect(context, store),
    });
    const renew = (rewritten as { renewQuery?: unknown }).renewQuery === true;
    return { query: this.#normalize(rewritten), statement, dataSource, store, renew };
  }

  /**
   * The rows; {@link continueWait} when they take too long, and the next equal request waits on.
   *
   * @param signal Aborts when the caller has gone.
   */
  async rows(
    { statement, store, renew }: PreparedQuery,
    signal: AbortSignal,
    extra?: Readonly<Record<string, string>>,
  ): Promise<LoadedRows | typeof continueWait> {
    const asking = { renew, signal };
    const { total } = statement;
    const [stored, counted] = await Promise.all([
      store.query(statement.sql, statement.params, asking),
      total && store.query(total.sql, total.params, asking),
    ]);
    if (stored === continueWait || counted === continueWait) return continueWait;
    const { result, refreshed } = stored;
    return {
      data: toData(result, statement.columns, extra),
      refreshed,
      total: counted && Number(counted.result.rows[0]![0]),
    };
  }

  async annotation(query: NormalizedQuery, context: RequestContext): Promise<Annotation> {
    const schema = await this.schema(context);
    let titles = this.#titles.get(schema);
    if (!titles) this.#titles.set(schema, (titles = memberTitles(schema.meta())));
    return annotate(query, titles);
  }

  /** Whether the database of the environment answers; those of tenants are opened when they are needed. */
  async isReady(): Promise<boolean> {
    const asking = { renew: true, signal: AbortSignal.timeout(10_000) };
    try {
      const store = await this.#dataSources.environmentStore();
      return (await store?.query('SELECT 1', [], asking)) !== continueWait;
    } catch {
      return false;
    }
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

  /** The option's, or that of the driver. */
  async #dialect(context: RequestContext, { driver }: ResultStore): Promise<DialectName> {
    return (await this.#schemas.dialectFor(context)) ?? driver.dialect;
  }
}
