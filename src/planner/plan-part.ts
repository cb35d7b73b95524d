import { memberPath, type MemberPath } from '../core/names.ts';
import { cubeName, forOperator, memberName, say, type Told } from '../core/told.ts';
import type { Cube } from '../model/model.ts';
import { chooseRoot, reportTie, type JoinSetting, type Need, type Owner } from './choose-root.ts';
import type { Condition } from './condition.ts';
import { JoinTree, missingName } from './join-tree.ts';
import type {
  FilterNode,
  JoinNode,
  Occurrence,
  PlanColumn,
  RowsNode,
  ScanNode,
  SubQueryStep,
  WindowsNode,
} from './plan.ts';
import { ownTree } from './root-search.ts';
import type { QueryTimes, Windows } from './plan-windows.ts';
import type { UsedMeasure } from './split-measures.ts';

/** What decides which rows there are and how they are grouped, whatever is measured. */
export interface Grouping {
  readonly needs: readonly Need[];
  readonly groups: readonly PlanColumn[];
  readonly conditions: readonly Condition[];
  readonly times: QueryTimes;
  /** Of rolling and shifted measures: in which periods a row counts. */
  readonly windows: Windows | null;
}

/** The rows over which the measures of one cube are aggregated. */
export interface Part {
  readonly root: string;
  /** How a view comes to the root; null: it starts there, or there is none. */
  readonly way: readonly string[] | null;
  /** Whether the root is the measured cube itself. */
  readonly isOwnRoot: boolean;
  readonly rows: RowsNode;
  readonly measures: readonly MemberPath[];
  /** Whether each of its periods has rows of a window, so that it has a value without rows of its own. */
  readonly rolls: boolean;
}

/** What a sub-query dimension joins, wherever its cube stands. */
export type SubQuery = Omit<SubQueryStep, 'at' | 'after'>;

export interface PartSetting extends JoinSetting {
  /** null after reporting. */
  readonly planSubQuery: (dimension: MemberPath) => SubQuery | null;
  /** The setting for other rows than those of the query. */
  readonly withRows: (query: Pick<Grouping, 'needs' | 'conditions' | 'times'>) => PartSetting;
}

/** The roots of parts, each once, with all that the query needs from there. */
export function treesOf(
  parts: readonly Part[],
  needs: readonly Need[],
  { model, graph }: JoinSetting,
): JoinTree[] {
  const roots = new Map(parts.map((part) => [rootKey(part), part]));
  return [...roots.values()].map(({ root, way }) => {
    const tree = new JoinTree(root, model, graph, way);
    for (const need of needs) tree.add(need, need.use);
    return tree;
  });
}

export function rootKey({ root, way }: Part): string {
  return (way ?? [root]).join('.');
}

/** The rows of the join that `tree` describes, under the conditions of the query. */
export function joinedRows(
  tree: JoinTree,
  conditions: readonly Condition[],
  setting: PartSetting,
): ScanNode | JoinNode | FilterNode {
  const input = joined(tree, setting);
  return conditions.length === 0 ? input : { kind: 'filter', input, conditions };
}

/** The rows as a part counts them: once, or once for each period in whose window they lie. */
export function countedRows(
  tree: JoinTree,
  { conditions, windows }: Grouping,
  setting: PartSetting,
): ScanNode | JoinNode | FilterNode | WindowsNode {
  const input = joinedRows(tree, conditions, setting);
  return windows ? { kind: 'windows', input, ...windows } : input;
}

function joined(tree: JoinTree, { planSubQuery }: PartSetting): ScanNode | JoinNode {
  const input: ScanNode = { kind: 'scan', cube: tree.root };
  const { joins, subQueries: placed } = tree.joined();
  const subQueries = placed.flatMap((step): SubQueryStep[] => {
    const planned = planSubQuery(step.dimension);
    return planned ? [{ ...step, ...planned }] : [];
  });
  if (joins.length + subQueries.length === 0) return input;
  const places = tree.places();
  return { kind: 'join', input, joins, references: tree.references(), places, subQueries };
}

/**
 * The measures of one cube in a query. Where the joins of the query give each row of the cube at most
 * once, they are aggregated there; else over the distinct keys of the cube in each group. null after
 * reporting.
 */
export function planPart(
  owner: Owner,
  used: readonly UsedMeasure[],
  grouping: Grouping,
  setting: PartSetting,
): Part | null {
  const { needs, groups, windows } = grouping;
  const own = ownJoins(owner, used, setting);
  const tree = chooseRoot(needs, owner, setting);
  if (!own || !tree) return null;
  const measures = used.map(({ occurrence }) => occurrence.name);
  const isOwnRoot = tree.addWay(owner.via ?? [owner.cube]) === tree.root;
  const isRolling = used.some(({ measure }) => measure.rollingWindow !== null);
  const rolls = isRolling && windows !== null && windows.along !== null;
  const way = isOwnRoot ? owner.via : null;
  const part = { root: tree.root, way, isOwnRoot, measures, rolls };
  if (isOwnRoot && tree.toMany().length === 0) {
    for (const { occurrence } of used) tree.add(occurrence);
    return { ...part, rows: countedRows(tree, grouping, setting) };
  }
  const cube = setting.model.cubes.get(owner.cube)!;
  if (cube.primaryKeys.length === 0) return reportNoKey(cube, tree, used, setting);
  const keys = cube.primaryKeys.map((key) => keyOf(owner, key));
  for (const key of keys) {
    if (key.via !== null) setting.occurrences.set(key.name, key);
    tree.add(key);
    own.add(key);
  }
  const input = countedRows(tree, grouping, setting);
  return {
    ...part,
    rows: {
      kind: 'own-rows',
      keys: { kind: 'keys', input, groups, cube: owner.cube, keys: keys.map((key) => key.name) },
      rows: joined(own, setting),
    },
  };
}

/** A primary key of a measured cube, where its measures stand. */
function keyOf({ cube, via }: Owner, key: string): Occurrence {
  return { name: memberPath((via ?? [cube]).join('.'), key), member: memberPath(cube, key), via };
}

/** What the measures of a cube name; null after reporting that it would multiply their rows. */
function ownJoins(
  owner: Owner,
  used: readonly UsedMeasure[],
  setting: JoinSetting,
): JoinTree | null {
  const own = ownTree(owner, setting);
  const { reader } = setting;
  let isFine = true;
  for (const { measure, occurrence, path } of used) {
    const tree = ownTree(owner, setting);
    tree.add(occurrence);
    own.add(occurrence);
    const [missing] = tree.missing;
    const [many] = tree.toMany();
    if (missing !== undefined) {
      const message = say`the SQL of ${memberName(measure.path)} needs a join from ${missingName(missing)}, and none is declared`;
      reader.report('query/no-join-path', path, message);
    } else if (many) {
      const [other, one] = [cubeName(many.cube), cubeName(owner.cube)];
      const message = say`${memberName(measure.path)} is calculated from ${other}, of which each ${one} has many: its rows would be counted once for each; aggregate in a measure of ${other} instead`;
      reader.report('query/multiplied-measure', path, message);
    } else if (tree.ties.size > 0 && setting.ties === 'error') {
      for (const tie of tree.ties.values()) reportTie(tie, path, setting);
    } else continue;
    isFine = false;
  }
  return isFine ? own : null;
}

/** Where a file is, is for its author. */
export function keyHelp({ file }: Cube): Told {
  return say`; declare one${forOperator(` in ${file}`)}: dimensions: { id: { sql: \`id\`, type: \`number\`, primaryKey: true } }`;
}

function reportNoKey(
  cube: Cube,
  tree: JoinTree,
  used: readonly UsedMeasure[],
  { reader }: JoinSetting,
): null {
  const [many] = tree.toMany();
  const reason = many
    ? say`the join of ${cubeName(many.from.split('.').at(-1)!)} to ${cubeName(many.cube)} repeats its rows`
    : say`its rows are joined to those of ${cubeName(tree.root)}, and repeat there`;
  reader.report(
    'query/no-primary-key',
    used[0]!.path,
    say`${memberName(used[0]!.measure.path)} needs a primary key of ${cubeName(cube.name)}, since ${reason}${keyHelp(cube)}`,
  );
  return null;
}
