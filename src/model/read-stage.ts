import type { DeclaredCube } from './declared-cube.ts';
import { reportModel } from './diagnostics.ts';
import type { CalendarShift } from './granularity.ts';
import type { TimeShift } from './interval.ts';
import type { LinkContext } from './link-fragment.ts';
import type { MultiStage } from './model.ts';
import { directions, shiftDirections } from './properties.data.ts';
import { nothing, type PropertyReader } from './property-reader.ts';
import { linkSql } from './read-member.ts';
import { readMemberName, readMembers } from './read-references.ts';

/** What a multi-stage member says of its inner grain; null for other members. */
export function readStage(
  reader: PropertyReader,
  site: { readonly cube: DeclaredCube; readonly member: string },
  context: LinkContext,
): MultiStage | null {
  if (!reader.boolean('multi_stage')) {
    refuseWithoutStage(reader, context);
    return null;
  }
  const dimensionsOf = (key: string) =>
    readMembers(reader.get(key), { cube: site.cube, key, kinds: ['dimension'] }, context);
  return {
    groupBy: reader.has('group_by') ? dimensionsOf('group_by') : null,
    reduceBy: dimensionsOf('reduce_by'),
    addGroupBy: dimensionsOf('add_group_by'),
    timeShifts: reader.what === 'measure' ? readTimeShifts(reader, site.cube, context) : [],
    orderBy: reader.what === 'measure' ? readOrder(reader, site, context) : [],
  };
}

const stageKeys = ['group_by', 'reduce_by', 'add_group_by', 'order_by'];

function refuseWithoutStage(reader: PropertyReader, context: LinkContext): void {
  const keys = reader.what === 'measure' ? [...stageKeys, 'time_shift'] : stageKeys;
  for (const key of keys) {
    const value = reader.get(key);
    if (!value) continue;
    const span = context.locate(value.place, 'name');
    const help = 'add multi_stage: true';
    reader.report(reportModel('model/needs-multi-stage', { key }, { span, help }));
  }
}

function readTimeShifts(
  reader: PropertyReader,
  cube: DeclaredCube,
  context: LinkContext,
): TimeShift[] {
  return reader.children('time_shift').flatMap((shift) => {
    const named = shift.text('name');
    const interval = shift.interval('interval');
    const direction = shift.word('type', shiftDirections);
    if (named === null) for (const key of ['interval', 'type']) needs(shift, key);
    const time = shift.get('time_dimension');
    const site = { cube, key: 'time_dimension', kinds: ['dimension'] } as const;
    const timeDimension = time ? readMemberName(time, site, context) : null;
    if (named === null && (!interval || !direction)) return [];
    return [{ timeDimension, interval, direction: direction ?? 'prior', name: named }];
  });
}

function readOrder(
  reader: PropertyReader,
  site: { readonly cube: DeclaredCube; readonly member: string },
  context: LinkContext,
): MultiStage['orderBy'] {
  return reader.children('order_by').flatMap((order, index) => {
    const property = `order_by[${index}].sql`;
    const sql = linkSql(order, { ...site, property, role: 'composition' }, context);
    return sql ? [{ sql, direction: order.word('dir', directions) ?? 'asc' }] : [];
  });
}

function needs(reader: PropertyReader, key: string): void {
  if (!reader.has(key)) reader.missing(key);
}

/** How a calendar's time dimension shifts time. */
export function readCalendarShifts(
  reader: PropertyReader,
  site: { readonly cube: DeclaredCube; readonly member: string },
  context: LinkContext,
): readonly CalendarShift[] {
  const shifts = reader.children('time_shift');
  if (shifts.length === 0) return nothing;
  return shifts.flatMap((shift, index) => {
    const name = shift.text('name');
    const interval = shift.interval('interval');
    const direction = shift.word('type', shiftDirections);
    const property = `time_shift[${index}].sql`;
    const sql = linkSql(shift, { ...site, property, role: 'row' }, context);
    const isWhole = sql ? name !== null || interval !== null : name !== null && interval !== null;
    if (!isWhole) {
      needs(shift, name === null ? 'name' : shift.has('sql') ? 'sql' : 'interval');
      return [];
    }
    if (interval) needs(shift, 'type');
    return [{ name, interval, direction, sql }];
  });
}
