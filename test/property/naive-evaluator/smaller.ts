import { membersIn } from './values.ts';
import type { World, WorldCase, WorldQuery } from './world.ts';

/** Cases that lack one thing of a case each, the largest things first. */
export function* smaller(item: WorldCase): Generator<WorldCase> {
  const { world, query, context } = item;
  for (const cube of world.cubes) {
    if (!namesOf(query).some((member) => mentions(member, cube.name))) {
      yield { ...item, world: without(world, cube.name) };
    }
  }
  for (const smallerQuery of smallerQueries(query)) yield { ...item, query: smallerQuery };
  if (context.tenant !== undefined) yield { ...item, context: {} };
  for (const [position, cube] of world.cubes.entries()) {
    const replaced = (change: Partial<typeof cube>): WorldCase => ({
      ...item,
      world: {
        cubes: world.cubes.map((other, index) =>
          index === position ? { ...cube, ...change } : other,
        ),
      },
    });
    for (const join of cube.joins) {
      if (
        !namesOf(query).some(
          (member) => mentions(member, join.target) && member.startsWith(`${cube.name}.`),
        )
      ) {
        yield replaced({ joins: cube.joins.filter((other) => other !== join) });
      }
    }
    if (cube.isProtected) yield replaced({ isProtected: false });
    if (cube.key === 'composite') yield replaced({ key: 'id' });
    for (const row of cube.rows)
      yield replaced({ rows: cube.rows.filter((other) => other !== row) });
  }
}

function* smallerQueries(query: WorldQuery): Generator<WorldQuery> {
  if (query.order.length > 0) yield { ...query, order: [] };
  for (const key of ['filters', 'segments', 'timeDimensions', 'dimensions', 'measures'] as const) {
    for (const index of query[key].keys()) {
      const left = {
        ...query,
        [key]: query[key].filter((_, position) => position !== index),
        order: [],
      };
      const isWhole =
        left.measures.length + left.dimensions.length > 0 ||
        left.timeDimensions.some((time) => time.granularity !== null);
      if (isWhole) yield left;
    }
  }
}

function namesOf({
  measures,
  dimensions,
  timeDimensions,
  segments,
  filters,
}: WorldQuery): string[] {
  const times = timeDimensions.map((time) => time.dimension);
  return [...measures, ...dimensions, ...times, ...segments, ...filters.flatMap(membersIn)];
}

/** Whether a member is of a cube, or named after it. */
function mentions(member: string, cube: string): boolean {
  return member.startsWith(`${cube}.`) || member.endsWith(cube);
}

function without({ cubes }: World, name: string): World {
  return {
    cubes: cubes
      .filter((cube) => cube.name !== name)
      .map((cube) => ({ ...cube, joins: cube.joins.filter((join) => join.target !== name) })),
  };
}
