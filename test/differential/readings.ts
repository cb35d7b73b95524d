import type { Clock } from '../property/naive-evaluator/date-ranges.ts';
import { evaluate } from '../property/naive-evaluator/evaluate.ts';
import { membersOf } from '../property/naive-evaluator/schema-text.ts';
import { holds, membersIn, type Value } from '../property/naive-evaluator/values.ts';
import { resolved } from '../property/naive-evaluator/views.ts';
import {
  plainMeasures,
  type World,
  type WorldCase,
  type WorldFilter,
  type WorldQuery,
} from '../property/naive-evaluator/world.ts';
import type { ReferencePlan } from './reference.ts';

/** The case as it reads where a claim without a value filters nothing; null: it reads the same. */
export function withoutUnsetClaims(item: WorldCase): WorldCase | null {
  const { tenant } = item.context;
  return tenant === 0 || tenant === null ? { ...item, context: {} } : null;
}

/** The case as it reads where gaps between periods are left; null: it reads the same. */
export function withGaps(item: WorldCase): WorldCase | null {
  const { query } = item;
  if (!query.timeDimensions.some((time) => time.fillMissingDates)) return null;
  const timeDimensions = query.timeDimensions.map((time) => ({ ...time, fillMissingDates: false }));
  return { ...item, query: { ...query, timeDimensions } };
}

/**
 * The case as it reads over one join tree: each cube stands once, and every measure is over rows that
 * belong to the root. Filters that hold for all rows make the whole tree take part.
 */
export function overOneTree(item: WorldCase, { root, joins }: ReferencePlan): WorldCase {
  const targets = new Map<string, string[]>([[root, []]]);
  for (const [from, to] of joins) {
    targets.set(from, [...(targets.get(from) ?? []), to]);
    targets.set(to, targets.get(to) ?? []);
  }
  const cubes = item.world.cubes
    .filter((cube) => targets.has(cube.name))
    .map((cube) => ({
      ...cube,
      joins: cube.joins.filter((join) => targets.get(cube.name)!.includes(join.target)),
    }));
  const placed = (member: string) => whereItStands(member, item.world);
  const { query } = item;
  return {
    ...item,
    world: { ...item.world, cubes, views: [] },
    query: {
      ...query,
      joinHints: [],
      measures: query.measures.map(placed),
      dimensions: query.dimensions.map(placed),
      timeDimensions: query.timeDimensions.map((time) => ({
        ...time,
        dimension: placed(time.dimension),
      })),
      segments: query.segments.map(placed),
      order: query.order.map(([member, direction]) => [placed(member), direction]),
      filters: [
        ...query.filters.map((filter) => renamed(filter, placed)),
        ...[...targets.keys()].map(always),
      ],
    },
  };
}

function renamed(filter: WorldFilter, placed: (member: string) => string): WorldFilter {
  if ('and' in filter) return { and: filter.and.map((item) => renamed(item, placed)) };
  if ('or' in filter) return { or: filter.or.map((item) => renamed(item, placed)) };
  return { ...filter, member: placed(filter.member) };
}

/** A member where each cube stands once: of its cube, not of a view; and `C.itsX` is `X.a`. */
function whereItStands(name: string, world: World): string {
  const { cube, member } = resolved(world, name);
  const target = world.cubes.find((other) => member === `its${other.name}`);
  return target ? `${target.name}.a` : `${cube}.${member}`;
}

function always(cube: string): WorldFilter {
  const set = (operator: 'set' | 'notSet') => ({ member: `${cube}.id`, operator, values: [] });
  return { or: [set('set'), set('notSet')] };
}

/** What a row that is missing in a LEFT JOIN adds to a measure that looks beyond its columns. */
const ofMissingRow: Readonly<Record<string, (value: Value, missing: number) => Value>> = {
  sumFilled: (value, missing) => ((value ?? 0) as number) + 100 * missing,
  raw: (value, missing) => ((value ?? 1) as number) + missing,
};

/**
 * The rows of a case over one tree as the reference measures them: rows that are missing in a LEFT JOIN are
 * rows of nulls, if `withMissing`; what is summed of another cube is read where that one stands, unless the
 * rows of its own are repeated. null: no measure of the query could tell.
 *
 * @param whole the case with all its joins.
 */
export function overJoinedRows(
  item: WorldCase,
  { multiplied }: ReferencePlan,
  { withMissing, whole }: { withMissing: boolean; whole: WorldCase },
): Value[][] | null {
  const { world, query } = item;
  const isMeasure = measuresOf(world);
  const onMeasures = query.filters.filter((filter) => membersIn(filter).some(isMeasure));
  const onRows = query.filters.filter((filter) => !onMeasures.includes(filter));
  const measures = [...new Set([...query.measures, ...onMeasures.flatMap(membersIn)])];
  const [elsewhere, own] = [measures.filter(isElsewhere), measures.filter((m) => !isElsewhere(m))];
  const isTold = withMissing
    ? measures.some((m) => nameOf(m) in ofMissingRow)
    : elsewhere.length > 0;
  if (!isTold) return null;
  const plain = { ...item, query: { ...query, filters: onRows, order: [] } };
  const rows = evaluate({ ...plain, query: { ...plain.query, measures: own } });
  const width = groupWidth(query);
  const sums = new Map(
    elsewhere.map((member) => {
      const isOwn = multiplied.has(cubeOf(member));
      return [member, isOwn ? sumsOfOwn(plain, member, whole) : sumsElsewhere(plain, member)];
    }),
  );
  const missing = new Map(own.map((member) => [member, missingRows(plain, member)]));
  return rows.flatMap((row) => {
    const group = row.slice(0, width);
    const key = JSON.stringify(group);
    const valueOf = (member: string): Value => {
      if (sums.has(member)) return sums.get(member)!.get(key) ?? null;
      const value = row[width + own.indexOf(member)]!;
      const change = ofMissingRow[nameOf(member)];
      const found = missing.get(member)!.get(key) ?? 0;
      if (!withMissing || !change || found === 0) return value;
      return change(value, multiplied.has(cubeOf(member)) ? 1 : found);
    };
    const isKept = onMeasures.every((filter) => holds(filter, valueOf, clockOf(item)) === true);
    return isKept ? [[...group, ...query.measures.map(valueOf)]] : [];
  });

  /** A sum of a cube that its own one does not lead to in the tree. */
  function isElsewhere(member: string): boolean {
    const target = summedCube(member, world);
    const owner = world.cubes.find((cube) => cube.name === cubeOf(member));
    return target !== null && !owner?.joins.some((join) => join.target === target);
  }
}

/** `X` of `C.sumX`. */
export function summedCube(member: string, world: World): string | null {
  return world.cubes.find(({ name }) => nameOf(member) === `sum${name}`)?.name ?? null;
}

/** The sum of another cube's `a` over all joined rows of each group. */
function sumsElsewhere(item: WorldCase, member: string): Map<string, number> {
  const { query } = item;
  const at = query.dimensions.length;
  const dimensions = [...query.dimensions, `${summedCube(member, item.world)!}.a`];
  const sums = new Map<string, number>();
  for (const row of joinedRows(item, { dimensions })) {
    const [key, value] = [JSON.stringify(row.toSpliced(at, 1)), row[at]!];
    if (value !== null) sums.set(key, (sums.get(key) ?? 0) + Number(value));
  }
  return sums;
}

/** The sum over the rows of the measure's cube in each group, once each, of what these lead to themselves. */
function sumsOfOwn(item: WorldCase, member: string, whole: WorldCase): Map<string, number> {
  const { query } = item;
  const at = query.dimensions.length;
  const key = `${cubeOf(member)}.id`;
  const alone: WorldQuery = {
    ...{ measures: [member], dimensions: [key], timeDimensions: [], segments: [], filters: [] },
    ...{ order: [], ungrouped: false },
  };
  const values = new Map(evaluate({ ...whole, query: alone }).map(([id, value]) => [id, value]));
  const rows = new Map(
    joinedRows(item, { dimensions: [...query.dimensions, key] }).map((row) => [
      JSON.stringify(row),
      row,
    ]),
  );
  const sums = new Map<string, number>();
  for (const row of rows.values()) {
    const [group, value] = [JSON.stringify(row.toSpliced(at, 1)), values.get(row[at]!) ?? null];
    if (value !== null) sums.set(group, (sums.get(group) ?? 0) + Number(value));
  }
  return sums;
}

function joinedRows(item: WorldCase, change: Partial<WorldQuery>): Value[][] {
  return evaluate({
    ...item,
    query: { ...item.query, measures: [], ungrouped: true, ...change },
  });
}

/** How many joined rows of each group lack a row of the measure's cube. */
function missingRows(item: WorldCase, member: string): Map<string, number> {
  const counts = new Map<string, number>();
  if (!(nameOf(member) in ofMissingRow)) return counts;
  const isMissing: WorldFilter = {
    member: `${cubeOf(member)}.id`,
    operator: 'notSet',
    values: [],
  };
  for (const row of joinedRows(item, { filters: [...item.query.filters, isMissing] })) {
    const key = JSON.stringify(row);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** The cubes whose measures a query names, filters and calculations included. */
export function measuredCubes({ measures, filters }: WorldQuery, world: World): Set<string> {
  const named = [...measures, ...filters.flatMap(membersIn)].filter(measuresOf(world));
  return new Set(
    named.flatMap((member) => [
      cubeOf(member),
      ...world.cubes.flatMap(({ name }) =>
        [`less${name}`, `per${name}`].includes(nameOf(member)) ? [name] : [],
      ),
    ]),
  );
}

export function clockOf({ world, query }: WorldCase): Clock {
  return { zone: query.timezone ?? 'UTC', now: Date.parse(world.now ?? '2024-01-01') };
}

function groupWidth({ dimensions, timeDimensions }: WorldQuery): number {
  return dimensions.length + timeDimensions.filter((time) => time.granularity !== null).length;
}

function measuresOf(world: World): (member: string) => boolean {
  const { composed } = membersOf(world);
  const plain: readonly string[] = plainMeasures;
  return (member) =>
    plain.includes(nameOf(member)) ||
    composed.includes(member) ||
    summedCube(member, world) !== null;
}

function cubeOf(member: string): string {
  return member.split('.')[0]!;
}

function nameOf(member: string): string {
  return member.split('.')[1]!;
}
