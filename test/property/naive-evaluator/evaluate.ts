import { instantsOf } from './date-ranges.ts';
import {
  groupRows,
  type Column,
  type Condition,
  type Grouping,
  type Table,
  type UsedTime,
} from './groups.ts';
import { memberOf } from './members.ts';
import { Paths, Refusal, type Named } from './places.ts';
import { isShown, policiesFor } from './policies.ts';
import { rootFor } from './roots.ts';
import type { Scope } from './scope.ts';
import { measured } from './stages.ts';
import { subQueries } from './sub-queries.ts';
import { holds, isEmpty, isIn, membersIn, present, sum, type Value } from './values.ts';
import { memberNamed, resolved } from './views.ts';
import { cubeOf, type World, type WorldCase, type WorldFilter, type WorldQuery } from './world.ts';

/**
 * What a query over a world means, by nested loops over the rows in memory: an independent reading of
 * `docs/planning.md` and `docs/time.md`, which shares nothing with the planner.
 *
 * @returns one array a row: dimensions, time dimensions, measures, in the query's order.
 * @throws Refusal where there is no answer.
 */
export function evaluate({ world, query, context }: WorldCase): Value[][] {
  const reasons = new Set<string>();
  const base: Omit<Scope, 'subQuery'> = {
    world,
    paths: new Paths(world, query.joinHints),
    clock: { zone: query.timezone ?? 'UTC', now: Date.parse(world.now ?? '2024-01-01') },
    context,
    refuse: (code) => {
      reasons.add(code);
      return null;
    },
  };
  if (disagree(query.joinHints ?? [])) base.refuse('query/bad-join-hint');
  for (const name of (query.joinHints ?? []).flat()) {
    const { policies } = cubeOf(world, name);
    if (policiesFor(policies, context)?.length === 0) base.refuse('query/access-denied');
  }
  const grouping = groupingOf(query, base);
  const rows = new Evaluator(query, grouping, subQueries(grouping, base)).rows();
  if (reasons.size > 0) throw new Refusal(reasons);
  return rows;
}

/** Whether hints say of one cube that it is reached from two. */
function disagree(hints: readonly (readonly string[])[]): boolean {
  const pairs = hints.flatMap((hint) =>
    hint.slice(1).map((name, at) => [name, hint[at]!] as const),
  );
  const sources = new Map(pairs);
  return pairs.some(([name, source]) => sources.get(name) !== source);
}

/** Filters of the query that hold for rows, and the others. An `and` at the top is taken apart. */
function filtersOf({ filters }: WorldQuery, world: World, onMeasures: boolean): WorldFilter[] {
  const isMeasure = (name: string) => memberNamed(world, resolved(world, name)).kind === 'measure';
  return filters
    .flatMap((filter) => ('and' in filter ? filter.and : [filter]))
    .filter((filter) => !isEmpty(filter) && membersIn(filter).some(isMeasure) === onMeasures);
}

function groupingOf(query: WorldQuery, scope: Omit<Scope, 'subQuery'>): Grouping {
  const { world, clock, refuse } = scope;
  const named = (name: string): Named => resolved(world, name);
  const times = query.timeDimensions
    .filter((time) => time.granularity !== null || time.dateRange !== null)
    .map((time): UsedTime => {
      const range = time.dateRange === null ? null : instantsOf(time.dateRange, clock);
      if (time.dateRange !== null && !range) refuse('query/bad-date-range');
      return {
        named: named(time.dimension),
        granularity: time.granularity,
        range,
        isFilled: time.fillMissingDates ?? false,
      };
    });
  const conditions: Condition[] = [
    ...times.flatMap(({ named: time, range }) =>
      range ? [{ members: [time], isRange: true, holds: (of: Of) => isIn(of(time), range) }] : [],
    ),
    ...query.segments.map(named).map((item): Condition => ({
      members: [item],
      isRange: false,
      holds: (_of, site) => {
        const member = memberOf(world, `${item.cube}.${item.member}`);
        return member.kind === 'segment' ? member.holds(site(item)) : null;
      },
    })),
    ...filtersOf(query, world, false).map((filter): Condition => ({
      members: membersIn(filter).map(named),
      isRange: false,
      holds: (of) => holds(filter, (name) => of(named(name)), clock),
    })),
  ];
  conditions.push(...policyConditions(query, scope));
  const columns: Column[] = [
    ...query.dimensions.map((name) => ({ named: named(name), granularity: null })),
    ...times.filter((time) => time.granularity !== null),
  ];
  return {
    needs: [
      ...query.dimensions.map(named),
      ...times.map((time) => time.named),
      ...conditions.flatMap((condition) => condition.members),
    ],
    columns,
    conditions,
    times,
    windows: null,
  };
}

type Of = (named: Named) => Value;

/** What the policies of the views that a query names ask of its rows; refuses who is in none. */
function policyConditions(
  { measures, dimensions, timeDimensions, segments, filters }: WorldQuery,
  { world, context, refuse }: Omit<Scope, 'subQuery'>,
): Condition[] {
  const times = timeDimensions.map((time) => time.dimension);
  const names = [measures, dimensions, times, segments, filters.flatMap(membersIn)].flat();
  for (const { policies } of names.map((name) => cubeOf(world, resolved(world, name).cube))) {
    if (policiesFor(policies, context)?.length === 0) refuse('query/access-denied');
  }
  const views = (world.views ?? []).filter(({ name: view }) =>
    names.some((name) => name.startsWith(`${view}.`)),
  );
  return views.flatMap(({ name: view, policies }): Condition[] => {
    const found = policiesFor(policies, context);
    if (found?.length === 0) refuse('query/access-denied');
    if (!found || found.length === 0 || found.some(({ filter }) => filter === null)) return [];
    const named = (member: string) => resolved(world, `${view}.${member}`);
    return [
      {
        members: found.map(({ filter }) => named(filter!.member)),
        isRange: false,
        holds: (of) => isShown(found, (member) => of(named(member)), context),
      },
    ];
  });
}

class Evaluator {
  readonly #query: WorldQuery;
  readonly #grouping: Grouping;
  readonly #scope: Scope;

  constructor(query: WorldQuery, grouping: Grouping, scope: Scope) {
    this.#query = query;
    this.#grouping = grouping;
    this.#scope = scope;
  }

  rows(): Value[][] {
    if (this.#query.ungrouped) return this.#ungrouped();
    const { world } = this.#scope;
    const { measures } = this.#query;
    const filters = filtersOf(this.#query, world, true);
    const used = [...measures, ...filters.flatMap(membersIn)].map((name) => resolved(world, name));
    const onTotals = filters.filter((filter) =>
      membersIn(filter).some((name) => this.#isRunning(name)),
    );
    for (const filter of onTotals) {
      for (const name of membersIn(filter)) {
        if (!this.#isRunning(name)) this.#scope.refuse('query/mixed-filter');
        if (!measures.includes(name)) this.#scope.refuse('query/running-total-not-selected');
      }
    }
    const table = measured(used, this.#grouping, this.#scope);
    const kept = [...table.groups.keys()].filter((key) =>
      filters.every(
        (filter) =>
          onTotals.includes(filter) ||
          holds(filter, (name) => table.valueOf(key, name), this.#scope.clock) === true,
      ),
    );
    const valueOfTotal = this.#totals(kept, table);
    return kept
      .filter((key) =>
        onTotals.every(
          (filter) => holds(filter, (name) => valueOfTotal(key, name), this.#scope.clock) === true,
        ),
      )
      .map((key) => [
        ...table.groups.get(key)!,
        ...measures.map((name) =>
          this.#isRunning(name) ? valueOfTotal(key, name) : table.valueOf(key, name),
        ),
      ]);
  }

  #isRunning(name: string): boolean {
    const { world } = this.#scope;
    const member = memberNamed(world, resolved(world, name));
    return member.kind === 'measure' && member.rule.is === 'over-rows' && member.rule.isRunning;
  }

  /** Running totals over the finished groups: along the times, within the other columns. Nulls are last. */
  #totals(keys: readonly string[], table: Table) {
    const { columns } = this.#grouping;
    const parts = (key: string, isTime: boolean) =>
      table.groups
        .get(key)!
        .filter((_, index) => (columns[index]!.granularity !== null) === isTime);
    return (key: string, name: string): Value => {
      const [others, times] = [JSON.stringify(parts(key, false)), parts(key, true)];
      const before = keys.filter(
        (other) =>
          JSON.stringify(parts(other, false)) === others && !isAfter(parts(other, true), times),
      );
      return sum(present(before.map((other) => table.valueOf(other, name))).map(Number));
    };
  }

  #ungrouped(): Value[][] {
    const reach = rootFor(this.#grouping.needs, null, this.#scope);
    if (!reach) return [];
    const groups = [...groupRows(this.#grouping, reach, this.#scope).values()];
    return groups.flatMap((group) => group.rows.map(() => [...group.values]));
  }
}

function isAfter(times: readonly Value[], others: readonly Value[]): boolean {
  for (const [index, time] of times.entries()) {
    const other = others[index]!;
    if (time === other) continue;
    return time === null || (other !== null && time > other);
  }
  return false;
}
