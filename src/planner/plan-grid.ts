import { chooseRoot, type JoinSetting } from './choose-root.ts';
import type { AggregateNode, GridNode } from './plan.ts';
import { joinedRows, treesOf, type Grouping, type Part, type PartSetting } from './plan-part.ts';
import type { UsedTime } from './plan-times.ts';
import { stretchesOf } from './plan-windows.ts';
import { wallText } from './time/periods.ts';

/**
 * Groups for every period of the range, where the query asks for them, or where a rolling measure has
 * a value in periods without rows. None where it does not, and after reporting.
 */
export function gridGroups(
  parts: readonly Part[],
  grouping: Grouping,
  setting: PartSetting,
): AggregateNode[] {
  const { groups, times } = grouping;
  const rolls = parts.some((part) => part.rolls);
  const isAlone = rolls && groups.length === 1;
  const [filled, ...others] = times.used.filter((time) => time.fill !== null);
  const along = filled ?? (isAlone ? times.used.find((time) => time.grouped) : undefined);
  if (!along) return [];
  const bounded = times.used.find((time) => time.member === along.member && time.bounded)?.bounded;
  if (!along.grouped || !bounded || others.length > 0) {
    reportFill(along, setting);
    return [];
  }
  const { column } = along.grouped;
  const stretches = stretchesOf({ ...along, bounded }, times.clock, setting);
  const beside = groups.length === 1 ? [null] : besides(parts, grouping, column, setting);
  if (!stretches) return [];
  const starts = stretches.map(({ start }) => wallText(start));
  return beside.map((item) => {
    const input: GridNode = { kind: 'grid', column, starts, beside: item };
    return { kind: 'aggregate', input, groups, measures: [] };
  });
}

/** The combinations of the other groups, from the root of each part; none after reporting that there is no root. */
function besides(
  parts: readonly Part[],
  { needs, groups, conditions, windows }: Grouping,
  column: GridNode['column'],
  setting: PartSetting,
): NonNullable<GridNode['beside']>[] {
  const trees =
    parts.length > 0 ? treesOf(parts, needs, setting) : [chooseRoot(needs, null, setting)];
  return trees.flatMap((tree) => {
    if (!tree) return [];
    const rows = joinedRows(tree, conditions, setting);
    return {
      rows: windows ? { kind: 'windows', input: rows, rows: windows.rows, along: null } : rows,
      groups: groups.filter((item) => item !== column),
    };
  });
}

function reportFill({ fill }: UsedTime, { reader }: JoinSetting): void {
  const message =
    'missing dates can be filled of one time dimension, which needs a granularity and a date range';
  reader.report('query/bad-fill', fill ?? '', message);
}
