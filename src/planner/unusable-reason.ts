import { parseMemberPath, type MemberPath } from '../core/names.ts';
import type { Measure, Model } from '../model/model.ts';
import { ownTree } from './root-search.ts';
import type { JoinGraph } from './join-graph.ts';
import { plainOccurrence } from './plan.ts';
import { QueryError } from './query-error.ts';
import { findMember } from './references.ts';
import { isComposed } from './split-measures.ts';

/**
 * Why every query that asks for a measure is refused, whatever else it asks for: what its own SQL names
 * is not joined, or repeats its rows. null: some query is not.
 */
export function unusableReason(path: MemberPath, model: Model, graph: JoinGraph): string | null {
  const { cube } = parseMemberPath(path)!;
  const measure = findMember(model, path)?.member as Measure;
  if (measure.multiStage || isComposed(measure, model)) return null;
  const tree = ownTree({ cube, via: null }, { model, graph });
  try {
    tree.add(plainOccurrence(path));
  } catch (error) {
    if (error instanceof QueryError) return error.detail[0]!.message;
    throw error;
  }
  const [missing] = tree.missing;
  if (missing !== undefined) return `its SQL needs a join from ${missing}, and none is declared`;
  // A query's join hints choose between paths of one length.
  const [many] = tree.ties.size === 0 ? tree.toMany() : [];
  if (!many) return null;
  return `it is calculated from ${many.cube}, of which each ${cube} has many; aggregate in a measure of ${many.cube} instead`;
}
