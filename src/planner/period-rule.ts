import { memberName, ownName, say, word } from '../core/told.ts';
import type { Dimension } from '../model/model.ts';
import type { RequestedGranularity } from './request.ts';
import { granularities } from './request.ts';
import type { QueryReader } from './query-reader.ts';
import { intervalRule, unitRule, type PeriodRule } from './time/periods.ts';

/** The periods of a granularity; null: the time dimension has none of that name, or none in whole months or seconds. */
export function periodRule(dimension: Dimension, granularity: string): PeriodRule | null {
  const unit = unitRule(granularity);
  if (unit) return unit;
  const rule = dimension.granularities.get(granularity)?.rule;
  return rule?.kind === 'interval' ? intervalRule(rule) : null;
}

/** The periods that a query groups by; null after reporting. */
export function readGranularity(
  { path, name }: RequestedGranularity,
  dimension: Dimension,
  reader: QueryReader,
): PeriodRule | null {
  const rule = periodRule(dimension, name);
  if (rule) return rule;
  const custom = dimension.granularities.get(name);
  if (!custom) {
    const known = [...granularities, ...dimension.granularities.keys()];
    reader.oneOf('query/bad-granularity', name, path, known, dimension.path);
    return null;
  }
  const reason =
    custom.rule.kind === 'sql'
      ? word('which is SQL of its own')
      : word('whose interval mixes months with days or hours');
  const message = say`the granularity ${ownName(dimension.path, name)} of ${memberName(dimension.path)}, ${reason}, is not supported yet`;
  reader.report('query/not-supported-yet', path, message);
  return null;
}
