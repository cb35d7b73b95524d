import type { VisibleNames } from '../core/told.ts';
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

/** The REST API's `meta`: what a user may ask for. What the user may not see is named nowhere. */
export interface ModelMetadata {
  readonly cubes: readonly CubeMetadata[];
  /** Names of cubes that are left out because of errors, for the operator; absent when there is none. */
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

/** What a user sees of a model. */
export interface MetadataNames extends VisibleNames {
  /** Of nobody in particular: the operator, who is also told what is left out. */
  readonly isOperator: boolean;
  isMasked(path: string): boolean;
}

/**
 * Cubes, then views, each by name. Nothing in it names what is not visible.
 *
 * @param names What is told.
 * @param only The names of cubes and views that are told; null: all of them.
 */
export function describeModel(
  model: Model,
  names: MetadataNames,
  only: ReadonlySet<string> | null = null,
): ModelMetadata {
  const isTold = ({ name }: Cube | View): boolean =>
    names.hasOwner(name) && (only?.has(name) ?? true);
  const numberOf = visibleComponents(model);
  const cubes = [...model.cubes.values()].filter(isTold).map((cube) => ({
    ...describeCube(cube, 'cube', membersOfCube(cube), { model, names }),
    connectedComponent: numberOf(cube),
  }));
  const views = [...model.views.values()].filter(isTold).map((view) => ({
    ...describeCube(view, 'view', membersOfView(view, model), { model, names }),
    ...withFolders(view, names),
  }));
  const { quarantined } = model;
  return {
    cubes: [...cubes, ...views],
    ...(names.isOperator && quarantined.size > 0 && { quarantined: [...quarantined.keys()] }),
  };
}

/** Numbers without gaps, which would count what is hidden; asked for in the order of what is told. */
function visibleComponents(model: Model): (cube: Cube) => number {
  const components = connectedComponents(model.cubes.values());
  const numbers = new Map<number, number>();
  return ({ name }) => {
    const component = components.get(name)!;
    const number = numbers.get(component) ?? numbers.size + 1;
    numbers.set(component, number);
    return number;
  };
}

interface Telling {
  readonly model: Model;
  readonly names: MetadataNames;
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
  { model, names }: Telling,
): CubeMetadata {
  const members = all.filter((member) => names.hasMember(member.shown.path));
  return {
    name: cube.name,
    type,
    title: cube.title,
    ...optional(cube),
    isVisible: true,
    public: true,
    measures: members.flatMap((item) => describeMeasure(item, model, names)),
    dimensions: members.flatMap((item) => describeDimension(item, names)),
    segments: members.flatMap((item) => describeSegment(item, names)),
    hierarchies: [...cube.hierarchies.values()]
      .filter((hierarchy) => hierarchy.public)
      .map((hierarchy) => describeHierarchy(hierarchy, names))
      .filter((hierarchy) => hierarchy.levels.length > 0),
    folders: [],
    nestedFolders: [],
  };
}

function describeHierarchy(
  { path, title, levels }: Hierarchy,
  names: VisibleNames,
): HierarchyMetadata {
  const shown = levels.filter((level) => names.hasMember(level));
  return { name: path, title, public: true, levels: shown };
}

function withFolders(
  view: View,
  names: VisibleNames,
): Pick<CubeMetadata, 'folders' | 'nestedFolders'> {
  const folders = view.folders.flatMap((folder) => visibleFolder(folder, names) ?? []);
  return {
    folders: folders.map((folder) => ({
      name: folder.name,
      members: [...new Set(membersIn(folder))],
    })),
    nestedFolders: folders,
  };
}

/** null: nothing in it is visible, and so neither is its name. */
function visibleFolder({ name, items }: Folder, names: VisibleNames): FolderMetadata | null {
  const members = items.flatMap((item): (string | FolderMetadata)[] => {
    if (typeof item !== 'string') return [visibleFolder(item, names) ?? []].flat();
    return names.hasMember(item) ? [item] : [];
  });
  return members.length === 0 ? null : { name, members };
}

function membersIn({ members }: FolderMetadata): string[] {
  return members.flatMap((item) => (typeof item === 'string' ? [item] : membersIn(item)));
}
