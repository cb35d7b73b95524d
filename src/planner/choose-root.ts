import type { LexicalRules } from '../sql/dialects/dialect.ts';
import type { MemberPath } from '../core/names.ts';
import { cubeName, listed, pathName, say, wholly, type Told } from '../core/told.ts';
import type { Model } from '../model/model.ts';
import type { JoinGraph } from './join-graph.ts';
import { missingName, type JoinTie, type JoinTree } from './join-tree.ts';
import { RootSearch, startOf, treeFrom } from './root-search.ts';
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
 * The joins of a query (or of a cube's measures in it), from the root that `docs/planning.md` defines: a
 * cube that reaches the measures' own cube and every need. Of several, one whose ways lead over no cube
 * but those of the query; then the one whose ways repeat the measures' rows the least; then the one with
 * the fewest joins; then the owner. null after reporting that there is no root, or more than one.
 */
export function chooseRoot(
  needs: readonly Need[],
  owner: Owner | null,
  setting: JoinSetting,
): JoinTree | null {
  const search = new RootSearch(needs, owner, setting);
  const found = search.best();
  const [first, ...others] = found;
  if (first === undefined) return reportNoRoot(search.starts, needs, owner, setting);
  const hinted = found.filter((tree) => setting.hintedRoots.has(tree.root));
  if (hinted.length === 1) return settled(hinted[0]!, needs, setting);
  if (others.length > 0 && setting.ties === 'error') {
    return reportRoots(found, needs, owner, setting);
  }
  return settled(first, needs, setting);
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
    say`${what} can be read from ${pathName(roots, ' or from ')}, which give different rows, and none has better ways: they repeat rows alike and have ${trees[0]!.wayJoins} joins each${wholly(say`; choose with joinHints: [${hintOf(roots.slice(0, 1))}]`)}`,
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
    const lacking = [...treeFrom(cube, needs, owner, setting).missing];
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
