import type { QueryResult, Value } from '../../drivers/driver.ts';
import type { StatementColumn } from '../../lower/lower-plan.ts';
import type { ModelMetadata } from '../../model/metadata.ts';
import type { NormalizedQuery } from '../../pipeline/normalize-query.ts';

export type DataRow = Record<string, string | boolean | null>;

/**
 * Rows as the REST API has them: objects by member; numbers as texts, so that none is rounded; times
 * without a zone. A time with a granularity stands under its plain name too, when that is not selected.
 */
export function toData(
  result: QueryResult,
  columns: readonly StatementColumn[],
  extra: Readonly<Record<string, string>> = {},
): DataRow[] {
  const plain = new Set(
    columns.filter((item) => item.granularity === null).map((item) => item.member as string),
  );
  return result.rows.map((row) => {
    const data: DataRow = { ...extra };
    columns.forEach((column, index) => {
      const value = toText(row[index] ?? null, column.type);
      if (column.granularity === null) data[column.member] = value;
      else {
        data[`${column.member}.${column.granularity}`] = value;
        if (!plain.has(column.member)) data[column.member] = value;
      }
    });
    return data;
  });
}

function toText(value: Value, type: string): string | boolean | null {
  if (value === null) return null;
  if (type === 'boolean') return value === true || value === 1 || value === 1n || value === 't';
  return typeof value === 'boolean' ? value : String(value);
}

export interface AnnotatedMember {
  readonly title: string;
  readonly shortTitle: string;
  readonly type?: string;
  /** Those that a time dimension declares itself. */
  readonly granularities?: Described['granularities'];
}

type Described = ModelMetadata['cubes'][number]['dimensions'][number];

type Annotated = Readonly<Record<string, AnnotatedMember | undefined>>;

export interface Annotation {
  readonly measures: Annotated;
  readonly dimensions: Annotated;
  readonly segments: Annotated;
  readonly timeDimensions: Annotated;
}

/** What a client shows instead of the name of each member of a model. */
export type MemberTitles = ReadonlyMap<string, AnnotatedMember>;

export function memberTitles(metadata: ModelMetadata): MemberTitles {
  const members = new Map<string, AnnotatedMember>();
  for (const cube of metadata.cubes) {
    for (const member of [...cube.measures, ...cube.dimensions, ...cube.segments]) {
      const { name, isVisible: _visible, public: _public, ...shown } = member;
      members.set(name, shown);
    }
  }
  return members;
}

/** What a client shows instead of names, for each member of a query. */
export function annotate(query: NormalizedQuery, members: MemberTitles): Annotation {
  const pick = (names: readonly string[]) =>
    Object.fromEntries(
      names.flatMap((name) => (members.has(name) ? [[name, members.get(name)]] : [])),
    );
  const times = query.timeDimensions.flatMap(({ dimension, granularity }) => {
    const found = members.get(dimension);
    if (!found || granularity === undefined) return [];
    const own = found.granularities?.find(({ name }) => name === granularity);
    const unit = { name: granularity, title: granularity, interval: `1 ${granularity}` };
    const timed = { ...found, granularity: own ?? unit };
    return [
      [`${dimension}.${granularity}`, timed],
      [dimension, found],
    ] as const;
  });
  return {
    measures: pick(query.measures),
    dimensions: pick(query.dimensions),
    segments: pick(query.segments),
    timeDimensions: Object.fromEntries(times),
  };
}
