import { memberPath } from '../core/names.ts';
import type { DeclaredCube } from './declared-cube.ts';
import { reportModel } from './diagnostics.ts';
import { parseInterval } from './interval.ts';
import type { LinkContext } from './link-fragment.ts';
import type { RefreshInterval, RefreshKey } from './pre-aggregation.ts';
import type { PropertyReader } from './property-reader.ts';
import { linkSql } from './read-member.ts';

/** `refresh_key` of a cube or a pre-aggregation; null when it is absent or was reported. */
export function readRefreshKey(
  owner: PropertyReader,
  site: { readonly cube: DeclaredCube; readonly preAggregation?: string },
  context: LinkContext,
): RefreshKey | null {
  const reader = owner.child('refresh_key');
  if (!reader) return null;
  const { cube, preAggregation } = site;
  const forms = ['sql', 'every', 'immutable'].filter((key) => reader.has(key));
  if (forms.length === 0) {
    reader.missing('every', "every: '1 hour', or sql, or immutable: true");
    return null;
  }
  const every = readEvery(reader);
  if (reader.has('immutable')) {
    return forms.length === 1
      ? { kind: 'immutable', immutable: reader.boolean('immutable')! }
      : refuseBoth(
          reader,
          'immutable',
          forms.find((key) => key !== 'immutable')!,
          context,
        );
  }
  if (reader.has('sql')) {
    const member = preAggregation === undefined ? cube.name : memberPath(cube.name, preAggregation);
    const place = { cube, member, property: 'refresh_key.sql', role: 'source' } as const;
    const sql = linkSql(reader, place, context);
    return sql && { kind: 'sql', sql, every };
  }
  if (!every) return null;
  return {
    kind: 'every',
    every,
    timezone: readZone(reader),
    incremental: reader.boolean('incremental') ?? false,
    updateWindow: reader.interval('update_window'),
  };
}

/** `1 hour`, or a cron expression of five or six fields. */
function readEvery(reader: PropertyReader): RefreshInterval | null {
  const text = reader.text('every');
  if (text === null) return null;
  const interval = parseInterval(text);
  if (interval?.every((part) => part.count > 0)) return { kind: 'interval', interval };
  const fields = text.trim().split(/\s+/);
  const isCron =
    fields.length >= 5 && fields.length <= 6 && fields.every((field) => cronField.test(field));
  if (isCron) return { kind: 'cron', expression: fields.join(' ') };
  reader.bad('every', "'1 hour' or a cron expression such as '0 5 * * *'", reader.get('every')!);
  return null;
}

const cronField = /^(?:\*|\?|[0-9A-Za-z]+(?:-[0-9A-Za-z]+)?)(?:\/\d+)?(?:,[0-9A-Za-z*/-]+)*$/;

function readZone(reader: PropertyReader): string | null {
  const zone = reader.text('timezone');
  if (zone === null) return null;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone;
  } catch {
    reader.bad('timezone', "an IANA name such as 'Europe/Berlin'", reader.get('timezone')!);
    return null;
  }
}

function refuseBoth(
  reader: PropertyReader,
  key: string,
  other: string,
  context: LinkContext,
): null {
  const span = context.locate(reader.get(key)!.place, 'name');
  const labels = [{ span: context.locate(reader.get(other)!.place, 'name'), text: 'the other' }];
  const parameters = { what: reader.what, key, other };
  reader.report(reportModel('model/not-both', parameters, { span, labels }));
  return null;
}
