import type { ModelMetadata } from '../../model/metadata.ts';
import type { GeneratedSql, SecurityEntry } from '../../pipeline/generated-sql.ts';
import type { NormalizedQuery } from '../../pipeline/normalize-query.ts';
import type { Schema } from '../../pipeline/schema.ts';
import type { DialectName } from '../../sql/dialects/dialect.ts';
import { Groups } from '../groups.ts';
import type { RequestContext } from '../options.ts';
import type { Schemas } from '../schemas.ts';
import { compileContextOf } from '../shared-schemas.ts';
import type { ServerSettings } from '../settings.ts';
import type { DataSources } from './data-sources.ts';
import { toData, type Annotation, type DataRow } from './load-result.ts';
import type { ResultStore } from './result-store.ts';
import { rewriteQuery } from './rewrite.ts';
import { continueWait } from './run.ts';
import { SchemaQueries } from './schema-queries.ts';

/** A query on its way: what is asked, of which database, by the one statement that previews and executes it. */
export interface PreparedQuery {
  /** As it is run: for the log. */
  readonly query: NormalizedQuery;
  /** As it is repeated to the user. */
  readonly echo: () => NormalizedQuery;
  /** The filters of the statement, as this user may know them. */
  readonly security: () => readonly SecurityEntry[];
  readonly statement: GeneratedSql;
  readonly dataSource: string;
  readonly store: ResultStore;
  readonly renew: boolean;
  /** What a client shows instead of the names of members. */
  readonly annotation: () => Annotation;
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
  readonly #groups: Groups;
  readonly #queries = new WeakMap<Schema, SchemaQueries>();

  constructor(settings: ServerSettings, schemas: Schemas, dataSources: DataSources) {
    this.#settings = settings;
    this.#schemas = schemas;
    this.#dataSources = dataSources;
    this.#groups = new Groups(settings);
  }

  /** What this user may ask for. */
  async metadata(context: RequestContext): Promise<ModelMetadata> {
    const schema = await this.#schemas.schemaFor(context);
    const groups = await this.#groups.optionFor(context);
    return schema.meta({ securityContext: context.securityContext, ...groups });
  }

  /** @param input Frozen all through; hooks are given copies. */
  async prepare(input: object, context: RequestContext): Promise<PreparedQuery> {
    const { query: rewritten, askedQuery } = await rewriteQuery(input, context, this.#settings);
    const schema = await this.#schemas.schemaFor(context);
    const queries = this.#queriesOf(schema);
    const user = {
      securityContext: context.securityContext,
      ...(await this.#groups.optionFor(context)),
    };
    const { query, dataSource } = queries.describe(rewritten, rewritten === input, {
      ...user,
      askedQuery,
    });
    const store = await this.#dataSources.storeFor(context, dataSource);
    const statement = await schema.generateSql(rewritten, {
      ...user,
      askedQuery,
      compileContext: compileContextOf(context),
      dialect: await this.#dialect(context, store),
    });
    const renew = (rewritten as { renewQuery?: unknown }).renewQuery === true;
    const annotation = (): Annotation => queries.annotation(query, user);
    const echo = (): NormalizedQuery => queries.echo(query, user);
    const security = (): readonly SecurityEntry[] => queries.security(statement, user);
    return { query, echo, security, statement, dataSource, store, renew, annotation };
  }

  /**
   * The rows; {@link continueWait} when they take too long, and the next equal request waits on.
   *
   * @param signal Gives what aborts when the caller has gone.
   */
  async rows(
    { statement, store, renew }: PreparedQuery,
    signal: () => AbortSignal,
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

  /** Whether the schema of all tenants compiles, and the database of the environment answers; those of tenants are opened when they are needed. */
  async isReady(): Promise<boolean> {
    const asking = { renew: true, signal: () => AbortSignal.timeout(10_000) };
    try {
      await this.#schemas.check();
      const store = await this.#dataSources.environmentStore();
      return (await store?.query('SELECT 1', [], asking)) !== continueWait;
    } catch {
      return false;
    }
  }

  #queriesOf(schema: Schema): SchemaQueries {
    let queries = this.#queries.get(schema);
    if (!queries) this.#queries.set(schema, (queries = new SchemaQueries(schema)));
    return queries;
  }

  /** The option's, or that of the driver. */
  async #dialect(context: RequestContext, { driver }: ResultStore): Promise<DialectName> {
    return (await this.#schemas.dialectFor(context)) ?? driver.dialect;
  }
}
