import { chooseRoot, type Owner } from './choose-root.ts';
import type { AggregateNode, CombineNode, PlanColumn } from './plan.ts';
import { gridGroups } from './plan-grid.ts';
import {
  countedRows,
  planPart,
  rootKey,
  treesOf,
  type Grouping,
  type Part,
  type PartSetting,
} from './plan-part.ts';
import { rollingGrouping } from './plan-windows.ts';
import { isComposed, splitMeasures, type UsedMeasure } from './split-measures.ts';

/**
 * The groups of a query with their measures, each measure from its own root; null after reporting.
 *
 * @param used every measure that the query selects or filters by.
 * @param selected columns of those that it selects.
 */
export function planGroups(
  grouping: Grouping,
  used: readonly UsedMeasure[],
  selected: readonly PlanColumn[],
  setting: PartSetting,
): AggregateNode | CombineNode | null {
  const { groups } = grouping;
  const owners = byRows(splitMeasures(used, setting));
  if (owners.size === 0) {
    const tree = chooseRoot(grouping.needs, null, setting);
    if (!tree) return null;
    const rows = countedRows(tree, grouping, setting);
    const found: AggregateNode = { kind: 'aggregate', input: rows, groups, measures: [] };
    const grid = gridGroups([], grouping, setting);
    return grid.length === 0
      ? found
      : { kind: 'combine', parts: [found, ...grid], groups, measures: [] };
  }
  const parts = [...owners.values()].flatMap(({ owner, measures }) => {
    const rows = groupingOf(measures[0]!, grouping, setting);
    return (rows && planPart(owner, measures, rows, setting)) ?? [];
  });
  if (parts.length !== owners.size) return null;
  const lost = [...lostGroups(parts, grouping, setting), ...gridGroups(parts, grouping, setting)];
  const [only, ...others] = parts;
  const isPlain = !used.some(({ measure }) => isComposed(measure, setting.model));
  if (only && others.length + lost.length === 0 && isPlain) {
    return { kind: 'aggregate', input: only.rows, groups, measures: selected };
  }
  const aggregates = parts.map((part): AggregateNode => {
    const measures = part.measures.map((member) => measureColumn(member));
    return { kind: 'aggregate', input: part.rows, groups, measures };
  });
  return { kind: 'combine', parts: [...aggregates, ...lost], groups, measures: selected };
}

export function measureColumn(
  member: PlanColumn['member'],
  type: PlanColumn['type'] = 'number',
): PlanColumn {
  return { member, granularity: null, kind: 'measure', type };
}

/** Measures over the same rows: of one cube, on one path, and with one rolling window. */
function byRows(used: readonly UsedMeasure[]) {
  const owners = new Map<string, { readonly owner: Owner; readonly measures: UsedMeasure[] }>();
  for (const item of used) {
    const { member, via } = item.occurrence;
    const cube = member.slice(0, member.indexOf('.'));
    const key = `${(via ?? [cube]).join('.')} ${JSON.stringify(item.measure.rollingWindow)}`;
    const known = owners.get(key);
    if (known) known.measures.push(item);
    else owners.set(key, { owner: { cube, via }, measures: [item] });
  }
  return owners;
}

/** null after reporting. */
function groupingOf(
  { measure, path }: UsedMeasure,
  grouping: Grouping,
  setting: PartSetting,
): Grouping | null {
  const { rollingWindow } = measure;
  return rollingWindow
    ? rollingGrouping(measure, rollingWindow, path, grouping, setting)
    : grouping;
}

/**
 * The groups of roots whose own cube is not measured: a group in which no row of the measured cube
 * stands would be lost.
 */
function lostGroups(
  parts: readonly Part[],
  grouping: Grouping,
  setting: PartSetting,
): AggregateNode[] {
  const { needs, groups } = grouping;
  if (groups.length === 0) return [];
  const kept = new Set(parts.filter((part) => part.isOwnRoot).map(rootKey));
  const lost = parts.filter((part) => !kept.has(rootKey(part)));
  return treesOf(lost, needs, setting).map((tree) => {
    const input = countedRows(tree, grouping, setting);
    return { kind: 'aggregate', input, groups, measures: [] };
  });
}
