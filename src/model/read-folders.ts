import type { MemberPath } from '../core/names.ts';
import type { DeclaredValue } from '../syntax/declaration.ts';
import { reportModel } from './diagnostics.ts';
import { PropertyReader } from './property-reader.ts';
import { readOwnMember } from './read-policies.ts';
import type { ViewContext } from './read-view.ts';
import { namedPath } from './read-references.ts';
import type { Folder, ViewMember } from './view.ts';

interface FolderOwner {
  readonly name: string;
  readonly members: ReadonlyMap<string, ViewMember>;
}

/** The folders of a view; each may hold others. */
export function readFolders(
  reader: PropertyReader,
  view: FolderOwner,
  context: ViewContext,
): Folder[] {
  return reader.children('folders').flatMap((folder) => readFolder(folder, view, context) ?? []);
}

function readFolder(
  reader: PropertyReader,
  view: FolderOwner,
  context: ViewContext,
): Folder | null {
  const name = reader.text('name');
  const includes = reader.get('includes');
  if (name === null || !includes) return null;
  const items = includes.kind === 'list' ? includes.items : [includes];
  return { name, items: items.flatMap((item) => readItem(item, view, context)) };
}

/** A member, all of them, those of one way, or a folder. */
function readItem(
  item: DeclaredValue,
  view: FolderOwner,
  context: ViewContext,
): (MemberPath | Folder)[] {
  if (item.kind === 'scalar' && item.value === '*')
    return membersOf(view, context).map((member) => member.path);
  if (item.kind !== 'object')
    return listOf(readOwnMember(item, { owner: view, key: 'includes' }, context));
  const reader = new PropertyReader(item, 'folderInclude', context);
  const way = reader.get('join_path');
  if (!way) {
    for (const key of ['name', 'includes']) if (!reader.has(key)) reader.missing(key);
    return listOf(readFolder(reader, view, context));
  }
  const members = membersOf(view, context);
  const path = namedPath(way)?.join('.') ?? '';
  const found = members.filter((member) => member.joinPath.join('.') === path);
  if (found.length === 0) {
    const known = [...new Set(members.map((member) => member.joinPath.join('.')))];
    const parameters = { view: view.name, path };
    const extras = { span: context.locate(way.place), help: `it has ${known.join(', ')}` };
    context.report(reportModel('model/unknown-join-path', parameters, extras));
  }
  return found.map((member) => member.path);
}

function membersOf(view: FolderOwner, context: ViewContext): ViewMember[] {
  context.spend(view.members.size);
  return [...view.members.values()];
}

function listOf<T>(item: T | null): T[] {
  return item === null ? [] : [item];
}
