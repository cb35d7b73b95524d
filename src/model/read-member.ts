import { memberPath, underscore, type MemberPath } from '../core/names.ts';
import type { DeclaredObject, DeclaredValue } from '../syntax/declaration.ts';
import { cubeName, type DeclaredCube } from './declared-cube.ts';
import { reportModel } from './diagnostics.ts';
import type { LinkContext } from './link-fragment.ts';
import { PropertyReader } from './property-reader.ts';
import { resolveReference } from './resolve-reference.ts';
import { titleOf } from './titles.ts';

/** Properties that every member has. */
export const commonKeys = ['title', 'description', 'shown', 'visible', 'public', 'meta', 'aliases'];

/** Properties of today's language that change what a member means. */
export function refuseUnsupported(
  reader: PropertyReader,
  keys: readonly string[],
  context: LinkContext,
): void {
  for (const key of keys) {
    const value = reader.get(key);
    if (!value || (value.kind === 'scalar' && (value.value === false || value.value === null)))
      continue;
    const span = context.locate(value.place, 'name');
    context.report(
      reportModel('model/not-supported-yet', { what: `'${key}' of a ${reader.what}` }, { span }),
    );
  }
}

/** A member's declaration as an object; null after reporting. */
export function memberBody(
  value: DeclaredValue,
  what: string,
  keys: ReadonlySet<string>,
  context: LinkContext,
): PropertyReader | null {
  if (value.kind === 'object') return new PropertyReader(value, what, keys, context);
  context.report(
    reportModel(
      'model/bad-value',
      { key: what, expected: `an object: { sql: ..., type: ... }`, found: 'something else' },
      { span: context.locate(value.place) },
    ),
  );
  return null;
}

export function memberBase(
  reader: PropertyReader,
  name: string,
  cube: DeclaredCube,
  cubeTitle: string,
  shownByDefault: boolean,
) {
  const shortTitle = reader.text('title') ?? titleOf(name);
  const shown = reader.boolean('public') ?? reader.boolean('shown') ?? reader.boolean('visible');
  return {
    name,
    path: memberPath(cube.name, name),
    alias: underscore(name),
    title: `${cubeTitle} ${shortTitle}`,
    shortTitle,
    description: reader.text('description'),
    public: shown ?? shownByDefault,
    meta: reader.json('meta'),
  };
}

/** Members named in a list: `drillMembers: [id, Users.name]`. */
export function readMemberList(
  values: readonly DeclaredValue[],
  cube: DeclaredCube,
  context: LinkContext,
): MemberPath[] {
  return values.flatMap((value) => {
    const path = pathOf(value);
    const span = () => context.locate(value.place);
    if (path === null) {
      const parameters = {
        key: 'drill_members',
        expected: 'a list of members',
        found: 'something else',
      };
      context.report(reportModel('model/bad-value', parameters, { span: span() }));
      return [];
    }
    const resolved = resolveReference(path, false, cube, context.cubes, span);
    if ('problem' in resolved) context.report(resolved.problem);
    return 'piece' in resolved && resolved.piece.kind === 'member' ? [resolved.piece.path] : [];
  });
}

function pathOf(value: DeclaredValue): readonly string[] | null {
  if (value.kind === 'reference') return value.path;
  if (value.kind === 'template') {
    const [only] = value.template.pieces;
    const isOne = value.template.pieces.length === 1 && only?.kind === 'reference' && !only.source;
    return isOne ? only.path : null;
  }
  return cubeName(value)?.split('.') ?? null;
}

/** The objects of a list, each with the known properties. */
export function objectList(
  values: readonly DeclaredValue[],
  reader: PropertyReader,
  key: string,
): DeclaredObject[] {
  return values.flatMap((value) => {
    if (value.kind === 'object') return [value];
    reader.bad(key, 'an object', value);
    return [];
  });
}
