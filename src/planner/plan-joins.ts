import { cubeName, pathName, say } from '../core/told.ts';
import type { Model } from '../model/model.ts';
import type { JoinSetting, JoinTies } from './choose-root.ts';
import { joinGraphOf } from './join-graph.ts';
import type { PlanNode } from './plan.ts';
import type { QueryReader } from './query-reader.ts';
import type { RequestedHint } from './request.ts';
import { hiddenDetail, reportUnknown } from './resolve-members.ts';
import type { UserNames } from './user-names.ts';

/**
 * How the cubes of a query are joined. A hint `[A, B, C]` says that B is reached from A alone, and C
 * from B alone; its first cube is preferred where several could be the root.
 */
export function joinSetting(
  model: Model,
  hints: readonly RequestedHint[],
  ties: JoinTies,
  reader: QueryReader,
  names: UserNames,
): Omit<JoinSetting, 'occurrences' | 'masks' | 'lexical'> {
  const sources = new Map<string, string>();
  for (const { cubes, path } of hints) {
    const places = cubes.map((_, index) => `${path}[${index}]`);
    const known = cubes.map((name, index) =>
      isKnown(name, places[index]!, { model, names, reader }),
    );
    for (const [index, name] of cubes.entries()) {
      // The joins of what does not exist are those of what may not be seen: none is told.
      if (index === 0 || !known[index] || !known[index - 1]) continue;
      const place = places[index]!;
      const before = cubes[index - 1]!;
      const joins = model.cubes.get(before)?.joins ?? [];
      const other = sources.get(name) ?? before;
      if (!joins.some((join) => join.target === name)) {
        const targets = joins.map((join) => join.target).filter((item) => names.hasOwner(item));
        const declared =
          targets.length === 0 ? say`no joins` : say`joins to ${pathName(targets, ', ')}`;
        const message = say`${cubeName(before)} declares no join to ${cubeName(name)}; it declares ${declared}`;
        reader.report('query/bad-join-hint', place, message);
      } else if (other !== before) {
        const message = say`${cubeName(name)} cannot be reached both from ${cubeName(other)} and from ${cubeName(before)}`;
        reader.report('query/bad-join-hint', place, message);
      }
      sources.set(name, before);
    }
  }
  const hintedRoots = new Set(hints.flatMap(({ cubes }) => cubes.slice(0, 1)));
  return { model, graph: joinGraphOf(model, sources, ties), reader, ties, hintedRoots };
}

/** A view has no joins: a hint names cubes. */
function isKnown(
  name: string,
  path: string,
  { model, names, reader }: Pick<JoinSetting, 'model' | 'reader'> & { readonly names: UserNames },
): boolean {
  const cube = model.cubes.get(name);
  const why = cube ? names.whyNotOwner(cube) : null;
  if (cube && why === null) return true;
  const detail = why ? hiddenDetail(cubeName(name), name, why) : undefined;
  reportUnknown(reader, path, { what: 'cube', name, known: names.cubes(), detail });
  return false;
}

/** The cubes whose sources a plan reads. */
export function cubesOfPlan(node: PlanNode): string[] {
  switch (node.kind) {
    case 'scan':
      return [node.cube];
    case 'join':
      return [
        node.input.cube,
        ...node.joins.map((step) => step.cube),
        ...node.subQueries.flatMap((step) => cubesOfPlan(step.groups)),
      ];
    case 'own-rows':
      return [...cubesOfPlan(node.keys.input), ...cubesOfPlan(node.rows)];
    case 'grid':
      return node.beside ? cubesOfPlan(node.beside.rows) : [];
    case 'combine':
      return node.parts.flatMap(cubesOfPlan);
    default:
      return cubesOfPlan(node.input);
  }
}
