import { memberName, say, word } from '../core/told.ts';
import type { Member } from '../model/model.ts';
import type { Need } from './choose-root.ts';
import type { Condition } from './condition.ts';
import { isMaskedName } from './masks.ts';
import { isOperatorFor, planLeaf } from './plan-leaf.ts';
import type { QueryReader } from './query-reader.ts';
import type { RequestedFilter, RequestedLeaf } from './request.ts';
import type { MemberResolver, Resolved } from './resolve-members.ts';
import type { UsedMeasure } from './split-measures.ts';
import type { DateSetting } from './time/date-text.ts';

/** Conditions by where they stand: on rows, on groups, and on running totals over groups. */
export interface PlannedFilters {
  readonly rows: readonly Condition[];
  readonly groups: readonly Condition[];
  readonly totals: readonly Condition[];
  /** Members of the conditions on rows. */
  readonly needs: readonly Need[];
  /** Measures of the conditions on groups and totals. */
  readonly measures: readonly UsedMeasure[];
  readonly relative: boolean;
}

type Stage = 'rows' | 'groups' | 'totals';

export interface FilterContext {
  readonly resolver: MemberResolver;
  readonly reader: QueryReader;
  readonly dates: DateSetting;
}

/** Places every filter of a query. An `and` at the top is taken apart, so its parts may differ. */
export function planFilters(
  filters: readonly RequestedFilter[],
  context: FilterContext,
): PlannedFilters {
  const placed: Record<Stage, Condition[]> = { rows: [], groups: [], totals: [] };
  const planner = new FilterPlanner(context);
  for (const filter of filters.flatMap(flattenAnd)) {
    const found = planner.filter(filter);
    if (found) placed[found.stage].push(found.condition);
  }
  const { needs, measures, relative } = planner;
  return { ...placed, needs, measures, relative };
}

function flattenAnd(filter: RequestedFilter): readonly RequestedFilter[] {
  const isAnd = filter.kind === 'group' && filter.operator === 'and';
  return isAnd ? filter.items.flatMap(flattenAnd) : [filter];
}

interface PlacedCondition {
  readonly stage: Stage;
  readonly condition: Condition;
}

class FilterPlanner {
  relative = false;
  readonly needs: Need[] = [];
  readonly measures: UsedMeasure[] = [];
  readonly #context: FilterContext;

  constructor(context: FilterContext) {
    this.#context = context;
  }

  /** null: reported, or a group without conditions, which restricts nothing. */
  filter(filter: RequestedFilter): PlacedCondition | null {
    if (filter.kind === 'leaf') return this.#leaf(filter);
    const items = filter.items.flatMap((item) => this.filter(item) ?? []);
    const [first] = items;
    if (!first) return null;
    if (items.some((item) => item.stage !== first.stage)) {
      this.#context.reader.report(
        'query/mixed-filter',
        filter.path,
        'dimensions, measures and running totals cannot stand in one group: they are compared at different times; use a filter for each',
      );
      return null;
    }
    const conditions = items.map((item) => item.condition);
    return { stage: first.stage, condition: { kind: filter.operator, items: conditions } };
  }

  #leaf(leaf: RequestedLeaf): PlacedCondition | null {
    const { resolver, reader, dates } = this.#context;
    const found = resolver.any(leaf, 'bound');
    if (found === null) return null;
    const { member, occurrence, type } = found;
    if (member.kind === 'segment') {
      const message = say`${memberName(occurrence.name)} is a segment; it belongs in segments`;
      reader.report('query/wrong-kind', leaf.path, message);
      return null;
    }
    if (leaf.operator === 'measureFilter') return this.#measureFilter(leaf, found);
    if (!isOperatorFor(leaf.operator, type)) {
      const message = say`${word(leaf.operator)} does not apply to ${memberName(occurrence.name, leaf.name)}, whose type is ${word(type)}`;
      reader.report('query/bad-operator', `${leaf.place}.operator`, message);
      return null;
    }
    const planned = planLeaf(leaf, occurrence.name, type, { reader, dates });
    if (planned === null) return null;
    this.relative ||= planned.relative;
    if (member.kind === 'measure')
      this.measures.push({ measure: member, occurrence, path: leaf.path });
    else this.needs.push({ ...occurrence, use: 'value', path: leaf.path });
    return { stage: stageOf(member), condition: planned.condition };
  }

  /** The rows behind a measure's number, for drilling down. */
  #measureFilter(leaf: RequestedLeaf, { member, occurrence }: Resolved): PlacedCondition | null {
    if (isMaskedName(occurrence.name)) {
      const message = say`${memberName(occurrence.name, leaf.name)} is masked, and the rows that it counts are not shown`;
      this.#context.reader.report('query/access-denied', leaf.path, message);
      return null;
    }
    if (member.kind === 'measure') {
      this.needs.push({ ...occurrence, use: 'filters', path: leaf.path });
      return { stage: 'rows', condition: { kind: 'measure-filters', member: occurrence.name } };
    }
    const message = say`measureFilter applies to measures, and ${memberName(occurrence.name, leaf.name)} is a ${word(member.kind)}`;
    this.#context.reader.report('query/bad-operator', `${leaf.place}.operator`, message);
    return null;
  }
}

function stageOf(member: Member): Stage {
  if (member.kind !== 'measure') return 'rows';
  return member.type === 'runningTotal' ? 'totals' : 'groups';
}
