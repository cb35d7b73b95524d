import type { Diagnostic } from '../core/diagnostic.ts';
import type { BuiltModel } from '../model/build-model.ts';
import { reportModel } from '../model/diagnostics.ts';
import { joinGraphOf } from '../planner/join-graph.ts';
import { unusableReason } from '../planner/unusable-reason.ts';

/** Joins followed to find them: a schema of that many is asked for the rest when it is queried. */
const mostSteps = 2_000_000;

/** Measures that the planner refuses in every query. Only those that name other cubes can be. */
export function findUnusableMeasures({ model, links }: BuiltModel): Diagnostic[] {
  const cubes = [...links.cubes.values()].filter((link) => link.measuresAcross.length > 0);
  if (cubes.length === 0) return [];
  const joins = [...model.cubes.values()].reduce((count, cube) => count + cube.joins.length, 1);
  const graph = joinGraphOf(model, new Map(), 'error');
  return cubes.slice(0, mostSteps / joins).flatMap(({ declared, measuresAcross }) => {
    return measuresAcross.flatMap(({ name, path: measure }) => {
      const reason = unusableReason(measure, model, graph);
      if (reason === null) return [];
      const span = declared.members.get(name)?.span();
      const extras = { span, severity: 'warning' } as const;
      return [reportModel('model/unusable-measure', { measure, reason }, extras)];
    });
  });
}
