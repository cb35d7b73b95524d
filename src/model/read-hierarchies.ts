import { memberPath, type MemberPath } from '../core/names.ts';
import type { DeclaredValue } from '../syntax/declaration.ts';
import type { DeclaredCube } from './declared-cube.ts';
import type { LinkContext } from './link-fragment.ts';
import type { Hierarchy } from './model.ts';
import { PropertyReader, type ReadContext } from './property-reader.ts';
import { readOwnMember, type Owner } from './read-policies.ts';
import { readMembers } from './read-references.ts';
import { titleOf } from './titles.ts';

/** The hierarchies of a cube, each with at least one level, which may be another cube's. */
export function readHierarchies(
  reader: PropertyReader,
  cube: DeclaredCube,
  context: LinkContext,
): Map<string, Hierarchy> {
  const site = { cube, key: 'levels', kinds: ['dimension'] } as const;
  return readEach(reader, cube.name, context, (levels) => readMembers(levels, site, context));
}

/** The hierarchies that a view declares itself, over its own members. */
export function readOwnHierarchies(
  reader: PropertyReader,
  owner: Owner,
  context: ReadContext,
): Map<string, Hierarchy> {
  return readEach(reader, owner.name, context, (levels) => {
    const items = levels.kind === 'list' ? levels.items : [levels];
    return items.flatMap((item) => readOwnMember(item, { owner, key: 'levels' }, context) ?? []);
  });
}

function readEach(
  reader: PropertyReader,
  owner: string,
  context: ReadContext,
  readLevels: (value: DeclaredValue) => readonly MemberPath[],
): Map<string, Hierarchy> {
  const found = new Map<string, Hierarchy>();
  for (const { name, value } of reader.named('hierarchies')) {
    if (value.kind !== 'object') reader.bad('hierarchies', 'an object', value);
    else {
      const body = new PropertyReader(value, 'hierarchy', context);
      const written = body.get('levels');
      const levels = written ? readLevels(written) : [];
      const title = body.text('title') ?? titleOf(name);
      const isPublic = body.boolean('public') ?? true;
      if (levels.length > 0)
        found.set(name, { name, path: memberPath(owner, name), title, public: isPublic, levels });
    }
  }
  return found;
}
