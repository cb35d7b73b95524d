import { memberOf, membersOfCube, type Member } from './members.ts';
import type { Named } from './places.ts';
import type { World, WorldView, WorldViewCube } from './world.ts';

/** What a query's name stands for. */
export function resolved(world: World, name: string): Named {
  const [owner, member] = name.split('.') as [string, string];
  const view = world.views?.find((item) => item.name === owner);
  if (!view) return { name, cube: owner, member, via: null };
  const found = viewMembers(world, view).find((item) => item.name === name);
  if (!found) throw new Error(`no member ${name}`);
  return found;
}

export function memberNamed(world: World, { cube, member }: Named): Member {
  return memberOf(world, `${cube}.${member}`);
}

export function viewMembers(world: World, view: WorldView): Named[] {
  return view.cubes.flatMap((part) => {
    const cube = part.path.at(-1)!;
    return includedIn(world, part).map((member): Named => ({
      name: `${view.name}.${part.prefix === null ? '' : `${part.prefix}_`}${member}`,
      cube,
      member,
      via: part.path.length > 1 ? part.path : null,
    }));
  });
}

function includedIn(world: World, { path, includes, excludes }: WorldViewCube): string[] {
  const all = membersOfCube(world, path.at(-1)!).map(({ name }) => name);
  return (includes === '*' ? all : [...includes]).filter((name) => !excludes.includes(name));
}
