import { isIdentifier, memberPath } from '../core/names.ts';
import { didYouMean } from '../core/suggest.ts';
import type { DeclaredValue } from '../syntax/declaration.ts';
import type { DeclaredCube } from './declared-cube.ts';
import { describeValue } from './describe-value.ts';
import { reportModel } from './diagnostics.ts';
import type { LinkContext } from './link-fragment.ts';
import type { Fragment, Member } from './model.ts';
import type { PreAggregation, PreAggregationIndex } from './pre-aggregation.ts';
import {
  indexTypes,
  partitionGranularities,
  preAggregationTypes,
  streamOffsets,
} from './properties.data.ts';
import { PropertyReader } from './property-reader.ts';
import { linkSql } from './read-member.ts';
import { readMemberName, readMembers, namedPath } from './read-references.ts';
import { readRefreshKey } from './read-refresh-key.ts';

/** The pre-aggregations of a cube, by name. */
export function readPreAggregations(
  reader: PropertyReader,
  cube: DeclaredCube,
  context: LinkContext,
): Map<string, PreAggregation> {
  const found = new Map<string, PreAggregation>();
  for (const { name, value, span } of reader.named('pre_aggregations')) {
    if (!isIdentifier(name)) {
      const parameters = { what: 'pre-aggregation', name: name.slice(0, 100) };
      reader.report(reportModel('model/bad-name', parameters, { span: span() }));
    } else if (value.kind !== 'object') reader.bad('pre_aggregations', 'an object', value);
    else {
      const body = new PropertyReader(value, 'preAggregation', context);
      found.set(name, new PreAggregationReader(body, { cube, name }, context).read());
    }
  }
  return found;
}

interface Site {
  readonly cube: DeclaredCube;
  readonly name: string;
}

class PreAggregationReader {
  readonly #reader: PropertyReader;
  readonly #site: Site;
  readonly #context: LinkContext;

  constructor(reader: PropertyReader, site: Site, context: LinkContext) {
    this.#reader = reader;
    this.#site = site;
    this.#context = context;
  }

  read(): PreAggregation {
    const reader = this.#reader;
    const { cube, name } = this.#site;
    const type = reader.word('type', preAggregationTypes) ?? 'rollup';
    const needsRollups = type === 'rollupJoin' || type === 'rollupLambda';
    if (needsRollups && !reader.has('rollups')) reader.missing('rollups');
    return {
      name,
      path: memberPath(cube.name, name),
      type,
      measures: this.#members('measures', 'measure'),
      dimensions: this.#members('dimensions', 'dimension'),
      segments: this.#members('segments', 'segment'),
      timeDimensions: this.#times(type),
      rollups: this.#rollups(),
      partitionGranularity: reader.word('partition_granularity', partitionGranularities),
      refreshKey: readRefreshKey(reader, { cube, preAggregation: name }, this.#context),
      buildRange: { start: this.#range('build_range_start'), end: this.#range('build_range_end') },
      indexes: this.#indexes(),
      alias: reader.text('sql_alias'),
      uniqueKeyColumns: reader.texts('unique_key_columns'),
      outputColumnTypes: reader.children('output_column_types').flatMap((column) => {
        const value = column.get('member');
        const member = value && readMemberName(value, { cube, key: 'member' }, this.#context);
        const columnType = column.text('type');
        return member && columnType !== null ? [{ member, type: columnType }] : [];
      }),
      streamOffset: reader.word('stream_offset', streamOffsets),
      maxPreAggregations: reader.number('max_pre_aggregations'),
      options: {
        external: reader.boolean('external'),
        scheduledRefresh: reader.boolean('scheduled_refresh'),
        useOriginalSqlPreAggregations: reader.boolean('use_original_sql_pre_aggregations'),
        allowNonStrictDateRangeMatch: reader.boolean('allow_non_strict_date_range_match'),
        unionWithSourceData: reader.boolean('union_with_source_data'),
        readOnly: reader.boolean('read_only'),
      },
    };
  }

  #members(key: string, kind: Member['kind']) {
    const site = { cube: this.#site.cube, key, kinds: [kind] };
    return readMembers(this.#reader.get(key), site, this.#context);
  }

  /** One `time_dimension` with its `granularity`, or a list of both. */
  #times(type: PreAggregation['type']): PreAggregation['timeDimensions'] {
    const reader = this.#reader;
    const one = reader.get('time_dimension');
    const many = reader.get('time_dimensions');
    if (one && many) {
      const span = this.#context.locate(many.place, 'name');
      const labels = [{ span: this.#context.locate(one.place, 'name'), text: 'the other' }];
      const parameters = { what: reader.what, key: 'time_dimension', other: 'time_dimensions' };
      reader.report(reportModel('model/not-both', parameters, { span, labels }));
    }
    const granularity = reader.text('granularity');
    if (one && granularity === null && type === 'rollup') reader.missing('granularity');
    if (!one && reader.has('granularity') && !many) reader.missing('time_dimension');
    if (reader.has('partition_granularity') && !one && !many) reader.missing('time_dimension');
    const first = one ? this.#time(one, granularity, 'time_dimension') : [];
    const others = reader.children('time_dimensions').flatMap((item) => {
      const value = item.get('dimension');
      return value ? this.#time(value, item.text('granularity'), 'dimension') : [];
    });
    return [...first, ...others];
  }

  #time(value: DeclaredValue, granularity: string | null, key: string) {
    const site = { cube: this.#site.cube, key, kinds: ['dimension'] as const };
    const dimension = readMemberName(value, site, this.#context);
    return dimension ? [{ dimension, granularity }] : [];
  }

  /** `CUBE.main`, `Users.main`: pre-aggregations of this cube and of others. */
  #rollups(): string[] {
    const value = this.#reader.get('rollups');
    if (!value) return [];
    const items = value.kind === 'list' ? value.items : [value];
    return items.flatMap((item) => {
      const path = namedPath(item);
      const span = this.#context.locate(item.place);
      const [first, second] = path?.length === 1 ? ['CUBE', path[0]!] : (path ?? []);
      if (first === undefined || second === undefined || path!.length > 2) {
        const expected = 'names of pre-aggregations: [CUBE.main, Users.main]';
        const parameters = { key: 'rollups', expected, found: describeValue(item) };
        this.#context.report(reportModel('model/bad-value', parameters, { span }));
        return [];
      }
      const isOwn = first === 'CUBE' || first === 'TABLE';
      const cube = isOwn ? this.#site.cube : this.#context.cubes.get(first);
      if (!cube) {
        const help = didYouMean(first, this.#context.cubes.keys());
        this.#context.report(reportModel('model/unknown-cube', { name: first }, { span, help }));
        return [];
      }
      const names = cube.preAggregations;
      if (names.has(second)) return [`${cube.name}.${second}`];
      const parameters = { cube: cube.name, name: second };
      const extras = { span, help: didYouMean(second, names) };
      this.#context.report(reportModel('model/unknown-pre-aggregation', parameters, extras));
      return [];
    });
  }

  #range(key: string): Fragment | null {
    const object = this.#reader.child(key, key);
    return object && this.#sql(object, `${key}.sql`);
  }

  #sql(reader: PropertyReader, property: string): Fragment | null {
    const { cube, name } = this.#site;
    const member = memberPath(cube.name, name);
    return linkSql(reader, { cube, member, property, role: 'source' }, this.#context);
  }

  #indexes(): PreAggregationIndex[] {
    return this.#reader.named('indexes').flatMap(({ name, value }) => {
      if (value.kind !== 'object') {
        this.#reader.bad('indexes', 'an object', value);
        return [];
      }
      const index = new PropertyReader(value, 'index', this.#context);
      if (!index.has('columns') && !index.has('sql')) index.missing('columns');
      const columns = index.get('columns');
      const items = columns?.kind === 'list' ? columns.items : columns ? [columns] : [];
      return [
        {
          name,
          type: index.word('type', indexTypes) ?? 'regular',
          columns: items.flatMap((item) => this.#column(item)),
          sql: this.#sql(index, `indexes.${name}.sql`),
        },
      ];
    });
  }

  /** A member, or the name of a column. */
  #column(value: DeclaredValue): string[] {
    if (value.kind === 'scalar' && typeof value.value === 'string') return [value.value];
    const site = { cube: this.#site.cube, key: 'columns' };
    return [readMemberName(value, site, this.#context) ?? []].flat();
  }
}
