import { invariant } from '../core/invariant.ts';
import type { MemberPath } from '../core/names.ts';
import type { PolicyFilter } from '../model/access-policy.ts';
import { sourceFragment } from '../model/fragments-of.ts';
import type { Cube } from '../model/model.ts';
import { beyondSource as outsideSource } from '../planner/policy-rows.ts';
import type { Expression, Source } from '../sql/ast.ts';
import { Aliases } from './aliases.ts';
import { needsFence } from './barrier.ts';
import { lowerText } from './lower-fragment.ts';
import { findMember, lowerMember } from './lower-member.ts';
import { lowerPolicy } from './lower-policy.ts';
import type { Lowering } from './lowering.ts';
import type { RowScope } from './row-scope.ts';
import { inUtc } from './time-form.ts';

/**
 * A cube's table or query, with the row filters that its author wrote into it; behind a fence when
 * the call asks for barriers, so that no condition of the query sees rows which those filters remove.
 */
export function lowerSource(cube: Cube, lowering: Lowering): Source {
  const fragment = sourceFragment(cube);
  const raw = lowerText(fragment.pieces, { ...placeOf(fragment), position: 'source' }, lowering);
  const source: Source =
    cube.source.kind === 'table' ? { kind: 'table', name: raw } : { kind: 'query', sql: raw };
  const alias = new Aliases(lowering.dialect).table(cube.alias, cube.name);
  const restriction = lowerRestriction(cube, alias, lowering);
  const shown: Source =
    restriction === null
      ? source
      : { kind: 'restricted', item: { source, alias, label: cube.name }, where: restriction };
  return needsFence(cube, lowering) ? { kind: 'fenced', source: shown, alias } : shown;
}

/** What the access policies of a cube ask of its rows; null: nothing. */
export function lowerRestriction(cube: Cube, alias: string, lowering: Lowering): Expression | null {
  const rows = policyRows(cube, lowering);
  if (rows === 'all') return null;
  const scope: RowScope = {
    aliasOf: (name) => (name === cube.name ? alias : beyondSource(cube, name)),
    member: (path) =>
      path.startsWith(`${cube.name}.`)
        ? lowerMember(path, inUtc(lowering), scope)
        : beyondSource(cube, path),
  };
  const resolve = (path: MemberPath) => {
    const { member } = findMember(path, lowering);
    invariant(member.kind === 'dimension', `an access policy filters by ${path}`);
    return { expression: scope.member(path), type: member.type };
  };
  return lowerPolicy(rows, { owner: cube.name, position: 'source', resolve }, lowering);
}

/** A plan says of each source with policies which rows it shows: one that does not gives no rows away. */
function policyRows(cube: Cube, { plan }: Lowering): PolicyFilter | 'all' {
  if (cube.accessPolicies.length === 0) return 'all';
  const access = plan.access.find((item) => item.cube === cube.name);
  invariant(access, `the plan does not say which rows of ${cube.name} are shown`);
  return access.rows;
}

function beyondSource(cube: Cube, name: string): never {
  throw outsideSource(cube.name, name);
}

function placeOf(fragment: { member: string; property: string; file: string }) {
  return { member: fragment.member, property: fragment.property, file: fragment.file };
}
