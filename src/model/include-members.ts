import { memberPath, underscore, type MemberPath } from '../core/names.ts';
import { reportModel } from './diagnostics.ts';
import type { Hierarchy, Member } from './model.ts';
import type { ViewContext } from './read-view.ts';
import type { ViewCube, ViewInclude } from './read-view-cubes.ts';
import { titleOf } from './titles.ts';
import type { View, ViewMember } from './view.ts';

interface Taken {
  readonly member: Member;
  readonly part: ViewCube;
  readonly include: ViewInclude;
}

/** The members and hierarchies of a view from its cubes; a name for two members is reported. */
export function includeMembers(
  parts: readonly ViewCube[],
  view: { readonly name: string; readonly title: string },
  context: ViewContext,
): Pick<View, 'members' | 'hierarchies'> {
  const taken = new Map<string, Taken>();
  for (const part of parts) {
    for (const include of withLevels(part, context)) {
      const member = part.cube.members.get(include.name);
      if (member) take({ member, part, include }, taken, view.name, context);
    }
  }
  const aliases = aliasesOf(taken);
  const members = new Map<string, ViewMember>();
  for (const [name, item] of taken) members.set(name, toViewMember(item, view, aliases));
  const hierarchies = new Map<string, Hierarchy>();
  for (const part of parts) {
    for (const include of part.includes) {
      const found = part.cube.hierarchies.get(include.name);
      const hierarchy = found && toHierarchy(found, include, { view: view.name, aliases });
      if (hierarchy) hierarchies.set(hierarchy.name, hierarchy);
    }
  }
  return { members, hierarchies };
}

/** What is included, and the levels of the hierarchies that are. */
function withLevels({ includes, cube }: ViewCube, context: ViewContext): ViewInclude[] {
  context.spend(includes.length);
  const named = new Set(includes.map((include) => include.name));
  const levels = includes.flatMap((include) => {
    const hierarchy = cube.hierarchies.get(include.name);
    if (!hierarchy) return [];
    context.spend(hierarchy.levels.length);
    const prefix = include.alias.endsWith(include.name)
      ? include.alias.slice(0, -include.name.length)
      : '';
    return hierarchy.levels.flatMap((level): ViewInclude[] => {
      const name = level.slice(cube.name.length + 1);
      if (!level.startsWith(`${cube.name}.`) || named.has(name)) return [];
      named.add(name);
      return [{ ...include, name, alias: prefix + name, title: null, description: null }];
    });
  });
  return [...includes, ...levels];
}

function take(item: Taken, taken: Map<string, Taken>, view: string, context: ViewContext): void {
  const { alias, span } = item.include;
  const known = taken.get(alias);
  if (!known) {
    taken.set(alias, item);
    return;
  }
  const [first, second] = [wayOf(known), wayOf(item)];
  if (first === second) return;
  const labels = [{ span: known.include.span(), text: `${first} comes from here` }];
  const help = `rename one with { name: '${item.include.name}', alias: '...' }, or give its cube prefix: true`;
  const parameters = { view, name: alias, first, second };
  context.report(reportModel('model/view-conflict', parameters, { span: span(), labels, help }));
}

function wayOf({ member, part }: Taken): string {
  return `${part.path.join('.')}.${member.name}`;
}

/** Where each member of a cube is found in the view: the first of its places. */
function aliasesOf(taken: ReadonlyMap<string, Taken>): Map<MemberPath, string> {
  const aliases = new Map<MemberPath, string>();
  for (const [name, { member }] of taken)
    if (!aliases.has(member.path)) aliases.set(member.path, name);
  return aliases;
}

/** A member that `*` brings stays hidden when its cube hides it; one that is named is shown. */
function toViewMember(
  { member, part, include }: Taken,
  view: { readonly name: string; readonly title: string },
  aliases: ReadonlyMap<MemberPath, string>,
): ViewMember {
  const { alias: name } = include;
  const shortTitle = include.title ?? (name === member.name ? member.shortTitle : titleOf(name));
  const drill = member.kind === 'measure' ? member.drillMembers : [];
  return {
    kind: member.kind,
    name,
    path: memberPath(view.name, name),
    alias: underscore(name),
    title: `${view.title} ${shortTitle}`,
    shortTitle,
    description: include.description ?? member.description,
    public: include.isNamed || member.public,
    meta: include.meta ?? member.meta,
    target: member.path,
    joinPath: part.path,
    format: include.format ?? (member.kind === 'segment' ? null : member.format),
    drillMembers: inView(drill, view.name, aliases),
  };
}

function toHierarchy(
  hierarchy: Hierarchy,
  include: ViewInclude,
  { view, aliases }: { view: string; aliases: ReadonlyMap<MemberPath, string> },
): Hierarchy | null {
  const levels = inView(hierarchy.levels, view, aliases);
  if (levels.length === 0) return null;
  const { alias: name } = include;
  const title = include.title ?? hierarchy.title;
  return { ...hierarchy, name, path: memberPath(view, name), title, levels };
}

function inView(
  paths: readonly MemberPath[],
  view: string,
  aliases: ReadonlyMap<MemberPath, string>,
): MemberPath[] {
  return paths.flatMap((path) => {
    const name = aliases.get(path);
    return name === undefined ? [] : [memberPath(view, name)];
  });
}
