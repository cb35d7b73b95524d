import { memberPath, underscore } from '../core/names.ts';
import type { DeclaredValue } from '../syntax/declaration.ts';
import type { DeclaredCube } from './declared-cube.ts';
import { reportModel } from './diagnostics.ts';
import type { FragmentSite } from './check-reference.ts';
import { linkFragment, type LinkContext } from './link-fragment.ts';
import type { Fragment, Member } from './model.ts';
import { nothing, PropertyReader } from './property-reader.ts';
import { titleOf } from './titles.ts';

/** Where a member is read: its name, its cube, and that cube's title. */
export interface MemberSite {
  readonly name: string;
  readonly cube: DeclaredCube;
  readonly cubeTitle: string;
}

/** A member's declaration by its properties; null after reporting that it is no object. */
export function memberBody(
  value: DeclaredValue,
  what: 'measure' | 'dimension' | 'segment',
  context: LinkContext,
): PropertyReader | null {
  if (value.kind === 'object') return new PropertyReader(value, what, context);
  context.report(
    reportModel(
      'model/bad-value',
      { key: what, expected: `an object: { sql: ..., type: ... }`, found: 'something else' },
      { span: context.locate(value.place) },
    ),
  );
  return null;
}

/** What members of all kinds have. To be spread before anything else, which is fast. */
export function memberBase<Kind extends Member['kind']>(
  kind: Kind,
  reader: PropertyReader,
  { name, cube, cubeTitle }: MemberSite,
  shownByDefault = true,
) {
  const shortTitle = reader.text('title') ?? titleOf(name);
  return {
    kind,
    name,
    path: memberPath(cube.name, name),
    alias: underscore(name),
    title: `${cubeTitle} ${shortTitle}`,
    shortTitle,
    description: reader.text('description'),
    public: reader.boolean('public') ?? shownByDefault,
    meta: reader.json('meta'),
  };
}

/** The fragment of a property `sql`; null when it is absent or was reported. */
export function linkSql(
  reader: PropertyReader,
  site: FragmentSite,
  context: LinkContext,
): Fragment | null {
  const sql = reader.get('sql');
  return sql ? linkFragment(sql, site, context) : null;
}

/** The fragments of a list of `{ sql }`. */
export function linkList(
  readers: readonly PropertyReader[],
  key: string,
  site: Omit<FragmentSite, 'property'>,
  context: LinkContext,
): readonly Fragment[] {
  if (readers.length === 0) return nothing;
  return readers.flatMap(
    (reader, index) =>
      linkSql(reader, { ...site, property: `${key}[${index}].sql` }, context) ?? [],
  );
}
