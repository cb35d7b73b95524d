import type { MemberPath } from '../core/names.ts';
import type { AccessPolicy, PolicyFilter } from '../model/access-policy.ts';
import type { Model } from '../model/model.ts';
import { isSelected, type Access } from './access.ts';
import { unsupportedReason } from './check-supported.ts';
import type { Need } from './choose-root.ts';
import type { Condition } from './condition.ts';
import type { SourceAccess } from './plan.ts';
import { membersOfFilter } from './policy-leaf.ts';
import { QueryError } from './query-error.ts';
import { findMember } from './references.ts';

/** Members that a query names, by their cube or view. */
export type UsedMembers = ReadonlyMap<string, ReadonlySet<MemberPath>>;

/** What the policies of views ask of the rows of a query. */
export interface ViewRows {
  readonly conditions: readonly Condition[];
  readonly needs: readonly Need[];
}

/**
 * Which rows of a cube or a view a query may read: those on which each of its members is granted by
 * some policy. So what one policy shows of few rows is not shown of the many rows of another one.
 *
 * @throws QueryError when no policy covers the user.
 */
function visibleRows(owner: string, used: UsedMembers, access: Access): PolicyFilter | 'all' {
  const policies = access.policiesOf(owner);
  if (policies === null) return 'all';
  if (policies.length === 0) throw uncovered(owner);
  const members = [...(used.get(owner) ?? [])].sort();
  const granting = members.map((member) =>
    policies.filter((policy) => isSelected(policy.members, member)),
  );
  const items = new Map<string, PolicyFilter>();
  for (const some of granting.length > 0 ? granting : [policies]) {
    const rows = unionOf(some);
    if (rows !== 'all') items.set(JSON.stringify(rows), rows);
  }
  if (items.size === 0) return 'all';
  return items.size === 1 ? [...items.values()][0]! : { kind: 'and', items: [...items.values()] };
}

function unionOf(policies: readonly AccessPolicy[]): PolicyFilter | 'all' {
  const items: PolicyFilter[] = [];
  for (const { rows } of policies) {
    if (rows === 'all') return 'all';
    items.push(rows);
  }
  return items.length === 1 ? items[0]! : { kind: 'or', items };
}

function uncovered(owner: string): QueryError {
  const message = `no access policy of ${owner} covers this user`;
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
    for (const path of membersOfFilter(rows)) {
      const { target, joinPath } = view.members.get(path.slice(name.length + 1))!;
      requireColumn(target, name, model);
      const via = joinPath.length > 1 ? joinPath : null;
      needs.push({ name: path, member: target, via, use: 'value', path: '' });
    }
  }
  return { conditions, needs };
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
  const message = `an access policy of ${owner} filters by ${path}, which is no column of its rows`;
  throw new QueryError([{ code: 'query/policy-not-supported', path: '', message }]);
}
