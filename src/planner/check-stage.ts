import type { MemberPath } from '../core/names.ts';
import { cubeName, forOperator, listed, memberName, say, word, type Told } from '../core/told.ts';
import { valueFragments } from '../model/fragments-of.ts';
import type { Measure, Model } from '../model/model.ts';
import { wordOverRows } from './own-words.ts';
import type { PlanColumn } from './plan.ts';
import type { PartSetting } from './plan-part.ts';
import { findMember, stageReferences } from './references.ts';
import { isCalculated, type UsedMeasure } from './split-measures.ts';

/** The measures that one over finished groups names: in its SQL, its choice and its order. */
export function stagePartsOf(measure: Measure, model: Model): Measure[] {
  const { cube } = findMember(model, measure.path)!;
  return stageReferences(measure, cube).flatMap((reference) => {
    const named = reference.kind === 'member' && findMember(model, reference.path)?.member;
    return named && named.kind === 'measure' ? [named] : [];
  });
}

/** Whether a measure over finished groups can be planned; false after reporting why not. */
export function checkStageMeasure(
  { measure, occurrence, path }: UsedMeasure,
  groups: readonly PlanColumn[],
  setting: PartSetting,
): boolean {
  const { name, via } = occurrence;
  const reason =
    (via &&
      say`is reached through ${cubeName(via[0]!)} by its view, which is not supported yet; ask for ${memberName(measure.path)}`) ??
    shapeProblem(measure) ??
    (stagePartsOf(measure, setting.model).length === 0 ? say`names no measure to be over` : null) ??
    wordProblem(measure, setting) ??
    referenceProblem(measure, groups, setting);
  if (reason === null) return true;
  const message = say`the multi-stage measure ${memberName(name)} ${reason}`;
  setting.reader.report('query/multi-stage', path, message);
  return false;
}

/** Types that a measure can have over all groups of a partition, which stay. */
const windowed: readonly Measure['type'][] = ['sum', 'avg', 'min', 'max', 'count', 'rank'];
/** Types that it can have over the groups of a finer grain, which go. */
const regrouped: readonly Measure['type'][] = [
  'sum',
  'avg',
  'min',
  'max',
  'count',
  'countDistinct',
];

function shapeProblem(measure: Measure): Told | null {
  if (measure.filters.length > 0) {
    return say`has filters, which hold for rows, and there are none over finished groups; let the measure that it names have them`;
  }
  if (!measure.multiStage) return null;
  const { groupBy, reduceBy, addGroupBy, orderBy } = measure.multiStage;
  const narrows = groupBy !== null || reduceBy.length > 0;
  if (isCalculated(measure)) {
    return narrows || addGroupBy.length > 0
      ? say`has the type ${word(measure.type)}, which aggregates nothing, and so no groups of its own; let a measure of the type sum, avg, min or max have them, and calculate with that`
      : null;
  }
  if (narrows && addGroupBy.length > 0) {
    return say`both adds groups and leaves some out; do each in a measure of its own`;
  }
  if (!(addGroupBy.length > 0 ? regrouped : windowed).includes(measure.type)) {
    return say`cannot have the type ${word(measure.type)} over such groups`;
  }
  if (measure.type === 'rank') {
    return orderBy.length === 0 ? say`is a rank, and lacks the order_by that it ranks by` : null;
  }
  return measure.sql || measure.switch ? null : say`has no SQL that says what it is over`;
}

/** A column would not be there, and the database's own error would say nothing of the schema. */
function wordProblem(measure: Measure, { model }: PartSetting): Told | null {
  const orders = measure.multiStage?.orderBy ?? [];
  for (const sql of [...valueFragments(measure), ...orders.map((order) => order.sql)]) {
    const over = wordOverRows(sql);
    if (over === null) continue;
    const { file } = findMember(model, measure.path)!.cube;
    const found = forOperator(
      `${over} in its ${sql.property} (${file})`,
      say`a column or an aggregate`,
    );
    return say`calculates with ${found}, which is of rows, and there are none over finished groups; let a measure of its own aggregate them`;
  }
  return null;
}

/** Over finished groups there are no rows, and no dimensions but those that groups have. */
function referenceProblem(
  measure: Measure,
  groups: readonly PlanColumn[],
  { model, occurrences }: PartSetting,
): Told | null {
  const { cube } = findMember(model, measure.path)!;
  const { addGroupBy = [], groupBy, reduceBy = [] } = measure.multiStage ?? {};
  const groupsOf = (path: MemberPath): PlanColumn[] =>
    groups.filter(
      ({ member, granularity }) =>
        (occurrences.get(member)?.member ?? member) === path && granularity === null,
    );
  const references = stageReferences(measure, cube);
  const named = references.flatMap((item) => (item.kind === 'member' ? [item.path] : []));
  for (const path of [...named, ...(groupBy ?? []), ...reduceBy]) {
    const several = groupsOf(path).map((column) => column.member);
    if (several.length > 1) {
      const names = listed(several.map((name) => memberName(name)));
      return say`names ${memberName(path)}, which stands in the query on several paths (${names}); ask for one of them`;
    }
  }
  for (const reference of references) {
    if (reference.kind === 'cube') {
      return say`calculates with rows of ${cubeName(reference.cube)}, and there are none over finished groups; let a measure of its own aggregate them`;
    }
    const { path } = reference;
    if (findMember(model, path)?.member.kind === 'measure') continue;
    if (groupsOf(path).length > 0 || addGroupBy.includes(path)) continue;
    return say`names ${memberName(path)}, by which nothing is grouped here; select it, or let the measure have it in add_group_by`;
  }
  return null;
}
