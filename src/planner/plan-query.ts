import type { Dimension, Measure, Model } from '../model/model.ts';
import { checkPlan } from './check-plan.ts';
import type { Condition, Plan, PlanColumn, PlanNode } from './plan.ts';
import { planFilters, type PlannedFilters } from './plan-filters.ts';
import { readRange, withinRange, type LeafContext } from './plan-leaf.ts';
import { planOrder } from './plan-order.ts';
import { QueryError } from './query-error.ts';
import { QueryReader } from './query-reader.ts';
import type { Request } from './request.ts';
import { MemberResolver } from './resolve-members.ts';
import type { InstantRange } from './time/date-range.ts';
import { ZoneClock } from './time/zone-clock.ts';

export interface PlanSetting {
  /** Milliseconds since 1970: what `today` is read from. */
  readonly now: number;
}

/**
 * What a query means on one cube, without a dialect.
 *
 * @throws QueryError with every member, filter, date and order of the query that is wrong.
 */
export function planQuery(model: Model, request: Request, setting: PlanSetting): Plan {
  const reader = new QueryReader();
  const resolver = new MemberResolver(model, reader);
  const dates = { now: setting.now, clock: new ZoneClock(request.timezone) };
  const dimensions = resolver.list(request.dimensions, 'dimension');
  const times = planTimes(request, resolver, { reader, dates });
  const measures = resolver.list(request.measures, 'measure');
  const segments = resolver.list(request.segments, 'segment');
  const filters = planFilters(request.filters, { resolver, reader, dates });
  const columns = [
    ...dimensions.map((member) => dimensionColumn(member)),
    ...times.columns,
    ...measures.map(measureColumn),
  ];
  if (request.ungrouped) refuseMeasures(request, filters, reader);
  refuseUnselectedTotals(filters.totals, measures, reader);
  const keys = planOrder(request, columns, reader);
  if (reader.problems.length > 0 || !resolver.cube) throw new QueryError(reader.problems);
  const rows: Condition[] = [
    ...times.conditions,
    ...segments.map((segment): Condition => ({ kind: 'segment', member: segment.path })),
    ...filters.rows,
  ];
  let root: PlanNode = filtered({ kind: 'scan', cube: resolver.cube.name }, rows);
  root = request.ungrouped
    ? { kind: 'project', input: root, columns }
    : grouped(root, columns, measures, filters);
  if (keys.length > 0) root = { kind: 'sort', input: root, keys };
  root = { kind: 'limit', input: root, limit: request.limit, offset: request.offset };
  const plan: Plan = {
    root,
    columns,
    timezone: request.timezone,
    relativeDates: times.relative || filters.relative,
    range: times.range,
    rows,
  };
  checkPlan(plan, model);
  return plan;
}

function filtered(input: PlanNode, conditions: readonly Condition[]): PlanNode {
  return conditions.length === 0 ? input : { kind: 'filter', input, conditions };
}

function grouped(
  input: PlanNode,
  columns: readonly PlanColumn[],
  measures: readonly Measure[],
  filters: PlannedFilters,
): PlanNode {
  const groups = columns.filter((column) => column.kind !== 'measure');
  const isRunning = new Set(
    measures.filter((item) => item.type === 'runningTotal').map((item) => item.path),
  );
  const ofMeasures = columns.filter((column) => column.kind === 'measure');
  const aggregate: PlanNode = { kind: 'aggregate', input, groups, measures: ofMeasures };
  const kept = filtered(aggregate, filters.groups);
  const running = ofMeasures.filter((column) => isRunning.has(column.member));
  if (running.length === 0) return kept;
  const totals: PlanNode = {
    kind: 'running-totals',
    input: kept,
    measures: running,
    along: groups.filter((column) => column.kind === 'time-dimension'),
    within: groups.filter((column) => column.kind === 'dimension'),
  };
  return filtered(totals, filters.totals);
}

function dimensionColumn(dimension: Dimension): PlanColumn {
  return { member: dimension.path, granularity: null, kind: 'dimension', type: dimension.type };
}

/** A smallest or largest value is taken to be a number, as in the original. */
function measureColumn(measure: Measure): PlanColumn {
  return { member: measure.path, granularity: null, kind: 'measure', type: 'number' };
}

interface PlannedTimes {
  readonly columns: readonly PlanColumn[];
  readonly conditions: readonly Condition[];
  readonly relative: boolean;
  readonly range: Plan['range'];
}

function planTimes(request: Request, resolver: MemberResolver, context: LeafContext): PlannedTimes {
  const columns = new Map<string, PlanColumn>();
  const conditions: Condition[] = [];
  const ranges = new Map<string, InstantRange>();
  for (const time of request.timeDimensions) {
    const member = resolver.one(time, 'dimension');
    if (member === null) continue;
    if (member.type !== 'time') {
      const message = `${time.name} is a ${member.type}; a time dimension has the type time`;
      context.reader.report('query/wrong-kind', time.path, message);
      continue;
    }
    const { granularity, dateRange } = time;
    if (granularity !== null) {
      const column: PlanColumn = {
        member: member.path,
        granularity,
        kind: 'time-dimension',
        type: 'time',
      };
      columns.set(`${member.path}.${granularity}`, column);
    }
    const range = dateRange && readRange(dateRange.value, dateRange.path, context);
    if (range) {
      conditions.push(withinRange(member.path, range));
      ranges.set(member.path, range);
    }
  }
  return {
    columns: [...columns.values()],
    conditions,
    relative: [...ranges.values()].some((range) => range.relative),
    range: rangeOf([...columns.values()], ranges),
  };
}

/** null unless every selected time is bounded by the query. */
function rangeOf(
  columns: readonly PlanColumn[],
  ranges: ReadonlyMap<string, InstantRange>,
): Plan['range'] {
  const found = columns.map((column) => ranges.get(column.member));
  if (found.length === 0 || found.includes(undefined)) return null;
  const bounds = found as InstantRange[];
  return {
    from: bounds.map((range) => range.from).sort()[0]!,
    to: bounds
      .map((range) => range.to)
      .sort()
      .at(-1)!,
  };
}

function refuseMeasures(request: Request, filters: PlannedFilters, reader: QueryReader): void {
  if (request.measures.length > 0) {
    const message = "measures aren't allowed in an ungrouped query; ask for dimensions";
    reader.report('query/ungrouped-measure', 'measures', message);
  }
  if (filters.groups.length + filters.totals.length > 0) {
    const message = "filters on measures aren't allowed in an ungrouped query";
    reader.report('query/ungrouped-measure', 'filters', message);
  }
}

/** A running total exists over the finished groups alone, so it must be one of their columns. */
function refuseUnselectedTotals(
  conditions: readonly Condition[],
  measures: readonly Measure[],
  reader: QueryReader,
): void {
  const selected = new Set<string>(measures.map((measure) => measure.path));
  const named = (condition: Condition): string[] => {
    if ('items' in condition) return condition.items.flatMap(named);
    return 'member' in condition ? [condition.member] : [];
  };
  for (const member of new Set(conditions.flatMap(named))) {
    if (selected.has(member)) continue;
    const message = `a filter on the running total ${member} needs it among the measures`;
    reader.report('query/running-total-not-selected', 'filters', message);
  }
}
