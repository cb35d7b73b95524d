import type { DeclaredView } from './declared-cube.ts';
import { reportModel } from './diagnostics.ts';
import type { LinkContext } from './link-fragment.ts';
import type { Cube } from './model.ts';
import { PropertyReader } from './property-reader.ts';
import { readFolders } from './read-folders.ts';
import { readOwnHierarchies } from './read-hierarchies.ts';
import { readPolicies } from './read-policies.ts';
import { includeMembers } from './include-members.ts';
import { readViewCubes, type ViewCube } from './read-view-cubes.ts';
import { titleOf } from './titles.ts';
import type { View } from './view.ts';

/** What views are made of: the declarations, and the cubes that were read from them. */
export interface ViewContext extends LinkContext {
  readonly linked: ReadonlyMap<string, Cube>;
  /** Counts members that a view takes, or names again; throws beyond the limit of the schema. */
  readonly spend: (members: number) => void;
}

/** A view, and those that are split off it, each with its members and their ways. */
export function readView(declared: DeclaredView, context: ViewContext): View[] {
  const { name, body, definition } = declared;
  const reader = new PropertyReader(body, 'view', context);
  const title = reader.text('title') ?? titleOf(name);
  const cubes = readViewCubes(reader, name, context);
  const kept = includeMembers(
    cubes.filter((cube) => cube.splitName === null),
    { name, title },
    context,
  );
  const own = readOwnHierarchies(reader, { name, members: kept.members }, context);
  const shared = { public: reader.boolean('public') ?? true, file: definition.file };
  const view: View = {
    name,
    title,
    description: reader.text('description'),
    meta: reader.json('meta'),
    ...shared,
    members: kept.members,
    hierarchies: new Map([...kept.hierarchies, ...own]),
    folders: readFolders(reader, { name, members: kept.members }, context),
    accessPolicies: readPolicies(reader, { name, members: kept.members }, context),
  };
  return [view, ...splitOff(cubes, view, context)];
}

/** Each cube with `split` makes a view of its own, called after both. */
function splitOff(cubes: readonly ViewCube[], view: View, context: ViewContext): View[] {
  const names = new Set(cubes.flatMap((cube) => cube.splitName ?? []));
  return [...names].flatMap((name) => {
    if (context.cubes.has(name) || context.views.has(name)) {
      const kinds = context.cubes.has(name) ? 'a cube and a view' : 'two views';
      const span = context.locate(context.views.get(view.name)!.definition.place, 'name');
      const other = (context.cubes.get(name) ?? context.views.get(name))!.definition.place;
      const labels = [{ span: context.locate(other, 'name'), text: 'the other is here' }];
      context.report(reportModel('model/duplicate-cube', { name, kinds }, { span, labels }));
      return [];
    }
    const title = titleOf(name);
    const parts = cubes.filter((cube) => cube.splitName === name);
    const { members, hierarchies } = includeMembers(parts, { name, title }, context);
    const split: View = {
      name,
      title,
      description: null,
      public: view.public,
      meta: null,
      members,
      hierarchies,
      folders: [],
      accessPolicies: [],
      file: view.file,
    };
    return [split];
  });
}
