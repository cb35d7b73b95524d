import { memberPath, parseMemberPath } from '../core/names.ts';
import type { DeclaredValue } from '../syntax/declaration.ts';
import type { DeclaredCube } from './declared-cube.ts';
import { reportModel } from './diagnostics.ts';
import type { LinkContext } from './link-fragment.ts';
import type { Dimension, DimensionExpression, Fragment, Segment } from './model.ts';
import { dimensionTypes, directions, fieldTypes } from './properties.data.ts';
import type { PropertyReader } from './property-reader.ts';
import { readCase } from './read-case.ts';
import { readCurrency, readFormat } from './read-format.ts';
import { readGranularities } from './read-granularities.ts';
import { readLinks } from './read-links.ts';
import { readMask } from './read-mask.ts';
import { linkSql, memberBase, memberBody, type MemberSite } from './read-member.ts';
import { readMemberName } from './read-references.ts';
import { readCalendarShifts, readStage } from './read-stage.ts';

/** One dimension; null after reporting what is wrong with it. */
export function readDimension(
  value: DeclaredValue,
  site: MemberSite,
  context: LinkContext,
): Dimension | null {
  const reader = memberBody(value, 'dimension', context);
  if (!reader) return null;
  const { cube } = site;
  const place = { cube, member: memberPath(cube.name, site.name) };
  const type = reader.word('type', dimensionTypes);
  const primaryKey = reader.boolean('primary_key') ?? false;
  const base = memberBase('dimension', reader, site, !primaryKey);
  const multiStage = readStage(reader, place, context);
  const subQuery = readSubQuery(reader, context);
  const role = subQuery ? 'sub-query' : multiStage ? 'composition' : 'row';
  const expression = readExpression(reader, { ...place, role }, context);
  const keyName = reader.get('key');
  const granularities = readGranularities(reader, { ...place, type }, context);
  const timeShifts = readCalendarShifts(reader, place, context);
  if (timeShifts.length > 0 && !isCalendar(cube)) {
    const span = context.locate(reader.get('time_shift')!.place, 'name');
    const parameters = { key: 'time_shift', expected: 'calendar: true in its cube' };
    reader.report(reportModel('model/only-with', parameters, { span }));
  }
  const format = readFormat(reader, type, context);
  const currency = readCurrency(reader, context);
  const mask = readMask(reader, { ...place, type }, context);
  const storedAsText = reader.word('field_type', fieldTypes) !== null;
  const order = reader.word('order', directions);
  const keySite = { cube, key: 'key', kinds: ['dimension'] } as const;
  const key = keyName ? readMemberName(keyName, keySite, context) : null;
  const links = readLinks(reader, place, context);
  const suggestFilterValues = reader.boolean('suggest_filter_values') ?? true;
  if (type === null || expression === null) return null;
  return {
    ...base,
    type,
    expression,
    primaryKey,
    subQuery,
    multiStage,
    granularities,
    timeShifts,
    format,
    currency,
    mask,
    storedAsText,
    order,
    key,
    links,
    suggestFilterValues,
  };
}

function isCalendar({ body }: DeclaredCube): boolean {
  const value = body.entries.get('calendar');
  return value?.kind === 'scalar' && value.value === true;
}

/** The one of `sql`, `case`, `values`, and `latitude` with `longitude` that a dimension has. */
function readExpression(
  reader: PropertyReader,
  site: Parameters<typeof readCase>[1],
  context: LinkContext,
): DimensionExpression | null {
  const forms =
    Number(reader.has('sql')) +
    Number(reader.has('case')) +
    Number(reader.has('values')) +
    Number(reader.has('latitude') || reader.has('longitude'));
  if (forms !== 1) {
    const span = context.locate(reader.place, 'name');
    reader.report(reportModel('model/one-expression', { name: site.member }, { span }));
    return null;
  }
  const choice = reader.child('case');
  if (choice) return readCase(choice, site, context);
  if (reader.has('values')) return readValues(reader);
  if (!reader.has('sql')) return readGeo(reader, site, context);
  const sql = linkSql(reader, { ...site, property: 'sql' }, context);
  if (sql && site.role === 'sub-query' && !namesMeasure(sql, context)) {
    const span = context.locate(reader.get('sql')!.place);
    const help = 'sql: `${Orders.count}`';
    const parameters = { name: site.member };
    reader.report(reportModel('model/sub-query-without-measure', parameters, { span, help }));
  }
  return sql && { kind: 'sql', sql };
}

function namesMeasure(sql: Fragment, context: LinkContext): boolean {
  return sql.pieces.some((piece) => {
    const path = piece.kind === 'member' ? parseMemberPath(piece.path) : null;
    return path && context.cubes.get(path.cube)?.members.get(path.member)?.kind === 'measure';
  });
}

function readGeo(
  reader: PropertyReader,
  site: Parameters<typeof readCase>[1],
  context: LinkContext,
): DimensionExpression | null {
  const [latitude, longitude] = ['latitude', 'longitude'].map((key) => {
    const object = reader.child(key, key);
    if (!object) {
      if (!reader.has(key)) reader.missing(key);
      return null;
    }
    return linkSql(object, { ...site, property: `${key}.sql` }, context);
  });
  return latitude && longitude ? { kind: 'geo', latitude, longitude } : null;
}

/** The values of a `switch`, of which a query chooses one. */
function readValues(reader: PropertyReader): DimensionExpression | null {
  const values = reader.texts('values');
  if (values.length === 0) reader.missing('values');
  return values.length > 0 ? { kind: 'values', values } : null;
}

function readSubQuery(reader: PropertyReader, context: LinkContext): Dimension['subQuery'] {
  const propagateFilters = reader.boolean('propagate_filters_to_sub_query') ?? false;
  if (reader.boolean('sub_query')) return { propagateFilters };
  if (propagateFilters) {
    const value = reader.get('propagate_filters_to_sub_query')!;
    const span = context.locate(value.place, 'name');
    const parameters = { key: 'propagate_filters_to_sub_query', expected: 'sub_query: true' };
    reader.report(reportModel('model/only-with', parameters, { span }));
  }
  return null;
}

/** One segment; null after reporting what is wrong with it. */
export function readSegment(
  value: DeclaredValue,
  site: MemberSite,
  context: LinkContext,
): Segment | null {
  const reader = memberBody(value, 'segment', context);
  if (!reader) return null;
  const base = memberBase('segment', reader, site);
  const place = { cube: site.cube, member: base.path, property: 'sql', role: 'row' } as const;
  const sql = linkSql(reader, place, context);
  return sql && { ...base, sql };
}
