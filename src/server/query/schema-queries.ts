import { normalizeQuery, type NormalizedQuery } from '../../pipeline/normalize-query.ts';
import type { Schema } from '../../pipeline/schema.ts';
import { annotate, memberTitles, type Annotation, type MemberTitles } from './load-result.ts';

/** What a schema says of a query, whoever asks. */
export interface KnownQuery {
  readonly query: NormalizedQuery;
  readonly dataSource: string;
}

/** What one schema says of queries; remembers it of those that requests share. */
export class SchemaQueries {
  readonly #schema: Schema;
  readonly #known = new WeakMap<object, KnownQuery>();
  readonly #annotations = new WeakMap<NormalizedQuery, Annotation>();
  #titles: MemberTitles | undefined;

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  /**
   * @param isFrozen The query is frozen all through: the same object is the same query.
   * @throws QueryError
   */
  describe(input: object, isFrozen: boolean): KnownQuery {
    const known = this.#known.get(input);
    if (known) return known;
    const dataSource = this.#schema.dataSource(input);
    const described = { query: normalizeQuery(input, Date.now()), dataSource };
    // What relative dates mean changes as time passes.
    if (isFrozen && !('timeDimensions' in input)) this.#known.set(input, described);
    return described;
  }

  annotation(query: NormalizedQuery): Annotation {
    let annotation = this.#annotations.get(query);
    if (!annotation) {
      this.#titles ??= memberTitles(this.#schema.meta());
      this.#annotations.set(query, (annotation = annotate(query, this.#titles)));
    }
    return annotation;
  }
}
