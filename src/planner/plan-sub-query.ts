import type { MemberPath } from '../core/names.ts';
import { cubeName, listed, memberName, say } from '../core/told.ts';
import type { Cube, Dimension, Measure, Model } from '../model/model.ts';
import { stagePartsOf } from './check-stage.ts';
import type { JoinSetting, Need } from './choose-root.ts';
import { membersOfCondition, type Condition } from './condition.ts';
import { plainOccurrence, type PlanColumn } from './plan.ts';
import { measureColumn } from './plan-groups.ts';
import { keyHelp, type Grouping, type PartSetting, type SubQuery } from './plan-part.ts';
import { planMeasures } from './plan-stages.ts';
import { membersOfFilter } from './policy-leaf.ts';
import { findMember, referencesOf } from './references.ts';
import { measuresIn, type UsedMeasure } from './split-measures.ts';

/** A setting in which the sub-query dimensions of one query are planned, each once. */
export function withSubQueries(
  setting: JoinSetting,
  query: Pick<Grouping, 'needs' | 'conditions' | 'times'>,
): PartSetting {
  const planned = new Map<MemberPath, SubQuery | null>();
  const within: MemberPath[] = [];
  const planSubQuery = (dimension: MemberPath): SubQuery | null => {
    const known = planned.get(dimension);
    if (known !== undefined) return known;
    if (within.includes(dimension)) return reportCircle([...within, dimension], setting);
    within.push(dimension);
    const made = plan(dimension, query, partSetting);
    within.pop();
    planned.set(dimension, made);
    return made;
  };
  const partSetting: PartSetting = {
    ...setting,
    planSubQuery,
    withRows: (other) => withSubQueries(setting, other),
  };
  return partSetting;
}

/** The measures that a dimension names, for each primary key of its cube; null after reporting. */
function plan(
  path: MemberPath,
  query: Pick<Grouping, 'needs' | 'conditions' | 'times'>,
  setting: PartSetting,
): SubQuery | null {
  const { model } = setting;
  const { cube, member } = findMember(model, path)!;
  const dimension = member as Dimension;
  const place = query.needs.find((need) => need.member === path)?.path ?? '';
  if (cube.primaryKeys.length === 0) return reportNoKey(dimension, cube, place, setting);
  const used = measuresIn(dimension, model).map((measure): UsedMeasure => ({
    measure,
    occurrence: plainOccurrence(measure.path),
    path: place,
  }));
  const total = used.find(({ measure }) => isAlongTime(measure, model));
  if (total) return reportAlongTime(dimension, total, setting);
  const groups = cube.primaryKeys.map((key): PlanColumn => keyColumn(cube, key));
  const shared = dimension.subQuery!.propagateFilters ? propagated(query, setting) : nothing;
  const keys = groups.map(({ member: key }): Need => ({
    ...plainOccurrence(key),
    use: 'value',
    path: place,
  }));
  const grouping: Grouping = {
    needs: [...keys, ...shared.needs],
    groups,
    conditions: shared.conditions,
    times: { ...query.times, used: [] },
    windows: null,
  };
  const columns = used.map(({ measure }) => measureColumn(measure.path));
  const made = planMeasures(grouping, used, columns, setting);
  return made && { dimension: path, groups: made, conditions: shared.conditions };
}

/** Whether a measure, or one that it is made of, has a value along a time alone. */
function isAlongTime(measure: Measure, model: Model): boolean {
  if (measure.type === 'runningTotal' || measure.rollingWindow) return true;
  if (measure.multiStage && measure.multiStage.timeShifts.length > 0) return true;
  return stagePartsOf(measure, model).some((part) => isAlongTime(part, model));
}

const nothing: Pick<Grouping, 'needs' | 'conditions'> = { needs: [], conditions: [] };

/**
 * The conditions of the query that hold inside as well: all but those that compare what is itself
 * computed in a query of its own.
 */
function propagated(
  { needs, conditions }: Pick<Grouping, 'needs' | 'conditions'>,
  { model, occurrences, masks }: JoinSetting,
) {
  const kept = conditions.filter((condition) =>
    membersOf(condition).every(
      (name) => !namesSubQuery(occurrences.get(name)?.member ?? name, model),
    ),
  );
  const named = kept.flatMap(membersOf);
  const beside = named.flatMap((name) => masks.get(name)?.map((need) => need.name) ?? []);
  const members = new Set([...named, ...beside]);
  return { needs: needs.filter((need) => members.has(need.name)), conditions: kept };
}

function membersOf(condition: Condition): MemberPath[] {
  return condition.kind === 'policy'
    ? membersOfFilter(condition.filter)
    : membersOfCondition(condition);
}

/** Whether a member is a sub-query dimension, or its SQL comes to one. */
function namesSubQuery(path: MemberPath, model: Model): boolean {
  const found = findMember(model, path);
  if (!found) return false;
  if (found.member.kind === 'dimension' && found.member.subQuery) return true;
  const uses =
    found.member.kind === 'measure' ? (['value', 'filters'] as const) : ['value' as const];
  return uses
    .flatMap((use) => referencesOf(found.member, found.cube, use))
    .some((reference) => reference.kind === 'member' && namesSubQuery(reference.path, model));
}

function keyColumn(cube: Cube, key: string): PlanColumn {
  const { path, type } = cube.members.get(key) as Dimension;
  return { member: path, granularity: null, kind: 'dimension', type };
}

function reportCircle(dimensions: readonly MemberPath[], { reader }: JoinSetting): null {
  const circle = dimensions.map((path) => memberName(path));
  const message = say`what ${circle.at(-1)!} counts is joined by means of itself: ${listed(circle, ' -> ')}`;
  reader.report('query/sub-query-in-join', '', message);
  return null;
}

function reportNoKey(
  { path }: Dimension,
  cube: Cube,
  place: string,
  { reader }: JoinSetting,
): null {
  const message = say`${memberName(path)} is computed for each row of ${cubeName(cube.name)}, which needs a primary key for it${keyHelp(cube)}`;
  reader.report('query/no-primary-key', place, message);
  return null;
}

function reportAlongTime(
  { path }: Dimension,
  { measure, path: place }: UsedMeasure,
  { reader }: JoinSetting,
): null {
  const message = say`${memberName(path)} has a value for each row, and ${memberName(measure.path)} only has one along a time; name a measure of another type`;
  reader.report('query/sub-query-measure', place, message);
  return null;
}
