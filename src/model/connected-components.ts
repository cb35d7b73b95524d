import type { Cube } from './model.ts';

/** A number for each cube, from 1 in the order of the cubes; joined cubes share one. */
export function connectedComponents(cubes: Iterable<Cube>): ReadonlyMap<string, number> {
  const neighbours = new Map<string, string[]>();
  const near = (name: string): string[] => {
    const found = neighbours.get(name) ?? [];
    neighbours.set(name, found);
    return found;
  };
  const names: string[] = [];
  for (const cube of cubes) {
    names.push(cube.name);
    for (const join of cube.joins) {
      near(cube.name).push(join.target);
      near(join.target).push(cube.name);
    }
  }
  return numberComponents(names, near);
}

/** A number for each name, from 1; what is reached from a name shares it, unless it has one already. */
export function numberComponents(
  names: Iterable<string>,
  next: (name: string) => readonly string[],
): ReadonlyMap<string, number> {
  const components = new Map<string, number>();
  let last = 0;
  for (const start of names) {
    if (components.has(start)) continue;
    last += 1;
    const open = [start];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (components.has(name)) continue;
      components.set(name, last);
      for (const other of next(name)) open.push(other);
    }
  }
  return components;
}
