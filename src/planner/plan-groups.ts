import { chooseRoot, type JoinSetting, type Owner } from './choose-root.ts';
import { JoinTree } from './join-tree.ts';
import type { AggregateNode, CombineNode, PlanColumn } from './plan.ts';
import { joinedRows, planPart, type Grouping, type Part } from './plan-part.ts';
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
  setting: JoinSetting,
): AggregateNode | CombineNode | null {
  const { groups, conditions } = grouping;
  const owners = byOwner(splitMeasures(used, setting.model, setting.reader));
  if (owners.size === 0) {
    const tree = chooseRoot(grouping.needs, null, setting);
    return tree && { kind: 'aggregate', input: joinedRows(tree, conditions), groups, measures: [] };
  }
  const parts = [...owners.values()].flatMap(
    ({ owner, measures }) => planPart(owner, measures, grouping, setting) ?? [],
  );
  if (parts.length !== owners.size) return null;
  const lost = lostGroups(parts, grouping, setting);
  const [only, ...others] = parts;
  const isPlain = !used.some(({ measure }) => isComposed(measure, setting.model));
  if (only && others.length + lost.length === 0 && isPlain) {
    return { kind: 'aggregate', input: only.rows, groups, measures: selected };
  }
  const aggregates = parts.map((part): AggregateNode => {
    const measures = part.measures.map(measureColumn);
    return { kind: 'aggregate', input: part.rows, groups, measures };
  });
  return { kind: 'combine', parts: [...aggregates, ...lost], groups, measures: selected };
}

/** A smallest or largest value is taken to be a number, as in the original. */
export function measureColumn(member: PlanColumn['member']): PlanColumn {
  return { member, granularity: null, kind: 'measure', type: 'number' };
}

/** A cube that is reached on two paths is measured twice. */
function byOwner(used: readonly UsedMeasure[]) {
  const owners = new Map<string, { readonly owner: Owner; readonly measures: UsedMeasure[] }>();
  for (const item of used) {
    const { member, via } = item.occurrence;
    const cube = member.slice(0, member.indexOf('.'));
    const key = (via ?? [cube]).join('.');
    const known = owners.get(key);
    if (known) known.measures.push(item);
    else owners.set(key, { owner: { cube, via }, measures: [item] });
  }
  return owners;
}

/**
 * The groups of roots whose own cube is not measured: a group in which no row of the measured cube
 * stands would be lost.
 */
function lostGroups(
  parts: readonly Part[],
  { needs, groups, conditions }: Grouping,
  { model, graph }: JoinSetting,
): AggregateNode[] {
  if (groups.length === 0) return [];
  const kept = new Set(parts.filter((part) => part.isOwnRoot).map((part) => part.root));
  const roots = new Set(parts.map((part) => part.root));
  return [...roots]
    .filter((root) => !kept.has(root))
    .map((root) => {
      const tree = new JoinTree(root, model, graph);
      for (const need of needs) tree.add(need, need.use);
      return { kind: 'aggregate', input: joinedRows(tree, conditions), groups, measures: [] };
    });
}
