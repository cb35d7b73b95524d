import { ownerOf, type MemberPath } from '../core/names.ts';
import type { CubeMetadata, FolderMetadata, ModelMetadata } from '../model/metadata.ts';
import type { Model } from '../model/model.ts';
import type { Access, Visibility } from '../planner/access.ts';

/** What one user may ask for: without the members, cubes and views that access policies hide. */
export function visibleMetadata(
  metadata: ModelMetadata,
  model: Model,
  access: Access,
): ModelMetadata {
  if (access.outcome === '') return metadata;
  const visibilityOf = (path: string): Visibility[] => {
    const owner = ownerOf(path);
    const member = model.views.get(owner)?.members.get(path.slice(owner.length + 1));
    const target = member?.target ?? path;
    return [path, target].map((item) => access.visibility(ownerOf(item), item as MemberPath));
  };
  const seen: Seen = {
    isShown: (path) => visibilityOf(path).every((item) => item === 'shown' || item === 'masked'),
    mask: ({ name }) => (visibilityOf(name).includes('masked') ? { masked: true } : {}),
  };
  const cubes = metadata.cubes.filter((cube) => access.policiesOf(cube.name)?.length !== 0);
  return { ...metadata, cubes: cubes.map((cube) => visibleCube(cube, seen)) };
}

/** What a user sees of members, by their names. */
interface Seen {
  readonly isShown: (path: string) => boolean;
  readonly mask: (member: { readonly name: string }) => { readonly masked?: true };
}

function visibleCube(cube: CubeMetadata, { isShown, mask }: Seen): CubeMetadata {
  const isNamed = ({ name }: { readonly name: string }): boolean => isShown(name);
  return {
    ...cube,
    measures: cube.measures.filter(isNamed).map((measure) => ({
      ...measure,
      ...mask(measure),
      drillMembers: measure.drillMembers.filter(isShown),
      drillMembersGrouped: {
        measures: measure.drillMembersGrouped.measures.filter(isShown),
        dimensions: measure.drillMembersGrouped.dimensions.filter(isShown),
      },
    })),
    dimensions: cube.dimensions.filter(isNamed).map((item) => ({ ...item, ...mask(item) })),
    segments: cube.segments.filter(isNamed),
    hierarchies: cube.hierarchies
      .map((hierarchy) => ({ ...hierarchy, levels: hierarchy.levels.filter(isShown) }))
      .filter((hierarchy) => hierarchy.levels.length > 0),
    folders: cube.folders.map(({ name, members }) => ({ name, members: members.filter(isShown) })),
    nestedFolders: cube.nestedFolders.map((folder) => visibleFolder(folder, isShown)),
  };
}

function visibleFolder(
  { name, members }: FolderMetadata,
  isShown: (path: string) => boolean,
): FolderMetadata {
  const shown = members.flatMap((item): (string | FolderMetadata)[] => {
    if (typeof item !== 'string') return [visibleFolder(item, isShown)];
    return isShown(item) ? [item] : [];
  });
  return { name, members: shown };
}
