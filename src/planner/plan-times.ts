import type { Need } from './choose-root.ts';
import type { Condition } from './condition.ts';
import { readRange, withinRange, type LeafContext } from './plan-leaf.ts';
import type { Plan, PlanColumn } from './plan.ts';
import type { Request } from './request.ts';
import type { MemberResolver } from './resolve-members.ts';
import type { InstantRange } from './time/date-range.ts';

export interface PlannedTimes {
  readonly columns: readonly PlanColumn[];
  readonly conditions: readonly Condition[];
  readonly needs: readonly Need[];
  readonly relative: boolean;
  readonly range: Plan['range'];
}

/** The time dimensions of a query: columns to group by, and ranges that its rows lie in. */
export function planTimes(
  request: Request,
  resolver: MemberResolver,
  context: LeafContext,
): PlannedTimes {
  const columns = new Map<string, PlanColumn>();
  const conditions: Condition[] = [];
  const needs: Need[] = [];
  const ranges = new Map<string, InstantRange>();
  for (const time of request.timeDimensions) {
    const found = resolver.one(time, 'dimension');
    if (found === null) continue;
    const { member, occurrence } = found;
    const { name } = occurrence;
    if (member.type !== 'time') {
      const message = `${time.name} is a ${member.type}; a time dimension has the type time`;
      context.reader.report('query/wrong-kind', time.path, message);
      continue;
    }
    const { granularity, dateRange } = time;
    if (granularity !== null || dateRange)
      needs.push({ ...occurrence, use: 'value', path: time.path });
    if (granularity !== null) {
      const column: PlanColumn = {
        member: name,
        granularity,
        kind: 'time-dimension',
        type: 'time',
      };
      columns.set(`${name}.${granularity}`, column);
    }
    const range = dateRange && readRange(dateRange.value, dateRange.path, context);
    if (range) {
      conditions.push(withinRange(name, range));
      ranges.set(name, range);
    }
  }
  return {
    columns: [...columns.values()],
    conditions,
    needs,
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
