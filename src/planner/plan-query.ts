import type { MemberPath } from '../core/names.ts';
import { memberName, say } from '../core/told.ts';
import type { Dimension, Measure, Member, Model, Segment } from '../model/model.ts';
import type { LexicalRules } from '../sql/dialects/dialect.ts';
import type { Access } from './access.ts';
import { checkPlan } from './check-plan.ts';
import type { JoinTies, Need } from './choose-root.ts';
import { membersOfCondition, type Condition } from './condition.ts';
import { cubesRead } from './cubes-read.ts';
import type { GroupsNode, MeasuredGroups, Plan, PlanColumn, PlanNode } from './plan.ts';
import { planFilters, type PlannedFilters } from './plan-filters.ts';
import { Expansions } from './expanded-size.ts';
import { withMasks } from './masks.ts';
import { measureColumn } from './plan-groups.ts';
import { joinSetting } from './plan-joins.ts';
import { countPlan } from './plan-size.ts';
import { planOrder } from './plan-order.ts';
import type { Grouping } from './plan-part.ts';
import { planMeasures } from './plan-stages.ts';
import { withSubQueries } from './plan-sub-query.ts';
import { planTimes } from './plan-times.ts';
import { needsOfMasks, sourceAccess, viewRows } from './policy-rows.ts';
import { planUngrouped, refuseMeasures } from './plan-ungrouped.ts';
import { QueryError } from './query-error.ts';
import { QueryReader } from './query-reader.ts';
import type { NamedMember, Request } from './request.ts';
import { MemberResolver, type Resolved, type Use } from './resolve-members.ts';
import { ZoneClock } from './time/zone-clock.ts';
import { UserNames } from './user-names.ts';

export interface PlanSetting {
  /** Milliseconds since 1970: what `today` is read from. */
  readonly now: number;
  readonly joinTies: JoinTies;
  /** Of the schema's dialect. */
  readonly lexical: LexicalRules;
  /** Whether the rows of an ungrouped query may lack what tells them apart. */
  readonly allowUngroupedWithoutPrimaryKey: boolean;
  /** What the policies give to the user; null: a plan that is never made a statement. */
  readonly access: Access | null;
  /** Filters, segments and date ranges may name members that are not public. */
  readonly trustsFilters?: boolean;
}

/**
 * What a query means, without a dialect.
 *
 * @throws QueryError with every member, filter, date, order and join of the query that is wrong.
 */
export function planQuery(schema: Model, request: Request, setting: PlanSetting): Plan {
  const reader = new QueryReader();
  const { access } = setting;
  const names = new UserNames(schema, access);
  const { trustsFilters } = setting;
  const resolver = new MemberResolver(schema, reader, access, names, trustsFilters);
  const dates = { now: setting.now, clock: new ZoneClock(request.timezone) };
  const dimensions = named(request.dimensions, 'dimension', resolver);
  const times = planTimes(request, resolver, { reader, dates });
  const measures = named(request.measures, 'measure', resolver);
  const segments = named(request.segments, 'segment', resolver, 'bound');
  const filters = planFilters(request.filters, { resolver, reader, dates });
  const selected = [
    ...dimensions.map(dimensionColumn),
    ...times.columns,
    ...measures.map(({ type, occurrence }) => measureColumn(occurrence.name, type)),
  ];
  if (request.ungrouped) refuseMeasures(request, filters, reader);
  const order = planOrder(request, selected, resolver, reader);
  const calculated = [...measures, ...order.measures];
  const columns = [
    ...selected,
    ...order.measures.map(({ type, occurrence }) => measureColumn(occurrence.name, type)),
  ];
  refuseUnselectedTotals(filters.totals, columns, reader);
  const joinable = joinSetting(schema, request.joinHints, setting.joinTies, reader, names);
  if (reader.problems.length > 0) throw new QueryError(reader.problems);
  const masked = [...resolver.masked.values()];
  const model = withMasks(schema, masked);
  const policies = viewRows(resolver.used, access, model);
  const masks = needsOfMasks(masked, resolver.occurrences, model);
  const policyNeeds = [...policies.needs, ...[...masks.values()].flat()];
  const occurrences = new Map(resolver.occurrences);
  for (const { use: _use, path: _path, ...occurrence } of policyNeeds) {
    occurrences.set(occurrence.name, occurrence);
  }
  const expansions = new Expansions(model, reader.budget);
  for (const { member, path } of policyNeeds) expansions.count(member, path);
  const graph = { ...joinable, lexical: setting.lexical, model, occurrences, masks };
  const grouping: Grouping = {
    needs: [
      ...[...dimensions, ...segments].map(toNeed),
      ...times.needs,
      ...filters.needs,
      ...policyNeeds,
    ],
    groups: columns.filter((column) => column.kind !== 'measure'),
    conditions: [
      ...times.conditions,
      ...segments.map(({ occurrence }) => segmentCondition(occurrence.name)),
      ...filters.rows,
      ...policies.conditions,
    ],
    times: { used: times.used, clock: dates.clock },
    windows: null,
  };
  const joins = withSubQueries(graph, grouping);
  const used = [
    ...calculated.map(({ member, ...where }) => ({ measure: member, ...where })),
    ...filters.measures,
  ];
  const measureColumns = columns.filter((column) => column.kind === 'measure');
  const body = request.ungrouped
    ? planUngrouped(grouping, columns, joins, setting.allowUngroupedWithoutPrimaryKey)
    : planMeasures(grouping, used, measureColumns, joins);
  if (reader.problems.length > 0 || !body) throw new QueryError(reader.problems);
  let root: PlanNode = body.kind === 'project' ? body : withGroupFilters(body, calculated, filters);
  if (order.keys.length > 0) root = { kind: 'sort', input: root, keys: order.keys };
  root = { kind: 'limit', input: root, limit: request.limit, offset: request.offset };
  countPlan(root, reader.budget);
  const unchecked: Omit<Plan, 'access'> = {
    root,
    columns,
    ...(order.measures.length > 0 && { unselected: order.measures.length }),
    occurrences: [...joins.occurrences.values()],
    timezone: request.timezone,
    relativeDates: times.relative || filters.relative,
    range: times.range,
    ...(request.total && { total: true }),
    rows: grouping.conditions,
    ...(masked.length > 0 && { masked }),
  };
  const cubes = model.restricted.length > 0 ? cubesRead(unchecked, model) : new Set<string>();
  const plan: Plan = { ...unchecked, access: sourceAccess(cubes, resolver.used, access, model) };
  checkPlan(plan, model, access);
  return plan;
}

/** A member of a query, and where it is named. */
interface Named<M extends Member> extends Resolved<M> {
  readonly path: string;
}

function named<K extends 'dimension' | 'measure' | 'segment'>(
  items: readonly NamedMember[],
  kind: K,
  resolver: MemberResolver,
  use: Use = 'shown',
) {
  return items.flatMap((item) => {
    const found = resolver.one(item, kind, use);
    return found === null ? [] : [{ ...found, path: item.path }];
  });
}

function toNeed({ occurrence, path }: Named<Dimension | Segment>): Need {
  return { ...occurrence, use: 'value', path };
}

function segmentCondition(member: MemberPath): Condition {
  return { kind: 'segment', member };
}

function withGroupFilters(
  groups: MeasuredGroups,
  measures: readonly Named<Measure>[],
  filters: PlannedFilters,
): GroupsNode {
  const kept = filteredGroups(groups, filters.groups);
  const isRunning = new Set(
    measures
      .filter(({ member }) => member.type === 'runningTotal')
      .map(({ occurrence }) => occurrence.name),
  );
  if (isRunning.size === 0) return kept;
  const totals: GroupsNode = {
    kind: 'running-totals',
    input: kept,
    measures: groups.measures.filter((column) => isRunning.has(column.member)),
    along: groups.groups.filter((column) => column.kind === 'time-dimension'),
    within: groups.groups.filter((column) => column.kind === 'dimension'),
  };
  return filteredGroups(totals, filters.totals);
}

function filteredGroups(input: GroupsNode, conditions: readonly Condition[]): GroupsNode {
  return conditions.length === 0 ? input : { kind: 'group-filter', input, conditions };
}

function dimensionColumn({ member, occurrence }: Named<Dimension>): PlanColumn {
  return { member: occurrence.name, granularity: null, kind: 'dimension', type: member.type };
}

/** A running total exists over the finished groups alone, so it must be one of their columns. */
function refuseUnselectedTotals(
  conditions: readonly Condition[],
  columns: readonly PlanColumn[],
  reader: QueryReader,
): void {
  const selected = new Set<string>(columns.map((column) => column.member));
  for (const member of new Set(conditions.flatMap(membersOfCondition))) {
    if (selected.has(member)) continue;
    const message = say`a filter on the running total ${memberName(member as MemberPath)} needs it among the measures`;
    reader.report('query/running-total-not-selected', 'filters', message);
  }
}
