import { memberOf, membersOfCube, type Member } from './members.ts';
import { membersIn } from './values.ts';
import { resolved } from './views.ts';
import type { World, WorldCase, WorldFilter, WorldQuery, WorldView } from './world.ts';

/** Cases that lack one thing of a case each, the largest things first. */
export function* smaller(item: WorldCase): Generator<WorldCase> {
  for (const candidate of candidates(item)) {
    const { world } = candidate;
    const views = world.views?.map((view) => withKnownMembers(view, world));
    yield views && world !== item.world ? { ...candidate, world: { ...world, views } } : candidate;
  }
}

/** Members go with the cube or the join that they are about. */
function withKnownMembers(view: WorldView, world: World): WorldView {
  const cubes = view.cubes.map((part) => {
    const known = new Set(membersOfCube(world, part.path.at(-1)!).map(({ name }) => name));
    const left = (names: readonly string[]) => names.filter((name) => known.has(name));
    const includes = part.includes === '*' ? part.includes : left(part.includes);
    return { ...part, includes, excludes: left(part.excludes) };
  });
  return { ...view, cubes };
}

function* candidates(item: WorldCase): Generator<WorldCase> {
  const { world, query, context } = item;
  const used = cubesOf(item);
  for (const cube of world.cubes) {
    const isFree = !world.cubes.some(({ joins }) => joins.some((join) => join.beside));
    if (isFree && !used.has(cube.name)) yield { ...item, world: without(world, cube.name) };
  }
  for (const smallerQuery of smallerQueries(query)) yield { ...item, query: smallerQuery };
  if (Object.keys(context).length > 0) yield { ...item, context: {} };
  for (const views of smallerViews(item)) yield { ...item, world: { ...world, views } };
  if (world.joinTies) {
    const { joinTies: _ties, ...strict } = world;
    yield { ...item, world: strict };
  }
  for (const [position, cube] of world.cubes.entries()) {
    const replaced = (change: Partial<typeof cube>): WorldCase => ({
      ...item,
      world: { ...world, cubes: world.cubes.with(position, { ...cube, ...change }) },
    });
    for (const [index, { beside, ...plain }] of cube.joins.entries()) {
      if (beside) yield replaced({ joins: cube.joins.with(index, plain) });
    }
    for (const join of cube.joins) {
      if (!isNeeded(cube.name, join.target, item)) {
        yield replaced({ joins: cube.joins.filter((other) => other !== join) });
      }
    }
    if (cube.policies?.length) yield replaced({ policies: cube.policies.slice(1) });
    if (cube.isProtected) yield replaced({ isProtected: false });
    if (cube.key === 'composite') yield replaced({ key: 'id' });
    for (const row of cube.rows)
      yield replaced({ rows: cube.rows.filter((other) => other !== row) });
    for (const [index, row] of cube.rows.entries()) {
      for (const key of ['a', 'b', 't', 'tenant'] as const) {
        if (row[key] !== null)
          yield replaced({ rows: cube.rows.with(index, { ...row, [key]: null }) });
      }
    }
  }
}

function* smallerQueries(query: WorldQuery): Generator<WorldQuery> {
  if (query.order.length > 0) yield { ...query, order: [] };
  for (const key of ['filters', 'segments', 'timeDimensions', 'dimensions', 'measures'] as const) {
    for (const index of query[key].keys()) {
      const left: WorldQuery = {
        ...query,
        [key]: (query[key] as readonly unknown[]).filter((_, position) => position !== index),
        order: [],
      };
      const isWhole =
        left.measures.length + left.dimensions.length > 0 ||
        left.timeDimensions.some((time) => time.granularity !== null);
      if (isWhole) yield left;
    }
  }
  for (const [index, filter] of query.filters.entries()) {
    for (const part of partsOf(filter)) {
      yield { ...query, filters: query.filters.with(index, part) };
    }
  }
  for (const [index, time] of query.timeDimensions.entries()) {
    const changed = (change: Partial<typeof time>): WorldQuery => ({
      ...query,
      timeDimensions: query.timeDimensions.with(index, { ...time, ...change }),
    });
    if (time.fillMissingDates) yield changed({ fillMissingDates: false });
    if (time.dateRange !== null && !time.fillMissingDates) yield changed({ dateRange: null });
  }
  const hints = query.joinHints ?? [];
  for (const index of hints.keys()) {
    yield { ...query, joinHints: hints.filter((_, position) => position !== index) };
  }
  if (query.timezone && query.timezone !== 'UTC') yield { ...query, timezone: 'UTC' };
}

function partsOf(filter: WorldFilter): readonly WorldFilter[] {
  if ('and' in filter) return filter.and;
  return 'or' in filter ? filter.or : [];
}

/** Without a view, a part of one, or what a part includes and the query does not name. */
function* smallerViews({ world, query }: WorldCase): Generator<readonly WorldView[]> {
  const views = world.views ?? [];
  const names = namesOf(query);
  const isUsed = (view: WorldView) => names.some((name) => name.startsWith(`${view.name}.`));
  for (const [index, view] of views.entries()) {
    if (!isUsed(view)) {
      yield views.filter((other) => other !== view);
      continue;
    }
    if (view.policies?.length) {
      yield views.with(index, { ...view, policies: view.policies.slice(1) });
    }
    for (const [position, part] of view.cubes.entries()) {
      const nameOf = (member: string) =>
        `${view.name}.${part.prefix === null ? '' : `${part.prefix}_`}${member}`;
      const members = membersOfCube(world, part.path.at(-1)!).map(({ name }) => name);
      const compared = (view.policies ?? []).map(({ filter }) => `${view.name}.${filter?.member}`);
      const used = [...names, ...compared];
      const needed = members.filter((member) => used.includes(nameOf(member)));
      const replaced = (cubes: WorldView['cubes']) => views.with(index, { ...view, cubes });
      if (needed.length === 0 && view.cubes.length > 1) {
        yield replaced(view.cubes.filter((other) => other !== part));
      } else if (
        needed.length > 0 &&
        (part.includes === '*' || part.includes.length > needed.length)
      ) {
        yield replaced(view.cubes.with(position, { ...part, includes: needed, excludes: [] }));
      }
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

/** Cubes that a case names: in its query, its views, or what its members are calculated from. */
function cubesOf({ world, query }: WorldCase): ReadonlySet<string> {
  const cubes = new Set([
    ...(world.views ?? []).flatMap((view) => view.cubes.flatMap(({ path }) => path)),
    ...(query.joinHints ?? []).flat(),
  ]);
  for (const path of pathsOf({ world, query })) cubes.add(path.split('.')[0]!);
  return cubes;
}

/** Members of cubes that a query names, and those that theirs are calculated from. */
function pathsOf({ world, query }: Pick<WorldCase, 'world' | 'query'>): ReadonlySet<string> {
  const paths = new Set<string>();
  const visit = (path: string): void => {
    if (paths.has(path)) return;
    paths.add(path);
    const member = memberOf(world, path);
    for (const [cube, name] of member.references) visit(`${cube}.${name ?? 'id'}`);
    for (const name of namedBy(member)) visit(name);
  };
  for (const name of namesOf(query)) {
    const { cube, member } = resolved(world, name);
    visit(`${cube}.${member}`);
  }
  return paths;
}

function namedBy(member: Member): readonly string[] {
  if (member.kind === 'dimension') return member.subQuery?.measures ?? [];
  if (member.kind === 'segment' || member.rule.is === 'over-rows') return [];
  const { rule } = member;
  const within = 'within' in rule ? [...(rule.within.groupBy ?? []), ...rule.within.reduceBy] : [];
  const added = rule.is === 'over-finer-groups' ? rule.added : [];
  return [...(rule.is === 'number' ? rule.parts : [rule.part]), ...within, ...added];
}

/** Whether a view, a hint or a member names a cube by its join. */
function isNeeded(source: string, target: string, { world, query }: WorldCase): boolean {
  if (world.cubes.some((cube) => cube.joins.some((join) => join.beside))) return true;
  const ways = [
    ...(world.views ?? []).flatMap((view) => view.cubes.map(({ path }) => path)),
    ...(query.joinHints ?? []),
  ];
  if (ways.some((way) => way.some((cube, at) => cube === source && way[at + 1] === target))) {
    return true;
  }
  return [...pathsOf({ world, query })].some((path) => {
    const [cube, name] = path.split('.') as [string, string];
    return cube === source && name.endsWith(target) && /^(its|with|sum)/.test(name);
  });
}

function without(world: World, name: string): World {
  return {
    ...world,
    cubes: world.cubes
      .filter((cube) => cube.name !== name)
      .map((cube) => ({ ...cube, joins: cube.joins.filter((join) => join.target !== name) })),
  };
}
