import { namesOf, needed, placeOf, Refusal, rootFor, toManySteps, type Place } from './places.ts';
import { holds, isEmpty, membersIn, present, sum, truncate, type Value } from './values.ts';
import {
  cubeOf,
  type World,
  type WorldCase,
  type WorldFilter,
  type WorldJoin,
  type WorldQuery,
  type WorldRow,
} from './world.ts';

/**
 * What a query over a world means, by nested loops over the rows in memory: an independent reading of
 * `docs/planning.md`, which shares nothing with the planner.
 *
 * @returns one array a row: dimensions, time dimensions, measures, in the query's order.
 * @throws Refusal where there is no answer.
 */
export function evaluate({ world, query, context }: WorldCase): Value[][] {
  const { tenant } = context;
  return new Evaluator(world, query, (row) => isVisible(row, tenant)).rows();
}

function isVisible(row: WorldRow, tenant: WorldCase['context']['tenant']): boolean {
  if (tenant === undefined) return true;
  if (tenant === null || row.tenant === null) return false;
  return typeof tenant === 'number' ? row.tenant === tenant : tenant.includes(row.tenant);
}

/** The rows beside each other in one row of a join, by place; null where none belongs to it. */
type Joined = ReadonlyMap<string, WorldRow | null>;

interface Group {
  readonly values: readonly Value[];
  readonly rows: Joined[];
}

class Evaluator {
  readonly #world: World;
  readonly #query: WorldQuery;
  readonly #sees: (row: WorldRow) => boolean;

  constructor(world: World, query: WorldQuery, sees: (row: WorldRow) => boolean) {
    this.#world = world;
    this.#query = query;
    this.#sees = sees;
  }

  rows(): Value[][] {
    const { measures, filters, ungrouped } = this.#query;
    const onMeasures = filters.filter((filter) => this.#isOnMeasures(filter));
    const named = [...measures, ...onMeasures.flatMap(membersIn)];
    const leaves = [...new Set(named.flatMap((name) => this.#leaves(name)))];
    if (leaves.length === 0) {
      const groups = this.#groupsFrom(rootFor(this.#world, this.#rowMembers()));
      return [...groups.values()].flatMap((group) =>
        ungrouped ? group.rows.map(() => [...group.values]) : [[...group.values]],
      );
    }
    const reasons = leaves.flatMap((leaf) => this.#refusals(leaf));
    if (reasons.length > 0) throw new Refusal(...reasons);
    const measured = new Map(leaves.map((leaf) => [leaf, this.#measure(leaf)]));
    const groups = new Map<string, readonly Value[]>();
    for (const { all } of measured.values()) {
      for (const [key, { values }] of all) groups.set(key, values);
    }
    return [...groups].flatMap(([key, values]) => {
      const valueOf = (name: string): Value => {
        const found = measured.get(name);
        if (found) return this.#aggregate(name, found.rowsOf(key), values.length === 0);
        const [own, other, count] = this.#parts(name).map(valueOf) as [Value, Value, Value];
        return ((own ?? 0) as number) - ((other ?? 0) as number) + (count as number);
      };
      const isKept = onMeasures.every((filter) => holds(filter, valueOf) === true);
      return isKept ? [[...values, ...measures.map(valueOf)]] : [];
    });
  }

  #isMeasure(member: string): boolean {
    const name = member.split('.')[1]!;
    return (
      !['id', 'half', 'side', 'a', 'b', 't', 'band'].includes(name) &&
      !/^(its|with)[A-Z]/.test(name)
    );
  }

  #isOnMeasures(filter: WorldFilter): boolean {
    return membersIn(filter).some((member) => this.#isMeasure(member));
  }

  /** `lessX`: what it calculates from, in its own order. */
  #parts(member: string): readonly string[] {
    const [cube, name] = member.split('.') as [string, string];
    if (!name.startsWith('less')) return [];
    const other = name.slice('less'.length);
    return [`${cube}.sumA`, `${other}.sumA`, `${other}.count`];
  }

  #leaves(member: string): readonly string[] {
    const parts = this.#parts(member);
    return parts.length === 0 ? [member] : parts;
  }

  /** Members that decide which rows there are. */
  #rowMembers(): string[] {
    const { dimensions, timeDimensions, segments, filters } = this.#query;
    return [
      ...dimensions,
      ...timeDimensions.flatMap((time) =>
        time.granularity !== null || time.dateRange !== null ? [time.dimension] : [],
      ),
      ...segments,
      ...filters.filter((filter) => !this.#isOnMeasures(filter)).flatMap(membersIn),
    ];
  }

  #refusals(measure: string): string[] {
    const owner = measure.split('.')[0]!;
    const world = this.#world;
    const own = needed(world, owner, [measure]);
    const reasons: string[] = [];
    if (toManySteps(world, own.places) > 0) reasons.push('query/multiplied-measure');
    if (own.ties.size > 0) reasons.push('query/ambiguous-join-path');
    try {
      const root = rootFor(world, this.#rowMembers(), owner);
      const { places } = needed(world, root, this.#rowMembers(), owner);
      const isRepeated = root !== owner || toManySteps(world, places) > 0;
      const hasKey = cubeOf(world, owner).key !== 'none';
      if (isRepeated && !hasKey) reasons.push('query/no-primary-key');
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      reasons.push(...error.codes);
    }
    return reasons;
  }

  /** The groups of the root of a measure, and the measured cube's rows in each, every row once. */
  #measure(measure: string) {
    const owner = measure.split('.')[0]!;
    const root = rootFor(this.#world, this.#rowMembers(), owner);
    const all = this.#groupsFrom(root, owner);
    const place = placeOf(this.#world, [root], owner, new Set())!.join('.');
    return {
      all,
      rowsOf: (key: string): WorldRow[] => {
        const rows = (all.get(key)?.rows ?? []).map((row) => row.get(place) ?? null);
        return [...new Set(rows.filter((row) => row !== null))];
      },
    };
  }

  #groupsFrom(root: string, owner?: string): Map<string, Group> {
    const { dimensions, timeDimensions, segments, filters } = this.#query;
    const { places } = needed(this.#world, root, this.#rowMembers(), owner);
    const times = timeDimensions.filter((time) => time.granularity !== null);
    const groups = new Map<string, Group>();
    if (dimensions.length + times.length === 0) groups.set('[]', { values: [], rows: [] });
    for (const joined of this.#join([root], places)) {
      const valueOf = (member: string): Value => this.#dimension(member, [root], joined);
      const isKept =
        timeDimensions.every(({ dimension, dateRange }) => {
          if (dateRange === null) return true;
          const value = valueOf(dimension) as string | null;
          return value !== null && value >= dateRange[0] && value.slice(0, 10) <= dateRange[1];
        }) &&
        segments.every((name) => this.#segment(name, [root], joined) === true) &&
        filters.every(
          (filter) =>
            this.#isOnMeasures(filter) || isEmpty(filter) || holds(filter, valueOf) === true,
        );
      if (!isKept) continue;
      const values = [
        ...dimensions.map(valueOf),
        ...times.map(({ dimension, granularity }) => truncate(valueOf(dimension), granularity!)),
      ];
      const key = JSON.stringify(values);
      const group = groups.get(key) ?? { values, rows: [] };
      group.rows.push(joined);
      groups.set(key, group);
    }
    return groups;
  }

  /** LEFT JOINs, as loops: each row so far with each row that belongs to it, or with none. */
  #join(root: Place, places: readonly Place[]): Joined[] {
    const start = cubeOf(this.#world, root[0]!);
    let rows: Joined[] = this.#visible(start.name).map((row) => new Map([[start.name, row]]));
    for (const place of [...places].sort((a, b) => a.length - b.length)) {
      if (place.length === 1) continue;
      const [from, to] = [place.at(-2)!, place.at(-1)!];
      const join = cubeOf(this.#world, from).joins.find(({ target }) => target === to)!;
      rows = rows.flatMap((joined): Joined[] => {
        const source = joined.get(place.slice(0, -1).join('.')) ?? null;
        const found = source ? this.#partners(source, from, join) : [];
        return (found.length > 0 ? found : [null]).map(
          (row) => new Map([...joined, [place.join('.'), row]]),
        );
      });
    }
    return rows;
  }

  #visible(cube: string): readonly WorldRow[] {
    const { rows, isProtected } = cubeOf(this.#world, cube);
    return isProtected ? rows.filter((row) => this.#sees(row)) : rows;
  }

  #partners(source: WorldRow, from: string, { target, holder }: WorldJoin): readonly WorldRow[] {
    return this.#visible(target).filter((row) =>
      holder === 'source' ? source.refers[target] === row.id : row.refers[from] === source.id,
    );
  }

  /** A dimension of the cube at its place in a joined row. */
  #dimension(member: string, root: Place, joined: Joined): Value {
    const [cube, name] = member.split('.') as [string, string];
    const place = placeOf(this.#world, root, cube, new Set())!;
    const row = joined.get(place.join('.')) ?? null;
    if (name === 'band') return row !== null && row.a !== null && row.a > 2 ? 'big' : 'small';
    const [named] = namesOf(member, this.#world);
    if (named) {
      const other = placeOf(this.#world, place, named[0], new Set())!;
      const value = joined.get(other.join('.'))?.a ?? null;
      if (name.startsWith('its')) return value;
      return row === null || row.a === null || value === null ? null : row.a + value;
    }
    if (row === null) return null;
    if (name === 'half') return Math.floor(row.id / 2);
    if (name === 'side') return row.id % 2;
    return row[name as 'id' | 'a' | 'b' | 't'];
  }

  #segment(member: string, root: Place, joined: Joined) {
    const a = this.#dimension(`${member.split('.')[0]}.a`, root, joined) as number | null;
    return a === null ? null : a > 2;
  }

  /** `isTotal`: over all rows, not in a group. */
  #aggregate(measure: string, rows: readonly WorldRow[], isTotal: boolean): Value {
    const [cube, name] = measure.split('.') as [string, string];
    const as = present(rows.map((row) => row.a));
    switch (name) {
      case 'count':
        return rows.length;
      case 'sumA':
        return sum(as);
      case 'avgA':
        return as.length === 0 ? null : sum(as)! / as.length;
      case 'minA':
        return as.length === 0 ? null : Math.min(...as);
      case 'maxA':
        return as.length === 0 ? null : Math.max(...as);
      case 'distinctB':
        return new Set(present(rows.map((row) => row.b))).size;
      case 'bigCount':
        return as.filter((a) => a > 2).length;
      case 'emptyCount':
        return rows.length - as.length;
      case 'sumFilled':
        return sum(rows.map((row) => row.a ?? 100));
      case 'perRow':
        return rows.length === 0 || as.length === 0 ? null : sum(as)! / rows.length;
      case 'raw':
        // A group without rows of the cube has no such number: nothing is calculated there.
        return rows.length === 0 && !isTotal ? null : rows.length + 1;
      default: {
        const other = name.slice('sum'.length);
        const place = placeOf(this.#world, [cube], other, new Set())!;
        const { places } = needed(this.#world, cube, [measure]);
        const joined = this.#join([cube], places).filter((item) => rows.includes(item.get(cube)!));
        return sum(present(joined.map((item) => item.get(place.join('.'))?.a ?? null)));
      }
    }
  }
}
