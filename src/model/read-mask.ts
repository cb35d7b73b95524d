import type { DeclaredCube } from './declared-cube.ts';
import type { LinkContext } from './link-fragment.ts';
import type { Mask } from './model.ts';
import type { PropertyReader } from './property-reader.ts';
import { linkSql } from './read-member.ts';

/** A value, or `{ sql }`. */
export function readMask(
  reader: PropertyReader,
  site: { readonly cube: DeclaredCube; readonly member: string },
  context: LinkContext,
): Mask | null {
  const value = reader.text('mask') ?? reader.number('mask') ?? reader.boolean('mask');
  if (value !== null) return { kind: 'value', value };
  const child = reader.child('mask', 'mask');
  const role = reader.what === 'measure' ? 'aggregate' : 'row';
  const sql = child && linkSql(child, { ...site, property: 'mask.sql', role }, context);
  return sql && { kind: 'sql', sql };
}
