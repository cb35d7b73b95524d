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
  const components = new Map<string, number>();
  let last = 0;
  for (const name of names) {
    if (components.has(name)) continue;
    last += 1;
    const open = [name];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (components.has(next)) continue;
      components.set(next, last);
      open.push(...near(next));
    }
  }
  return components;
}
