import fc from 'fast-check';
import type { World } from './naive-evaluator/world.ts';

/** Walks along declared joins, without circles. */
export function paths(world: World, minLength = 1): fc.Arbitrary<readonly string[]> {
  const walks: (readonly string[])[] = [];
  const walk = (path: readonly string[]): void => {
    if (path.length >= minLength) walks.push(path);
    if (path.length === 3) return;
    const { joins } = world.cubes.find(({ name }) => name === path.at(-1))!;
    for (const { target } of joins) if (!path.includes(target)) walk([...path, target]);
  };
  for (const { name } of world.cubes) walk([name]);
  return fc.constantFrom(...(walks.length > 0 ? walks : [[world.cubes[0]!.name]]));
}
