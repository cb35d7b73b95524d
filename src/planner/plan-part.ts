import type { MemberPath } from '../core/names.ts';
import type { Cube } from '../model/model.ts';
import { chooseRoot, reportTie, type JoinSetting, type Need } from './choose-root.ts';
import type { Condition } from './condition.ts';
import { JoinTree } from './join-tree.ts';
import type { FilterNode, JoinNode, PlanColumn, RowsNode, ScanNode } from './plan.ts';
import type { UsedMeasure } from './split-measures.ts';

/** What decides which rows there are and how they are grouped, whatever is measured. */
export interface Grouping {
  readonly needs: readonly Need[];
  readonly groups: readonly PlanColumn[];
  readonly conditions: readonly Condition[];
}

/** The rows over which the measures of one cube are aggregated. */
export interface Part {
  readonly owner: string;
  readonly root: string;
  readonly rows: RowsNode;
  readonly measures: readonly MemberPath[];
}

/** The rows of the join that `tree` describes, under the conditions of the query. */
export function joinedRows(
  tree: JoinTree,
  conditions: readonly Condition[],
): ScanNode | JoinNode | FilterNode {
  const input = joined(tree);
  return conditions.length === 0 ? input : { kind: 'filter', input, conditions };
}

function joined(tree: JoinTree): ScanNode | JoinNode {
  const input: ScanNode = { kind: 'scan', cube: tree.root };
  const joins = tree.steps();
  return joins.length === 0 ? input : { kind: 'join', input, joins, references: tree.references() };
}

/**
 * The measures of one cube in a query. Where the joins of the query give each row of the cube at most
 * once, they are aggregated there; else over the distinct keys of the cube in each group. null after
 * reporting.
 */
export function planPart(
  owner: string,
  used: readonly UsedMeasure[],
  { needs, groups, conditions }: Grouping,
  setting: JoinSetting,
): Part | null {
  const own = ownTree(owner, used, setting);
  const tree = chooseRoot(needs, owner, setting);
  if (!own || !tree) return null;
  const measures = used.map(({ measure }) => measure.path);
  const part = { owner, root: tree.root, measures };
  if (tree.root === owner && tree.toMany().length === 0) {
    for (const { measure } of used) tree.add(plain(measure.path));
    return { ...part, rows: joinedRows(tree, conditions) };
  }
  const cube = setting.model.cubes.get(owner)!;
  if (cube.primaryKeys.length === 0) return reportNoKey(cube, tree, used, setting);
  const keys = cube.primaryKeys.map((key): MemberPath => `${owner}.${key}`);
  for (const key of keys) {
    tree.add(plain(key));
    own.add(plain(key));
  }
  const input = joinedRows(tree, conditions);
  return {
    ...part,
    rows: {
      kind: 'own-rows',
      keys: { kind: 'keys', input, groups, cube: owner, keys },
      rows: joined(own),
    },
  };
}

/** What the measures of a cube name; null after reporting that it would multiply their rows. */
function ownTree(
  owner: string,
  used: readonly UsedMeasure[],
  setting: JoinSetting,
): JoinTree | null {
  const own = new JoinTree(owner, setting.model, setting.graph);
  const { reader } = setting;
  let isFine = true;
  for (const { measure, path } of used) {
    const tree = new JoinTree(owner, setting.model, setting.graph);
    tree.add(plain(measure.path));
    own.add(plain(measure.path));
    const [missing] = tree.missing;
    const [many] = tree.toMany();
    if (missing !== undefined) {
      const message = `the SQL of ${measure.path} needs a join from ${missing}, and none is declared`;
      reader.report('query/no-join-path', path, message);
    } else if (many) {
      const message = `${measure.path} is calculated from ${many.cube}, of which each ${owner} has many: its rows would be counted once for each; aggregate in a measure of ${many.cube} instead`;
      reader.report('query/multiplied-measure', path, message);
    } else if (tree.ties.size > 0 && setting.ties === 'error') {
      for (const tie of tree.ties.values()) reportTie(tie, path, setting);
    } else continue;
    isFine = false;
  }
  return isFine ? own : null;
}

function plain(member: MemberPath) {
  return { name: member, member, via: null };
}

function reportNoKey(
  cube: Cube,
  tree: JoinTree,
  used: readonly UsedMeasure[],
  { reader }: JoinSetting,
): null {
  const [many] = tree.toMany();
  const reason = many
    ? `the join of ${many.from.split('.').at(-1)} to ${many.cube} repeats its rows`
    : `its rows are joined to those of ${tree.root}, and repeat there`;
  reader.report(
    'query/no-primary-key',
    used[0]!.path,
    `${used[0]!.measure.path} needs a primary key of ${cube.name}, since ${reason}; declare one in ${cube.file}: dimensions: { id: { sql: \`id\`, type: \`number\`, primaryKey: true } }`,
  );
  return null;
}
