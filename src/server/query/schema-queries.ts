import { normalizeQuery, type NormalizedQuery } from '../../pipeline/normalize-query.ts';
import type { GeneratedSql, SecurityEntry } from '../../pipeline/generated-sql.ts';
import type { GenerateOptions, UserOptions } from '../../pipeline/options.ts';
import { Schema } from '../../pipeline/schema.ts';
import type { ModelMetadata } from '../../model/metadata.ts';
import { visibleQuery } from './visible-query.ts';
import { annotate, memberTitles, type Annotation, type MemberTitles } from './load-result.ts';

/** What a schema says of a query, whoever asks. */
export interface KnownQuery {
  readonly query: NormalizedQuery;
  readonly dataSource: string;
}

/** What some users see of a schema. */
interface Seen {
  readonly titles: MemberTitles;
  /** Cubes and views. */
  readonly owners: ReadonlySet<string>;
  readonly annotations: WeakMap<NormalizedQuery, Annotation>;
  readonly echoes: WeakMap<NormalizedQuery, NormalizedQuery>;
}

/** What one schema says of queries; remembers it of those that requests share. */
export class SchemaQueries {
  readonly #schema: Schema;
  readonly #known = new WeakMap<object, KnownQuery>();
  readonly #users = new WeakMap<ModelMetadata, Seen>();

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  /**
   * @param isFrozen The query is frozen all through: the same object is the same query.
   * @param user Who asks: errors name what this user may see.
   * @throws QueryError
   */
  describe(
    input: object,
    isFrozen: boolean,
    user: UserOptions & Pick<GenerateOptions, 'askedQuery'>,
  ): KnownQuery {
    const known = this.#known.get(input);
    if (known) return known;
    const dataSource = this.#schema.dataSource(input, user);
    const described = { query: normalizeQuery(input, Date.now()), dataSource };
    // What relative dates mean changes as time passes.
    if (isFrozen && !('timeDimensions' in input)) this.#known.set(input, described);
    return described;
  }

  /** What a client shows this user of a query's members: as in `meta`. */
  annotation(query: NormalizedQuery, user: UserOptions): Annotation {
    const seen = this.#seen(user);
    let annotation = seen.annotations.get(query);
    if (!annotation) {
      seen.annotations.set(query, (annotation = annotate(query, seen.titles)));
    }
    return annotation;
  }

  /**
   * A query as it is repeated to the one who asked: without what a hook has put into it that this user may not see. No query
   * of the user's own can name that.
   */
  echo(query: NormalizedQuery, user: UserOptions): NormalizedQuery {
    const seen = this.#seen(user);
    let echo = seen.echoes.get(query);
    if (!echo) seen.echoes.set(query, (echo = visibleQuery(query, seen.titles)));
    return echo;
  }

  /** Of the filters of a statement those that stand in what this user sees. All of them are for the operator. */
  security(statement: GeneratedSql, user: UserOptions): readonly SecurityEntry[] {
    const { titles, owners } = this.#seen(user);
    return statement.security.filter(({ member }) => owners.has(member) || titles.has(member));
  }

  /** Users who see the same share it. */
  #seen(user: UserOptions): Seen {
    const metadata = Schema.metaFor(this.#schema, user);
    let seen = this.#users.get(metadata);
    if (!seen) {
      const owners = new Set(metadata.cubes.map((cube) => cube.name));
      seen = {
        titles: memberTitles(metadata),
        owners,
        annotations: new WeakMap(),
        echoes: new WeakMap(),
      };
      this.#users.set(metadata, seen);
    }
    return seen;
  }
}
