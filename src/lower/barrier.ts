import { forOperator, placeName, say } from '../core/told.ts';
import type { Cube, Fragment, FragmentPiece } from '../model/model.ts';
import { innerPieces, sourceFragment } from '../model/fragments-of.ts';
import type { MemberFilter } from '../model/model.ts';
import { QueryError } from '../planner/query-error.ts';
import type { Expression } from '../sql/ast.ts';
import type { FragmentPlace } from './lower-fragment.ts';
import type { Lowering } from './lowering.ts';
import { allOf } from './selects.ts';

/**
 * Whether what a cube's own SQL gives depends on the user, in whatever form it reads a claim, or its
 * policies restrict its rows, and the call asks for barriers. A source inside it has a fence of its own.
 */
export function needsFence(cube: Cube, { barrier, plan }: Lowering): boolean {
  if (!barrier) return false;
  // A policy that shows a user all rows is no reason; one that the plan does not know of is.
  const isRestricted =
    cube.accessPolicies.length > 0 &&
    plan.access.find((item) => item.cube === cube.name)?.rows !== 'all';
  return isRestricted || readsUser(sourceFragment(cube));
}

/** Also in the branches that do not hold: that they do not is what a claim says. */
function readsUser({ pieces, evaluated }: Fragment): boolean {
  return evaluated === true || pieces.some(readsClaim);
}

function readsClaim(piece: FragmentPiece): boolean {
  switch (piece.kind) {
    case 'filter':
    case 'claim':
    case 'unsafe':
    case 'conditional':
    case 'dynamic':
      return true;
    default:
      return innerPieces(piece).some((pieces) => pieces.some(readsClaim));
  }
}

/** Whether a view's policy decides over the rows of the whole statement. */
export function hasViewPolicy({ plan }: Lowering): boolean {
  return plan.rows.some((condition) => condition.kind === 'policy');
}

/**
 * Conditions that are evaluated on the rows alone which the policies of views show. A policy over joined
 * rows has no source of its own to be fenced; the branches of a CASE are evaluated where its test holds.
 */
export function behindPolicies(
  policies: readonly Expression[],
  conditions: readonly Expression[],
): Expression {
  return {
    kind: 'case',
    branches: [{ when: allOf(policies)!, then: allOf(conditions)! }],
    otherwise: { kind: 'constant', value: false },
  };
}

/** What a query asks through `FILTER_PARAMS` would be evaluated before the rows are chosen. */
export function refuseInsideBarrier(
  [filter]: readonly MemberFilter[],
  place: FragmentPlace,
  lowering: Lowering,
): void {
  if (!lowering.barrier || !isBeforeChoice(place, lowering)) return;
  throw new QueryError([
    {
      code: 'query/filter-inside-barrier',
      path: '',
      message: say`FILTER_PARAMS.${placeName(filter!.member)} in ${forOperator(say`the ${forOperator(place.property)} of ${placeName(place.member)} (${forOperator(place.file)})`, say`the schema`)} would evaluate the query's filter on rows that this user may not see, which barrier forbids; put the row filter in a cube of its own and FILTER_PARAMS around its \${Cube.sql()}, or leave FILTER_PARAMS out`,
    },
  ]);
}

function isBeforeChoice(place: FragmentPlace, lowering: Lowering): boolean {
  if (place.position === 'source') {
    const cube = lowering.model.cubes.get(place.member);
    return hasViewPolicy(lowering) || cube === undefined || needsFence(cube, lowering);
  }
  return hasViewPolicy(lowering) && place.property.startsWith('joins.');
}
