import { didYouMean } from '../core/suggest.ts';
import { memberPath, type MemberPath } from '../core/names.ts';
import type { DeclaredValue } from '../syntax/declaration.ts';
import type { AccessPolicy, MemberSelection, PolicyCondition } from './access-policy.ts';
import { claimOf } from './claim-of.ts';
import { describeValue } from './describe-value.ts';
import { reportModel } from './diagnostics.ts';
import type { Member } from './model.ts';
import type { PropertyReader, ReadContext } from './property-reader.ts';
import { readPolicyRows } from './read-policy-rows.ts';
import { namedPath } from './read-references.ts';

/** A cube or a view, for what names its own members alone. */
export interface Owner {
  readonly name: string;
  readonly members: ReadonlyMap<string, { readonly kind: Member['kind'] }>;
}

/** The access policies of a cube or a view; one that has an error is left out. */
export function readPolicies(
  reader: PropertyReader,
  owner: Owner,
  context: ReadContext,
): AccessPolicy[] {
  return reader.children('access_policy').map((policy) => {
    const levels = policy.child('member_level', 'member level');
    const masking = policy.child('member_masking', 'member masking');
    if (masking && !levels) {
      const span = context.locate(policy.get('member_masking')!.place, 'name');
      const parameters = { key: 'member_masking', expected: 'member_level' };
      policy.report(reportModel('model/only-with', parameters, { span }));
    }
    return {
      groups: readGroups(policy, context),
      conditions: policy.children('conditions').map((item) => readCondition(item, context)),
      members: levels ? readSelection(levels, owner, context) : everything,
      masked: masking ? readSelection(masking, owner, context) : nothing,
      rows: readPolicyRows(policy, owner, context),
    };
  });
}

function readGroups(policy: PropertyReader, context: ReadContext): readonly string[] {
  const one = policy.text('group');
  const many = policy.texts('groups');
  if (one !== null && policy.has('groups')) {
    const span = context.locate(policy.get('groups')!.place, 'name');
    const labels = [
      { span: context.locate(policy.get('group')!.place, 'name'), text: 'the other' },
    ];
    const parameters = { what: policy.what, key: 'group', other: 'groups' };
    policy.report(reportModel('model/not-both', parameters, { span, labels }));
  }
  if (one === null && many.length === 0) policy.missing('group', "group: '*' is everybody");
  return one === null ? many : [one];
}

/** Anything that cannot be told stays false: the policy then grants nothing. */
function readCondition(reader: PropertyReader, context: ReadContext): PolicyCondition {
  const value = reader.get('if');
  const claim = value && claimOf(value);
  if (claim) return { kind: 'claim', claim };
  if (value?.kind === 'scalar' && typeof value.value === 'boolean')
    return { kind: 'constant', value: value.value };
  if (value) {
    const expected = 'a claim such as securityContext.isManager, true or false';
    const parameters = { key: 'if', expected, found: describeValue(value) };
    const span = context.locate(value.place);
    context.report(reportModel('model/bad-value', parameters, { span }));
  }
  return { kind: 'constant', value: false };
}

const everything: MemberSelection = { kind: 'all-but', members: [] };
const nothing: MemberSelection = { kind: 'only', members: [] };

/** `includes` without `excludes`; all that is not excluded when nothing is included by name. */
function readSelection(
  reader: PropertyReader,
  owner: Owner,
  context: ReadContext,
): MemberSelection {
  if (reader.isWrong('includes') || reader.isWrong('excludes')) return nothing;
  const included = readNames(reader, 'includes', owner, context);
  const excluded = readNames(reader, 'excludes', owner, context);
  if (excluded === 'all' || (included === null && excluded === null)) return nothing;
  const without = new Set(excluded ?? []);
  return included === 'all' || included === null
    ? { kind: 'all-but', members: [...without].sort() }
    : { kind: 'only', members: included.filter((path) => !without.has(path)).sort() };
}

function readNames(
  reader: PropertyReader,
  key: string,
  owner: Owner,
  context: ReadContext,
): 'all' | MemberPath[] | null {
  const value = reader.get(key);
  if (!value) return null;
  if (value.kind === 'scalar' && value.value === '*') return 'all';
  const items = value.kind === 'list' ? value.items : [value];
  if (items.some((item) => item.kind === 'scalar' && item.value === '*')) return 'all';
  return items.flatMap((item) => readOwnMember(item, { owner, key }, context) ?? []);
}

/** A member of the cube or view itself: `status`, `CUBE.status`, `Orders.status`. */
export function readOwnMember(
  value: DeclaredValue,
  { owner, key }: { readonly owner: Owner; readonly key: string },
  context: ReadContext,
): MemberPath | null {
  const path = namedPath(value);
  const span = () => context.locate(value.place);
  const [first, second] = path ?? [];
  if (first === undefined || path!.length > 2) {
    const parameters = { key, expected: 'a member', found: describeValue(value) };
    context.report(reportModel('model/bad-value', parameters, { span: span() }));
    return null;
  }
  const names = [owner.name, context.ownerOf(value.place), 'CUBE'];
  const isQualified = second !== undefined && names.includes(first);
  const name = isQualified ? second : path!.join('.');
  if (owner.members.has(name)) return memberPath(owner.name, name);
  const help = didYouMean(name, owner.members.keys());
  const parameters = { cube: owner.name, name };
  context.report(reportModel('model/unknown-member', parameters, { span: span(), help }));
  return null;
}
