import { invariant } from '../core/invariant.ts';
import type { MemberPath } from '../core/names.ts';
import type { Dimension, Measure, Model, MultiStage } from '../model/model.ts';
import type { Need } from './choose-root.ts';
import {
  plainOccurrence,
  type MeasuredGroups,
  type PlanColumn,
  type RegroupNode,
  type StageMeasure,
} from './plan.ts';
import { checkStageMeasure, stagePartsOf } from './check-stage.ts';
import { measureColumn, planGroups } from './plan-groups.ts';
import type { Grouping, PartSetting } from './plan-part.ts';
import { shiftedGrouping } from './plan-shift.ts';
import { findMember } from './references.ts';
import { isCalculated, measuresIn, type UsedMeasure } from './split-measures.ts';

/**
 * The groups of a query with their measures, multi-stage ones among them; null after reporting.
 *
 * A multi-stage measure is over the finished groups of the measures that it names. The conditions of
 * the query on rows hold in every stage; those on measures hold for the finished result alone.
 *
 * @param used every measure that the query selects or filters by.
 * @param selected columns of those that it selects.
 */
export function planMeasures(
  grouping: Grouping,
  used: readonly UsedMeasure[],
  selected: readonly PlanColumn[],
  setting: PartSetting,
): MeasuredGroups | null {
  const { model, reader } = setting;
  if (!used.some(({ measure }) => isStaged(measure, model))) {
    return planGroups(grouping, used, selected, setting);
  }
  const before = reader.problems.length;
  const sorted = sortByStage(used, grouping, setting);
  if (reader.problems.length > before) return null;
  const input = planInput(sorted, grouping, setting);
  if (!input) return null;
  const { groups } = grouping;
  const stages = sorted.stages.map((stage) => stage.map((item) => stageOf(item, groups, setting)));
  if (stages.length === 0 && sameColumns(input.measures, selected)) return input;
  return { kind: 'stages', input, stages, groups, measures: selected };
}

function sameColumns(first: readonly PlanColumn[], second: readonly PlanColumn[]): boolean {
  return first.map((item) => item.member).join() === second.map((item) => item.member).join();
}

/** Whether a measure is over finished groups: it is multi-stage, or calculated from one that is. */
export function isStaged(measure: Measure, model: Model): boolean {
  if (measure.multiStage) return true;
  return isCalculated(measure) && measuresIn(measure, model).some((part) => isStaged(part, model));
}

/** Measures by where they are computed; each list by name. */
interface SortedMeasures {
  /** Over rows, at the grain of the query. */
  readonly base: readonly UsedMeasure[];
  /** Over groups of a finer grain. */
  readonly regrouped: readonly UsedMeasure[];
  /** Over groups of other times. */
  readonly shifted: readonly UsedMeasure[];
  /** Over groups of the query's grain, and over what stands before. */
  readonly stages: readonly (readonly UsedMeasure[])[];
}

function sortByStage(
  used: readonly UsedMeasure[],
  { groups }: Grouping,
  setting: PartSetting,
): SortedMeasures {
  const { model } = setting;
  const base = new Map<MemberPath, UsedMeasure>();
  const regrouped = new Map<MemberPath, UsedMeasure>();
  const shifted = new Map<MemberPath, UsedMeasure>();
  const stages: Map<MemberPath, UsedMeasure>[] = [];
  const known = new Map<MemberPath, number>();
  /** 0 for what the stages start from. */
  const visit = (item: UsedMeasure): number => {
    const { measure, occurrence, path } = item;
    const { name } = occurrence;
    const level = known.get(name);
    if (level !== undefined) return level;
    known.set(name, 0);
    if (!isStaged(measure, model)) base.set(name, item);
    else if (isShifted(measure)) shifted.set(name, item);
    else if (checkStageMeasure(item, groups, setting)) {
      if (addsGroups(measure)) regrouped.set(name, item);
      else {
        const parts = stagePartsOf(measure, model);
        const found = 1 + Math.max(0, ...parts.map((part) => visit(partOf(part, path))));
        known.set(name, found);
        (stages[found - 1] ??= new Map()).set(name, item);
        return found;
      }
    }
    return 0;
  };
  used.forEach(visit);
  return {
    base: byName(base),
    regrouped: byName(regrouped),
    shifted: byName(shifted),
    stages: [...stages].map((stage) => byName(stage)),
  };
}

function byName(measures: ReadonlyMap<MemberPath, UsedMeasure>): UsedMeasure[] {
  return [...measures.values()].sort((a, b) => (a.occurrence.name < b.occurrence.name ? -1 : 1));
}

function partOf(measure: Measure, path: string): UsedMeasure {
  return { measure, occurrence: plainOccurrence(measure.path), path };
}

function columnOf({ occurrence }: UsedMeasure): PlanColumn {
  return measureColumn(occurrence.name);
}

function isShifted(measure: Measure): boolean {
  return (measure.multiStage?.timeShifts ?? []).length > 0;
}

function addsGroups(measure: Measure): boolean {
  return (measure.multiStage?.addGroupBy ?? []).length > 0;
}

/** The groups that the stages start from. */
function planInput(
  { base, regrouped, shifted }: SortedMeasures,
  grouping: Grouping,
  setting: PartSetting,
): MeasuredGroups | null {
  const { groups } = grouping;
  const baseColumns = base.map(columnOf);
  const others = [
    ...alike(regrouped, grainOf).map((items) => planRegroup(items, grouping, setting)),
    ...alike(shifted, shiftOf).map((items) => planShifted(items, grouping, setting)),
  ];
  // Missing dates are filled at the grain of the query, never below it.
  const fills = grouping.times.used.some((time) => time.fill !== null);
  const isPlain = others.length === 0 || baseColumns.length > 0 || fills;
  const plain = isPlain ? planGroups(grouping, base, baseColumns, setting) : null;
  const finished = others.filter((node) => node !== null);
  if ((isPlain && !plain) || finished.length < others.length) return null;
  if (plain && finished.length === 0) return plain;
  const [only] = finished;
  if (!plain && finished.length === 1) return only!;
  const parts = plain === null ? [] : plain.kind === 'combine' ? plain.parts : [plain];
  const measures = [...baseColumns, ...finished.flatMap((node) => node.measures)];
  return { kind: 'combine', parts: [...parts, ...finished], groups, measures };
}

/** Measures of one grain, or of one shift, share their groups. */
function alike(
  items: readonly UsedMeasure[],
  keyOf: (multiStage: MultiStage) => string,
): UsedMeasure[][] {
  const found = new Map<string, UsedMeasure[]>();
  for (const item of items) {
    const key = keyOf(item.measure.multiStage!);
    found.set(key, [...(found.get(key) ?? []), item]);
  }
  return [...found.keys()].sort().map((key) => found.get(key)!);
}

function grainOf({ addGroupBy }: MultiStage): string {
  return [...addGroupBy].sort().join();
}

function shiftOf({ timeShifts }: MultiStage): string {
  return JSON.stringify(timeShifts);
}

/** The groups of a query over rows of other times, with what is measured there. */
function planShifted(
  items: readonly UsedMeasure[],
  grouping: Grouping,
  setting: PartSetting,
): MeasuredGroups | null {
  const [first] = items;
  invariant(first, 'nothing is shifted');
  const shifted = shiftedGrouping(first, grouping, setting);
  if (!shifted) return null;
  const there = items.map(({ measure, ...where }): UsedMeasure => ({
    ...where,
    measure: { ...measure, multiStage: { ...measure.multiStage!, timeShifts: [] } },
  }));
  return planMeasures(shifted, there, items.map(columnOf), setting.withRows(shifted));
}

function planRegroup(
  items: readonly UsedMeasure[],
  grouping: Grouping,
  setting: PartSetting,
): RegroupNode | null {
  const { model } = setting;
  const [first] = items;
  invariant(first, 'nothing is regrouped');
  const added = [...first.measure.multiStage!.addGroupBy]
    .sort()
    .filter(
      (path) => !grouping.groups.some((item) => item.member === path && item.granularity === null),
    );
  const needs = added.map((path): Need => ({
    ...plainOccurrence(path),
    use: 'value',
    path: first.path,
  }));
  const finer: Grouping = {
    ...grouping,
    times: {
      ...grouping.times,
      used: grouping.times.used.map((time) => ({ ...time, fill: null })),
    },
    needs: [...grouping.needs, ...needs],
    groups: [...grouping.groups, ...added.map((path) => dimensionColumn(path, model))],
  };
  const parts = new Map<MemberPath, UsedMeasure>();
  for (const { measure, path } of items) {
    for (const part of stagePartsOf(measure, model)) parts.set(part.path, partOf(part, path));
  }
  const inner = byName(parts);
  const columns = inner.map(columnOf);
  const input = planMeasures(finer, inner, columns, setting);
  const measures = items.map(columnOf);
  return input && { kind: 'regroup', input, groups: grouping.groups, measures };
}

function dimensionColumn(path: MemberPath, model: Model): PlanColumn {
  const { type } = findMember(model, path)!.member as Dimension;
  return { member: path, granularity: null, kind: 'dimension', type };
}

/** The groups over which a measure is: those of the query that its own grain keeps. */
function stageOf(
  item: UsedMeasure,
  groups: readonly PlanColumn[],
  { occurrences }: PartSetting,
): StageMeasure {
  const { multiStage } = item.measure;
  const measure = columnOf(item);
  if (!multiStage || isCalculated(item.measure)) return { measure, within: null };
  const { groupBy, reduceBy } = multiStage;
  const within = groups.filter(({ member: name }) => {
    const member = occurrences.get(name)?.member ?? name;
    return (groupBy?.includes(member) ?? true) && !reduceBy.includes(member);
  });
  return { measure, within };
}
