import type { MemberPath } from '../core/names.ts';
import { cubeName, forOperator, memberName, placeName, say } from '../core/told.ts';
import type { PolicyFilter } from '../model/access-policy.ts';
import type { Model } from '../model/model.ts';
import type { View } from '../model/view.ts';
import { rowsOf, type Access } from './access.ts';
import { unsupportedReason } from './check-supported.ts';
import type { Need } from './choose-root.ts';
import type { Condition } from './condition.ts';
import { askedName } from './masks.ts';
import type { MaskedMember, Occurrence, SourceAccess } from './plan.ts';
import { membersOfFilter } from './policy-leaf.ts';
import { QueryError } from './query-error.ts';
import { findMember, referencesOf } from './references.ts';

/** Members that a query names, by their cube or view. */
export type UsedMembers = ReadonlyMap<string, ReadonlySet<MemberPath>>;

/** What the policies of views ask of the rows of a query. */
export interface ViewRows {
  readonly conditions: readonly Condition[];
  readonly needs: readonly Need[];
}

/**
 * Which rows of a cube or a view a query may read: those on which each of its members is shown or masked
 * by some policy. So what one policy shows of few rows is not shown of the many rows of another one.
 *
 * @throws QueryError when no policy covers the user.
 */
function visibleRows(owner: string, used: UsedMembers, access: Access): PolicyFilter | 'all' {
  const policies = access.policiesOf(owner);
  if (policies === null) return 'all';
  if (policies.length === 0) throw uncovered(owner);
  const members = [...(used.get(owner) ?? [])].sort();
  const granting = members.map((member) => access.granting(owner, member));
  const items = new Map<string, PolicyFilter>();
  for (const some of granting.length > 0 ? granting : [policies]) {
    const rows = rowsOf(some);
    if (rows !== 'all') items.set(JSON.stringify(rows), rows);
  }
  if (items.size === 0) return 'all';
  return items.size === 1 ? [...items.values()][0]! : { kind: 'and', items: [...items.values()] };
}

function uncovered(owner: string): QueryError {
  const detail = say`no access policy of ${cubeName(owner)} covers this user`;
  const message = say`${forOperator(detail, say`the query needs rows that are not shown to this user`)}`;
  return new QueryError([{ code: 'query/access-denied', path: '', message }]);
}

/** The rows of each source with policies that a plan reads. */
export function sourceAccess(
  cubes: ReadonlySet<string>,
  used: UsedMembers,
  access: Access | null,
  model: Model,
): SourceAccess[] {
  if (access === null) return [];
  return [...cubes].sort().flatMap((cube): SourceAccess[] => {
    if (access.policiesOf(cube) === null) return [];
    const rows = visibleRows(cube, used, access);
    if (rows !== 'all')
      membersOfFilter(rows).forEach((member) => requireColumn(member, cube, model));
    return [{ cube, rows }];
  });
}

/** A policy of a view holds over the rows that the view joins. */
export function viewRows(used: UsedMembers, access: Access | null, model: Model): ViewRows {
  const conditions: Condition[] = [];
  const needs: Need[] = [];
  for (const name of access === null ? [] : [...used.keys()].sort()) {
    const view = model.views.get(name);
    const rows = view && access && visibleRows(name, used, access);
    if (!rows || rows === 'all') continue;
    conditions.push({ kind: 'policy', view: name, filter: rows });
    needs.push(...needsOfView(rows, view, model));
  }
  return { conditions, needs };
}

function needsOfView(rows: PolicyFilter, view: View, model: Model): Need[] {
  return membersOfFilter(rows).map((path) => {
    const { target, joinPath } = view.members.get(path.slice(view.name.length + 1))!;
    requireColumn(target, view.name, model);
    const via = joinPath.length > 1 ? joinPath : null;
    return { name: path, member: target, via, use: 'value', path: '' };
  });
}

/** By the name of a masked dimension what decides where it has its value: itself, and what policies compare. */
export function needsOfMasks(
  masked: readonly MaskedMember[],
  occurrences: ReadonlyMap<MemberPath, Occurrence>,
  model: Model,
): ReadonlyMap<MemberPath, readonly Need[]> {
  return new Map(
    masked.map((item) => [item.name, needsOfMask(item, occurrences.get(item.name)!, model)]),
  );
}

function needsOfMask(
  { asked, member, shown }: MaskedMember,
  { via }: Occurrence,
  model: Model,
): Need[] {
  if (shown.length === 0) return [];
  const beside = shown.flatMap(({ owner, rows }): Need[] => {
    const view = model.views.get(owner);
    if (view) return needsOfView(rows, view, model);
    membersOfFilter(rows).forEach((path) => requireOwnColumn(path, owner, model));
    return [];
  });
  return [{ name: asked, member: askedName(member.path), via, use: 'value', path: '' }, ...beside];
}

/** As in its source, a policy of a cube compares its columns beside the joins of a query. */
function requireOwnColumn(path: MemberPath, owner: string, model: Model): void {
  requireColumn(path, owner, model);
  const { member, cube } = findMember(model, path)!;
  for (const reference of referencesOf(member, cube, 'value')) {
    if (reference.cube !== owner) throw beyondSource(owner, reference.cube);
    if (reference.kind === 'member') requireOwnColumn(reference.path, owner, model);
  }
}

export function beyondSource(owner: string, name: string): QueryError {
  const [by, other] = [cubeName(owner), placeName(name)];
  const message = say`an access policy of ${by} needs ${other}, which stands outside its source; filter by columns of ${by}`;
  return new QueryError([{ code: 'query/policy-not-supported', path: '', message }]);
}

/** What cannot be compared for each row denies the query: a filter is never left out. */
function requireColumn(path: MemberPath, owner: string, model: Model): void {
  const member = findMember(model, path)?.member;
  const isColumn =
    member?.kind === 'dimension' &&
    member.subQuery === null &&
    member.multiStage === null &&
    member.type !== 'switch' &&
    unsupportedReason(member, model) === null;
  if (isColumn) return;
  const message = say`an access policy of ${cubeName(owner)} filters by ${memberName(path)}, which is no column of its rows`;
  throw new QueryError([{ code: 'query/policy-not-supported', path: '', message }]);
}
