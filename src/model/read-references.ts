import type { MemberPath } from '../core/names.ts';
import type { DeclaredValue } from '../syntax/declaration.ts';
import type { DeclaredCube } from './declared-cube.ts';
import { badValue, describeValue } from './describe-value.ts';
import { reportModel } from './diagnostics.ts';
import type { LinkContext } from './link-fragment.ts';
import type { Member } from './model.ts';
import { nothing } from './property-reader.ts';
import { resolveReference } from './resolve-reference.ts';

/** Where members are named: the property, and the kinds that may stand there. */
export interface ReferenceSite {
  readonly cube: DeclaredCube;
  readonly key: string;
  readonly kinds?: readonly Member['kind'][];
}

/** Members named in a list, or one alone: `drillMembers: [id, Users.name]`. */
export function readMembers(
  value: DeclaredValue | undefined,
  site: ReferenceSite,
  context: LinkContext,
): readonly MemberPath[] {
  if (!value) return nothing;
  const items = value.kind === 'list' ? value.items : [value];
  return items.flatMap((item) => readMemberName(item, site, context) ?? []);
}

/** A member named outside text; null after reporting what is wrong with it. */
export function readMemberName(
  value: DeclaredValue,
  { cube, key, kinds }: ReferenceSite,
  context: LinkContext,
): MemberPath | null {
  const span = () => context.locate(value.place);
  const path = namedPath(value);
  if (path === null) {
    const parameters = { key, expected: 'a member', found: describeValue(value) };
    badValue(parameters, value, context);
    return null;
  }
  const owner = context.ownerOf(value.place);
  const resolved = resolveReference(path, false, cube, owner, context, span);
  if ('problem' in resolved) {
    context.report(resolved.problem);
    return null;
  }
  const { piece, member } = resolved;
  if (piece.kind !== 'member' || member === null || (kinds && !kinds.includes(member))) {
    const expected = kinds ? kinds.map((kind) => `a ${kind}`).join(' or ') : 'a member';
    const found = piece.kind === 'member' ? `the ${member} ${piece.path}` : 'a cube';
    context.report(reportModel('model/bad-value', { key, expected, found }, { span: span() }));
    return null;
  }
  return piece.path;
}

/** What a value names: a reference, a text, or a template of one: `${CUBE.status}`, `${CUBE}.status`. */
export function namedPath(value: DeclaredValue): readonly string[] | null {
  if (value.kind === 'reference') return value.path;
  if (value.kind === 'scalar' && typeof value.value === 'string') return value.value.split('.');
  if (value.kind !== 'template') return null;
  const [first, second, ...others] = value.template.pieces;
  if (first?.kind !== 'reference' || first.source || others.length > 0) return null;
  if (!second) return first.path;
  const isMember = second.kind === 'text' && second.text.startsWith('.');
  return isMember ? [...first.path, second.text.slice(1)] : null;
}
