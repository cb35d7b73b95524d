import type { DeclaredCube } from './declared-cube.ts';
import { reportModel } from './diagnostics.ts';
import type { Granularity } from './granularity.ts';
import type { Interval } from './interval.ts';
import type { LinkContext } from './link-fragment.ts';
import type { DimensionType } from './model.ts';
import { PropertyReader } from './property-reader.ts';
import { linkSql } from './read-member.ts';
import { titleOf } from './titles.ts';

interface GranularitySite {
  readonly cube: DeclaredCube;
  readonly member: string;
  readonly type: DimensionType | null;
}

const none: ReadonlyMap<string, Granularity> = new Map();

/** The custom granularities of a time dimension. */
export function readGranularities(
  reader: PropertyReader,
  site: GranularitySite,
  context: LinkContext,
): ReadonlyMap<string, Granularity> {
  const value = reader.get('granularities');
  if (!value) return none;
  const found = new Map<string, Granularity>();
  if (site.type !== null && site.type !== 'time') return found;
  for (const { name, value: body, span } of reader.named('granularities')) {
    if (builtIn.has(name)) {
      reader.report(reportModel('model/reserved-name', { name }, { span: span() }));
    } else if (body.kind !== 'object') reader.bad('granularities', 'an object', body);
    else {
      const read = new PropertyReader(body, 'granularity', context);
      const rule = readRule(read, { ...site, name }, context);
      if (rule) found.set(name, { name, title: read.text('title') ?? titleOf(name), rule });
    }
  }
  return found;
}

const builtIn: ReadonlySet<string> = new Set([
  'second',
  'minute',
  'hour',
  'day',
  'week',
  'month',
  'quarter',
  'year',
]);

function readRule(
  reader: PropertyReader,
  site: GranularitySite & { readonly name: string },
  context: LinkContext,
): Granularity['rule'] | null {
  const property = `granularities.${site.name}.sql`;
  if (reader.has('sql')) {
    const sql = linkSql(reader, { ...site, property, role: 'row' }, context);
    return sql && { kind: 'sql', sql };
  }
  if (!reader.has('interval')) reader.missing('interval');
  const interval = reader.interval('interval');
  if (!interval) return null;
  const origin = readOrigin(reader);
  const offset = reader.interval('offset');
  if (interval.some((part) => part.count <= 0)) {
    reader.bad('interval', 'an interval that goes forward', reader.get('interval')!);
    return null;
  }
  if (!reader.has('origin') && !dividesItsParent(interval)) {
    const span = context.locate(reader.get('interval')!.place);
    const help = "say where it begins with origin: '2024-01-01'";
    reader.report(reportModel('model/needs-origin', { name: site.name }, { span, help }));
    return null;
  }
  return { kind: 'interval', interval, origin, offset };
}

/** Whether periods begin anew with each larger one, so that they need no origin: 15 minutes, 1 week. */
function dividesItsParent(interval: Interval): boolean {
  const [part, ...others] = interval;
  if (!part || others.length > 0) return false;
  const whole = {
    second: 60,
    minute: 60,
    hour: 24,
    day: 1,
    week: 1,
    month: 12,
    quarter: 4,
    year: 0,
  };
  return whole[part.unit] % part.count === 0;
}

/** As local time; whatever zone is written is that of the query. */
function readOrigin(reader: PropertyReader): string | null {
  const text = reader.text('origin');
  if (text === null) return null;
  const match =
    /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d(?:\.\d{1,3})?))?)?)?)?Z?$/.exec(text);
  const [, year, month = '01', day = '01', time = '00:00', second = '00'] = match ?? [];
  const local = `${year}-${month}-${day}T${time}:${second}`;
  const instant = match ? Date.parse(`${local}Z`) : Number.NaN;
  if (
    Number.isNaN(instant) ||
    !new Date(instant).toISOString().startsWith(`${year}-${month}-${day}`)
  ) {
    reader.bad(
      'origin',
      "a date such as '2024-01-01' or '2024-01-01 06:30'",
      reader.get('origin')!,
    );
    return null;
  }
  return new Date(instant).toISOString().slice(0, -1);
}
