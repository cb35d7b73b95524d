import { didYouMean } from '../core/suggest.ts';
import type { Model } from '../model/model.ts';
import type { JoinSetting, JoinTies } from './choose-root.ts';
import { joinGraphOf } from './join-graph.ts';
import type { PlanNode } from './plan.ts';
import type { QueryReader } from './query-reader.ts';
import type { RequestedHint } from './request.ts';

/**
 * How the cubes of a query are joined. A hint `[A, B, C]` says that B is reached from A alone, and C
 * from B alone; its first cube is preferred where several could be the root.
 */
export function joinSetting(
  model: Model,
  hints: readonly RequestedHint[],
  ties: JoinTies,
  reader: QueryReader,
): Omit<JoinSetting, 'occurrences' | 'masks'> {
  const sources = new Map<string, string>();
  for (const { cubes, path } of hints) {
    for (const [index, name] of cubes.entries()) {
      const place = `${path}[${index}]`;
      if (!isKnown(name, place, model, reader) || index === 0) continue;
      const before = cubes[index - 1]!;
      const joins = model.cubes.get(before)?.joins ?? [];
      const other = sources.get(name) ?? before;
      if (!joins.some((join) => join.target === name)) {
        const names = joins.map((join) => join.target).join(', ');
        const declared = names === '' ? 'no joins' : `joins to ${names}`;
        const message = `${before} declares no join to ${name}; it declares ${declared}`;
        reader.report('query/bad-join-hint', place, message);
      } else if (other !== before) {
        const message = `${name} cannot be reached both from ${other} and from ${before}`;
        reader.report('query/bad-join-hint', place, message);
      }
      sources.set(name, before);
    }
  }
  const hintedRoots = new Set(hints.flatMap(({ cubes }) => cubes.slice(0, 1)));
  return { model, graph: joinGraphOf(model, sources, ties), reader, ties, hintedRoots };
}

function isKnown(name: string, path: string, model: Model, reader: QueryReader): boolean {
  if (model.cubes.get(name)?.public) return true;
  const known = [...model.cubes.values()].filter((cube) => cube.public).map((cube) => cube.name);
  const hint = didYouMean(name, known);
  const message = `there is no cube ${reader.show(name)}${hint ? `; ${hint}` : ''}`;
  reader.report('query/unknown-cube', path, message);
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
