import { memberPath } from '../core/names.ts';
import type { DeclaredValue } from '../syntax/declaration.ts';
import { reportModel } from './diagnostics.ts';
import type { RollingWindow } from './interval.ts';
import type { LinkContext } from './link-fragment.ts';
import type { Measure, MeasureType, SwitchExpression } from './model.ts';
import { measureTypes, windowOffsets, windowTypes } from './properties.data.ts';
import type { PropertyReader } from './property-reader.ts';
import { readCase } from './read-case.ts';
import { readCurrency, readFormat } from './read-format.ts';
import { readMask } from './read-mask.ts';
import { linkList, linkSql, memberBase, memberBody, type MemberSite } from './read-member.ts';
import { readMembers } from './read-references.ts';
import { readStage } from './read-stage.ts';

/** Types whose SQL is over finished aggregates. */
const compositions: ReadonlySet<MeasureType> = new Set(['number', 'string', 'boolean', 'time']);
/** Types that can do without SQL. */
const withoutSql: ReadonlySet<MeasureType> = new Set(['count', 'rank']);

/** One measure; null after reporting what is wrong with it. */
export function readMeasure(
  value: DeclaredValue,
  site: MemberSite,
  context: LinkContext,
): Measure | null {
  const reader = memberBody(value, 'measure', context);
  if (!reader) return null;
  const { cube } = site;
  const member = memberPath(cube.name, site.name);
  const base = memberBase('measure', reader, site);
  const type = reader.word('type', measureTypes);
  const multiStage = readStage(reader, { cube, member }, context);
  const isComposed = multiStage !== null || (type !== null && compositions.has(type));
  const place = {
    cube,
    member,
    role: isComposed ? 'composition' : 'aggregate',
    calculated: isComposed && multiStage === null,
  } as const;
  const sql = linkSql(reader, { ...place, property: 'sql' }, context);
  const choice = readSwitch(reader, place, context);
  const aggregated = { cube, member, role: 'aggregate' } as const;
  const filters = linkList(reader.children('filters'), 'filters', aggregated, context);
  const drillFilters = linkList(
    reader.children('drill_filters'),
    'drill_filters',
    aggregated,
    context,
  );
  const drillSite = { cube, key: 'drill_members' };
  const drillMembers = readMembers(reader.get('drill_members'), drillSite, context);
  const rollingWindow = readWindow(reader);
  const format = readFormat(reader, type === 'time' ? 'time' : 'number', context);
  const currency = readCurrency(reader, context);
  const mask = readMask(reader, { cube, member, type }, context);
  if (type === null) return null;
  if (type === 'rank' && !multiStage) {
    const span = context.locate(reader.get('type')!.place);
    const help = 'add multi_stage: true, and the order_by that it ranks by';
    reader.report(reportModel('model/needs-multi-stage', { key: 'rank' }, { span, help }));
  }
  if (!reader.has('sql') && !reader.has('case') && !withoutSql.has(type)) reader.missing('sql');
  if (sql === null && choice === null && !withoutSql.has(type)) return null;
  return {
    ...base,
    type,
    sql,
    switch: choice,
    filters,
    drillFilters,
    rollingWindow,
    multiStage,
    format,
    currency,
    mask,
    drillMembers,
  };
}

function readSwitch(
  reader: PropertyReader,
  site: Parameters<typeof readCase>[1],
  context: LinkContext,
): SwitchExpression | null {
  const child = reader.child('case');
  const found = child && readCase(child, site, context);
  if (!found || found.kind === 'switch') return found;
  const span = context.locate(child.place);
  const help = 'case: { switch: CUBE.currency, when: [{ value: `EUR`, sql: `...` }] }';
  const parameters = { key: 'case', expected: "a case with 'switch'", found: 'one without' };
  reader.report(reportModel('model/bad-value', parameters, { span, help }));
  return null;
}

const periods = { yearToDate: 'year', quarterToDate: 'quarter', monthToDate: 'month' } as const;

function readWindow(reader: PropertyReader): RollingWindow | null {
  const window = reader.child('rolling_window');
  if (!window) return null;
  const type = window.word('type', windowTypes) ?? 'fixed';
  if (type === 'toDate') {
    const granularity = window.text('granularity');
    if (granularity === null) window.missing('granularity');
    return granularity === null ? null : { kind: 'to-date', granularity };
  }
  if (type !== 'fixed') return { kind: 'to-date', granularity: periods[type] };
  const bound = (key: string) =>
    window.text(key) === 'unbounded' ? 'unbounded' : window.interval(key);
  return {
    kind: 'fixed',
    trailing: bound('trailing'),
    leading: bound('leading'),
    offset: window.word('offset', windowOffsets) ?? 'end',
  };
}
