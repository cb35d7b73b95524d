import { memberPath } from '../core/names.ts';
import type { DeclaredCube } from './declared-cube.ts';
import type { LinkContext } from './link-fragment.ts';
import type { Hierarchy } from './model.ts';
import { PropertyReader } from './property-reader.ts';
import { readMembers } from './read-references.ts';
import { titleOf } from './titles.ts';

/** The hierarchies of a cube, each with at least one level. */
export function readHierarchies(
  reader: PropertyReader,
  cube: DeclaredCube,
  context: LinkContext,
): Hierarchy[] {
  return reader.named('hierarchies').flatMap(({ name, value }) => {
    if (value.kind !== 'object') {
      reader.bad('hierarchies', 'an object', value);
      return [];
    }
    const body = new PropertyReader(value, 'hierarchy', context);
    const site = { cube, key: 'levels', kinds: ['dimension'] } as const;
    const levels = readMembers(body.get('levels'), site, context);
    if (levels.length === 0) return [];
    return [
      {
        name,
        path: memberPath(cube.name, name),
        title: body.text('title') ?? titleOf(name),
        public: body.boolean('public') ?? true,
        levels,
      },
    ];
  });
}
