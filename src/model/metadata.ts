import { connectedComponents } from './connected-components.ts';
import {
  describeDimension,
  describeMeasure,
  describeSegment,
  optional,
  type DescribedMember,
  type DimensionMetadata,
  type MeasureMetadata,
  type MemberMetadata,
} from './describe-member.ts';
import type { Cube, Hierarchy, Json, Model } from './model.ts';
import type { Folder, View } from './view.ts';

/** The REST API's `meta`: what a user may ask for. Hidden cubes and members are left out. */
export interface ModelMetadata {
  readonly cubes: readonly CubeMetadata[];
  /** Names of cubes that are left out because of errors; absent when there is none. */
  readonly quarantined?: readonly string[];
}

export interface CubeMetadata {
  readonly name: string;
  readonly type: 'cube' | 'view';
  readonly title: string;
  readonly description?: string;
  readonly meta?: Json;
  readonly isVisible: boolean;
  readonly public: boolean;
  /** Cubes with one number are joined with each other, directly or over others. */
  readonly connectedComponent?: number;
  readonly measures: readonly MeasureMetadata[];
  readonly dimensions: readonly DimensionMetadata[];
  readonly segments: readonly MemberMetadata[];
  readonly hierarchies: readonly HierarchyMetadata[];
  /** Each with the members of the folders in it. */
  readonly folders: readonly { readonly name: string; readonly members: readonly string[] }[];
  readonly nestedFolders: readonly FolderMetadata[];
}

interface HierarchyMetadata {
  readonly name: string;
  readonly title: string;
  readonly public: boolean;
  readonly levels: readonly string[];
}

export interface FolderMetadata {
  readonly name: string;
  readonly members: readonly (string | FolderMetadata)[];
}

/**
 * Cubes, then views, each by name.
 *
 * @param only The names of those that are told; null: all of them.
 */
export function describeModel(
  model: Model,
  only: ReadonlySet<string> | null = null,
): ModelMetadata {
  const isTold = (item: Cube | View): boolean => item.public && (only?.has(item.name) ?? true);
  const components = connectedComponents(model.cubes.values());
  const cubes = [...model.cubes.values()].filter(isTold).map((cube) => ({
    ...describeCube(cube, 'cube', membersOfCube(cube), model),
    connectedComponent: components.get(cube.name)!,
  }));
  const views = [...model.views.values()].filter(isTold).map((view) => ({
    ...describeCube(view, 'view', membersOfView(view, model), model),
    ...withFolders(view),
  }));
  const { quarantined } = model;
  return {
    cubes: [...cubes, ...views],
    ...(quarantined.size > 0 && { quarantined: [...quarantined.keys()] }),
  };
}

function membersOfCube(cube: Cube): DescribedMember[] {
  return [...cube.members.values()].map((member) => ({ shown: member, target: member }));
}

function membersOfView(view: View, model: Model): DescribedMember[] {
  return [...view.members.values()].flatMap((shown) => {
    const cube = model.cubes.get(shown.joinPath.at(-1)!)!;
    const target = cube.members.get(shown.target.slice(cube.name.length + 1));
    return target ? [{ shown, target, alias: shown }] : [];
  });
}

function describeCube(
  cube: Cube | View,
  type: CubeMetadata['type'],
  all: readonly DescribedMember[],
  model: Model,
): CubeMetadata {
  const members = all.filter((member) => member.shown.public);
  return {
    name: cube.name,
    type,
    title: cube.title,
    ...optional(cube),
    isVisible: true,
    public: true,
    measures: members.flatMap((item) => describeMeasure(item, model)),
    dimensions: members.flatMap((item) => describeDimension(item)),
    segments: members.flatMap((item) => describeSegment(item)),
    hierarchies: [...cube.hierarchies.values()]
      .filter((hierarchy) => hierarchy.public)
      .map(describeHierarchy),
    folders: [],
    nestedFolders: [],
  };
}

function describeHierarchy({ path, title, levels }: Hierarchy): HierarchyMetadata {
  return { name: path, title, public: true, levels };
}

function withFolders({ folders }: View): Pick<CubeMetadata, 'folders' | 'nestedFolders'> {
  return {
    folders: folders.map((folder) => ({
      name: folder.name,
      members: [...new Set(membersIn(folder))],
    })),
    nestedFolders: folders.map(nested),
  };
}

function membersIn(folder: Folder): string[] {
  return folder.items.flatMap((item) => (typeof item === 'string' ? [item] : membersIn(item)));
}

function nested({ name, items }: Folder): FolderMetadata {
  return { name, members: items.map((item) => (typeof item === 'string' ? item : nested(item))) };
}
