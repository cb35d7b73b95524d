import { evaluate } from '../property/naive-evaluator/evaluate.ts';
import { membersOf } from '../property/naive-evaluator/schema-text.ts';
import { holds, membersIn, type Value } from '../property/naive-evaluator/values.ts';
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
    world: { cubes },
    query: {
      ...query,
      dimensions: query.dimensions.map(placed),
      order: query.order.map(([member, direction]) => [placed(member), direction]),
      filters: [...query.filters, ...[...targets.keys()].map(always)],
    },
  };
}

/** `C.itsX` is `X.a` where each cube stands once. */
function whereItStands(member: string, world: World): string {
  const [, name = ''] = member.split('.');
  const target = world.cubes.find((cube) => name === `its${cube.name}`);
  return target ? `${target.name}.a` : member;
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
 * The rows of a case over one tree, where rows that are missing in a LEFT JOIN are measured as rows of
 * nulls; null: no measure of the query could tell.
 */
export function withMissingRows(item: WorldCase, { multiplied }: ReferencePlan): Value[][] | null {
  const { world, query } = item;
  const isMeasure = measuresOf(world);
  const onMeasures = query.filters.filter((filter) => membersIn(filter).some(isMeasure));
  const onRows = query.filters.filter((filter) => !onMeasures.includes(filter));
  const measures = [...new Set([...query.measures, ...onMeasures.flatMap(membersIn)])];
  if (!measures.some((member) => nameOf(member) in ofMissingRow)) return null;
  const rows = evaluate({ ...item, query: { ...query, measures, filters: onRows, order: [] } });
  const width = groupWidth(query);
  const missing = new Map(measures.map((member) => [member, missingRows(item, member, onRows)]));
  return rows.flatMap((row) => {
    const group = row.slice(0, width);
    const valueOf = (member: string): Value => {
      const value = row[width + measures.indexOf(member)]!;
      const change = ofMissingRow[nameOf(member)];
      const found = missing.get(member)?.get(JSON.stringify(group)) ?? 0;
      if (!change || found === 0) return value;
      return change(value, multiplied.has(cubeOf(member)) ? 1 : found);
    };
    const isKept = onMeasures.every((filter) => holds(filter, valueOf) === true);
    return isKept ? [[...group, ...query.measures.map(valueOf)]] : [];
  });
}

/** How many joined rows of each group lack a row of the measure's cube. */
function missingRows(item: WorldCase, member: string, onRows: readonly WorldFilter[]) {
  const counts = new Map<string, number>();
  if (!(nameOf(member) in ofMissingRow)) return counts;
  const isMissing: WorldFilter = {
    member: `${cubeOf(member)}.id`,
    operator: 'notSet',
    values: [],
  };
  const rows = evaluate({
    ...item,
    query: {
      ...item.query,
      measures: [],
      filters: [...onRows, isMissing],
      order: [],
      ungrouped: true,
    },
  });
  for (const row of rows) {
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
      ...world.cubes.flatMap(({ name }) => (nameOf(member) === `less${name}` ? [name] : [])),
    ]),
  );
}

function groupWidth({ dimensions, timeDimensions }: WorldQuery): number {
  return dimensions.length + timeDimensions.filter((time) => time.granularity !== null).length;
}

function measuresOf(world: World): (member: string) => boolean {
  const { foreignSums, composed } = membersOf(world);
  const others = new Set([...foreignSums, ...composed]);
  const plain: readonly string[] = plainMeasures;
  return (member) => plain.includes(nameOf(member)) || others.has(member);
}

function cubeOf(member: string): string {
  return member.split('.')[0]!;
}

function nameOf(member: string): string {
  return member.split('.')[1]!;
}
