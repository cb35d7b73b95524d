import type { MemberPath } from '../core/names.ts';
import type { AccessPolicy, MemberSelection, PolicyFilter } from './access-policy.ts';
import type { Cube, Model } from './model.ts';
import type { View } from './view.ts';

/** What one access policy gives, to whom. Users whom no policy of a cube or view covers see nothing of it. */
export interface PolicyAudit {
  /** The cube or view. */
  readonly owner: string;
  readonly kind: 'cube' | 'view';
  readonly file: string;
  /** `*` is everybody. */
  readonly groups: readonly string[];
  /** Claims that all have to be there for it to take part; `true` and `false` as they are written. */
  readonly conditions: readonly string[];
  readonly shown: readonly MemberPath[];
  /** Of the others: those that show their masks. */
  readonly masked: readonly MemberPath[];
  /** `filtered`: by `filters`, which may let nothing through. */
  readonly rows: 'all' | 'filtered';
  /** In the order in which they are written; `claims` are those that their values read. */
  readonly filters: readonly {
    readonly member: MemberPath;
    readonly operator: string;
    readonly claims: readonly string[];
  }[];
}

export function auditPolicies({ restricted, cubes, views }: Model): PolicyAudit[] {
  return restricted.flatMap((name) => {
    const owner = cubes.get(name) ?? views.get(name)!;
    const kind = cubes.has(name) ? 'cube' : 'view';
    return owner.accessPolicies.map((policy) => auditPolicy(policy, owner, kind));
  });
}

function auditPolicy(
  { groups, conditions, members, masked, rows }: AccessPolicy,
  owner: Cube | View,
  kind: PolicyAudit['kind'],
): PolicyAudit {
  const shown = selected(members, owner);
  const segments = [...owner.members.values()].filter((member) => member.kind === 'segment');
  const unmasked = new Set([...shown, ...segments.map((segment) => segment.path)]);
  return {
    owner: owner.name,
    kind,
    file: owner.file,
    groups,
    conditions: conditions.map((item) =>
      item.kind === 'claim' ? item.claim.join('.') : String(item.value),
    ),
    shown,
    masked: selected(masked, owner).filter((path) => !unmasked.has(path)),
    rows: rows === 'all' ? 'all' : 'filtered',
    filters: rows === 'all' ? [] : filtersIn(rows),
  };
}

function selected({ kind, members }: MemberSelection, owner: Cube | View): MemberPath[] {
  const named = new Set(members);
  const paths = [...owner.members.values()].map((member) => member.path);
  return paths.filter((path) => named.has(path) === (kind === 'only'));
}

function filtersIn(filter: PolicyFilter): PolicyAudit['filters'][number][] {
  if (filter.kind !== 'member') return filter.items.flatMap(filtersIn);
  const { member, operator, values } = filter;
  const claims = values.flatMap((value) => (value.kind === 'claim' ? [value.claim.join('.')] : []));
  return [{ member, operator, claims }];
}
