import type { DeclaredValue } from '../syntax/declaration.ts';
import type { DeclaredCube } from './declared-cube.ts';
import { linkFragment, type LinkContext } from './link-fragment.ts';
import type { Fragment, Measure, MeasureType } from './model.ts';
import { PropertyReader } from './property-reader.ts';
import {
  commonKeys,
  memberBase,
  memberBody,
  objectList,
  readMemberList,
  refuseUnsupported,
} from './read-member.ts';

const types = new Map<string, MeasureType>([
  ['count', 'count'],
  ['countDistinct', 'countDistinct'],
  ['count_distinct', 'countDistinct'],
  ['countDistinctApprox', 'countDistinctApprox'],
  ['count_distinct_approx', 'countDistinctApprox'],
  ['sum', 'sum'],
  ['avg', 'avg'],
  ['min', 'min'],
  ['max', 'max'],
  ['number', 'number'],
  ['runningTotal', 'runningTotal'],
  ['running_total', 'runningTotal'],
]);

const unsupported = [
  'rolling_window',
  'multi_stage',
  'time_shift',
  'case',
  'group_by',
  'reduce_by',
  'add_group_by',
  'mask',
];
const keys = new Set([
  ...commonKeys,
  ...unsupported,
  'type',
  'sql',
  'filters',
  'format',
  'cumulative',
  'drill_members',
  'drill_member_references',
  'drill_filters',
]);
const filterKeys = new Set(['sql']);

/** One measure; null after reporting what is wrong with it. */
export function readMeasure(
  value: DeclaredValue,
  name: string,
  cube: DeclaredCube,
  cubeTitle: string,
  context: LinkContext,
): Measure | null {
  const reader = memberBody(value, 'measure', keys, context);
  if (!reader) return null;
  refuseUnsupported(reader, unsupported, context);
  const base = memberBase(reader, name, cube, cubeTitle, true);
  const type = reader.word('type', types);
  const role = type === 'number' ? 'composition' : 'aggregate';
  const written = reader.get('sql');
  const sql = written
    ? linkFragment(written, { cube, member: base.path, property: 'sql', role }, context)
    : null;
  if (!written && type !== null && type !== 'count') reader.missing('sql');
  const filters = readFilters('filters', reader, base.path, cube, context);
  const drillFilters = readFilters('drill_filters', reader, base.path, cube, context);
  const format = reader.text('format');
  const drill = reader.has('drill_members') ? 'drill_members' : 'drill_member_references';
  const drillMembers = readMemberList(reader.list(drill), cube, context);
  if (type === null || (sql === null && type !== 'count')) return null;
  return { kind: 'measure', ...base, type, sql, filters, drillFilters, format, drillMembers };
}

function readFilters(
  key: 'filters' | 'drill_filters',
  reader: PropertyReader,
  member: string,
  cube: DeclaredCube,
  context: LinkContext,
): Fragment[] {
  return objectList(reader.list(key), reader, key).flatMap((object, index) => {
    const filter = new PropertyReader(object, 'filter', filterKeys, context);
    const sql = filter.get('sql');
    if (!sql) {
      filter.missing('sql');
      return [];
    }
    const property = `${key}[${index}].sql`;
    return linkFragment(sql, { cube, member, property, role: 'aggregate' }, context) ?? [];
  });
}
