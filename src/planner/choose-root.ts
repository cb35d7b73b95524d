import type { LexicalRules } from '../sql/dialects/dialect.ts';
import type { MemberPath } from '../core/names.ts';
import { cubeName, listed, pathName, say, wholly, type Told } from '../core/told.ts';
import type { Model } from '../model/model.ts';
import type { JoinGraph } from './join-graph.ts';
import { JoinTree, missingName, type JoinTie } from './join-tree.ts';
import type { Occurrence } from './plan.ts';
import type { QueryReader } from './query-reader.ts';
import type { Use } from './references.ts';

/** A member that decides which rows there are: a dimension, segment or filter of the query. */
export interface Need extends Occurrence {
  readonly use: Use;
  /** Its place in the query. */
  readonly path: string;
}

/** What paths of equal length, and roots that are as good as each other, mean. */
export type JoinTies = 'error' | 'first-declared';

export interface JoinSetting {
  readonly model: Model;
  /** Those of the schema's dialect, under which authors' texts are read for what they calculate with. */
  readonly lexical: LexicalRules;
  readonly graph: JoinGraph;
  readonly reader: QueryReader;
  readonly ties: JoinTies;
  /** First cubes of the query's join hints. */
  readonly hintedRoots: ReadonlySet<string>;
  /** What the names of the query stand for; planning adds its own. */
  readonly occurrences: Map<MemberPath, Occurrence>;
  /** By the name of a masked dimension what else has to be joined for it. */
  readonly masks: ReadonlyMap<MemberPath, readonly Need[]>;
}

/** A cube that is measured, and the path on which a view comes to it. */
export interface Owner {
  readonly cube: string;
  readonly via: readonly string[] | null;
}

/**
 * The joins of a query (or of a cube's measures in it), from the root that DESIGN section 5 defines:
 * the owner of the measures, if it reaches every need; else the cube that reaches them and the
 * owner. Of several, one without which the others do not get there; then the one with the fewest
 * to-many joins. null after reporting that there is no root, or more than one.
 */
export function chooseRoot(
  needs: readonly Need[],
  owner: Owner | null,
  setting: JoinSetting,
): JoinTree | null {
  if (owner !== null) {
    const tree = ownTree(owner, setting);
    for (const need of needs) tree.add(need, need.use);
    if (tree.missing.size === 0) return settled(tree, needs, setting);
  }
  const start = owner && (owner.via?.[0] ?? owner.cube);
  const cubes = [...new Set([...(start === null ? [] : [start]), ...needs.map(startOf)])];
  const trees = candidates(cubes, setting)
    .map((cube) => treeFrom(cube, needs, setting, owner))
    .filter((tree) => tree.missing.size === 0);
  if (trees.length === 0) return reportNoRoot(cubes, needs, owner, setting);
  const nearest = trees.filter((tree) => !trees.some((other) => isBeyond(tree, other)));
  const fewest = Math.min(...nearest.map((tree) => tree.toMany().length));
  const best = nearest.filter((tree) => tree.toMany().length === fewest);
  const hinted = best.filter((tree) => setting.hintedRoots.has(tree.root));
  const chosen = best.length === 1 ? best : hinted.length === 1 ? hinted : best;
  if (chosen.length > 1 && setting.ties === 'error') {
    return reportRoots(chosen, needs, owner, setting);
  }
  return settled(chosen[0]!, needs, setting);
}

/** From a cube that is measured: what comes to it on its own path starts there. */
export function ownTree(
  { cube, via }: Owner,
  { model, graph }: Pick<JoinSetting, 'model' | 'graph'>,
): JoinTree {
  return new JoinTree(cube, model, graph, via);
}

function startOf(need: Occurrence): string {
  return need.via?.[0] ?? need.member.slice(0, need.member.indexOf('.'));
}

function treeFrom(
  root: string,
  needs: readonly Need[],
  { model, graph }: JoinSetting,
  owner: Owner | null = null,
): JoinTree {
  const tree = new JoinTree(root, model, graph);
  if (owner !== null) tree.addWay(owner.via ?? [owner.cube]);
  for (const need of needs) tree.add(need, need.use);
  return tree;
}

/** Cubes of the query before any other: whoever is further away only comes to them. */
function candidates(cubes: readonly string[], { graph }: JoinSetting): string[] {
  const reaching = graph.cubesReaching(cubes);
  const named = reaching.filter((cube) => cubes.includes(cube));
  if (named.length === 0) return reaching;
  return reaching.filter((cube) => named.every((root) => graph.reaches(root, cube)));
}

/** Whether a tree comes to the root of another one, which does not come back to it. */
function isBeyond(tree: JoinTree, other: JoinTree): boolean {
  return tree !== other && tree.cubes().has(other.root) && !other.cubes().has(tree.root);
}

function settled(tree: JoinTree, needs: readonly Need[], setting: JoinSetting): JoinTree | null {
  if (tree.ties.size === 0 || setting.ties === 'first-declared') return tree;
  for (const tie of tree.ties.values()) {
    const need = needs.find(({ member }) => member.startsWith(`${tie.to}.`)) ?? needs[0];
    reportTie(tie, need?.path ?? '', setting);
  }
  return null;
}

export function reportTie(
  { from, to, paths }: JoinTie,
  place: string,
  { reader }: JoinSetting,
): void {
  const shown = listed(
    paths.map((path) => pathName(path, ' -> ')),
    ', or ',
  );
  const [first] = paths;
  reader.report(
    'query/ambiguous-join-path',
    place,
    say`${cubeName(from)} comes to ${cubeName(to)} on several paths of one length: ${shown}${wholly(say`; choose one with joinHints: [${hintOf(first ?? [])}], or compile with joinTies: 'first-declared'`)}`,
  );
}

function reportRoots(
  trees: readonly JoinTree[],
  needs: readonly Need[],
  owner: Owner | null,
  { reader }: JoinSetting,
): null {
  const roots = trees.map((tree) => tree.root);
  const what = owner === null ? say`the query` : say`the measures of ${cubeName(owner.cube)}`;
  reader.report(
    'query/ambiguous-root',
    needs[0]?.path ?? '',
    say`${what} can be read from ${pathName(roots, ' or from ')}, which give different rows, and none needs fewer to-many joins (${trees[0]!.toMany().length} each)${wholly(say`; choose with joinHints: [${hintOf(roots.slice(0, 1))}]`)}`,
  );
  return null;
}

/** Says for each cube of the query what it lacks; the place is that of the first need out of reach. */
function reportNoRoot(
  cubes: readonly string[],
  needs: readonly Need[],
  owner: Owner | null,
  setting: JoinSetting,
): null {
  const reasons = cubes.map((cube) => {
    const lacking = [...treeFrom(cube, needs, setting, owner).missing];
    return say`${cubeName(cube)} lacks a path from ${listed(lacking.map(missingName))}`;
  });
  const start = cubes[0]!;
  const far = needs.find((need) => !setting.graph.reaches(start, startOf(need)));
  setting.reader.report(
    'query/no-join-path',
    far?.path ?? needs[0]?.path ?? '',
    say`no cube reaches ${pathName(cubes, ', ')} along declared joins: ${listed(reasons, '; ')}; declare a join, or ask for each alone`,
  );
  return null;
}

/** A join hint that a query could give. */
function hintOf(cubes: readonly string[]): Told {
  return say`[${listed(
    cubes.map((cube) => cubeName(cube, JSON.stringify(cube))),
    ',',
  )}]`;
}
