import { invariant } from '../core/invariant.ts';
import type { MemberPath } from '../core/names.ts';
import { cubeName, forOperator, memberName, placeName, say } from '../core/told.ts';
import type { Measure, Member, Model } from '../model/model.ts';
import type { LexicalRules } from '../sql/dialects/dialect.ts';
import { wordOverRows } from './own-words.ts';
import { plainOccurrence, type Occurrence } from './plan.ts';
import type { QueryReader } from './query-reader.ts';
import { findMember, referencesOf } from './references.ts';

interface SplitSetting {
  readonly model: Model;
  /** Under which authors' texts are read for what they calculate with. */
  readonly lexical: LexicalRules;
  readonly reader: QueryReader;
}

/** A measure that the query selects or filters by, and where. */
export interface UsedMeasure {
  readonly measure: Measure;
  readonly occurrence: Occurrence;
  readonly path: string;
}

/**
 * The measures that are aggregated over rows: those asked for, and in place of one that combines
 * measures of several cubes the ones that it combines. By name, once each.
 */
export function splitMeasures(
  used: readonly UsedMeasure[],
  { model, lexical, reader }: SplitSetting,
): UsedMeasure[] {
  const aggregated = new Map<MemberPath, UsedMeasure>();
  const seen = new Set<MemberPath>();
  const visit = (item: UsedMeasure): void => {
    const { measure, occurrence, path } = item;
    const { name, via } = occurrence;
    if (seen.has(name)) return;
    seen.add(name);
    if (!isComposed(measure, model)) {
      aggregated.set(name, item);
      return;
    }
    if (via !== null) {
      const message = say`${memberName(name)} combines measures of several cubes, and its view comes to ${cubeName(cubeOf(measure.path))} through ${cubeName(via[0]!)}, which is not supported yet; ask for ${memberName(measure.path)}`;
      reader.report('query/not-supported-yet', path, message);
    }
    for (const part of partsOf(measure, model, { path, reader, lexical })) {
      visit({ measure: part, occurrence: plainOccurrence(part.path), path });
    }
  };
  used.forEach(visit);
  return [...aggregated.values()].sort((a, b) => (a.occurrence.name < b.occurrence.name ? -1 : 1));
}

/** Types whose SQL is over finished aggregates. */
const calculated: ReadonlySet<Measure['type']> = new Set(['number', 'string', 'boolean', 'time']);

/** Whether a measure's SQL is over finished aggregates, none of which it makes itself. */
export function isCalculated(measure: Measure): boolean {
  return calculated.has(measure.type);
}

/** Whether a measure is calculated from measures of other cubes or over other rows, itself or through its own cube's. */
export function isComposed(measure: Measure, model: Model): boolean {
  if (!isCalculated(measure)) return false;
  const cube = cubeOf(measure.path);
  return measuresIn(measure, model).some(
    (part) => cubeOf(part.path) !== cube || part.rollingWindow !== null || isComposed(part, model),
  );
}

function partsOf(
  measure: Measure,
  model: Model,
  { path, reader, lexical }: Pick<SplitSetting, 'reader' | 'lexical'> & { readonly path: string },
): Measure[] {
  const { cube } = findMember(model, measure.path)!;
  if (measure.rollingWindow) {
    const message = say`${memberName(measure.path)} has a rolling window, and is calculated from measures that have their own rows; give the window to those`;
    reader.report('query/rolling-window', path, message);
  }
  const other = referencesOf(measure, cube, 'value').find(
    (reference) =>
      reference.kind === 'cube' || findMember(model, reference.path)?.member.kind !== 'measure',
  );
  const word = measure.sql && wordOverRows(measure.sql, lexical);
  if (other || word !== null) {
    const ofSchema = other && placeName(other.kind === 'cube' ? other.cube : other.path);
    const name = ofSchema ?? forOperator(word!, say`SQL of rows`);
    reader.report(
      'query/mixed-measure',
      path,
      say`${memberName(measure.path)} calculates with measures of other cubes and with ${name} at once, which have no common grain; move what it does with rows into a measure of their cube`,
    );
  }
  return measuresIn(measure, model);
}

/** The measures that a member's SQL names. */
export function measuresIn(member: Member, model: Model): Measure[] {
  const found = findMember(model, member.path);
  invariant(found, `the model lacks ${member.path}`);
  return referencesOf(member, found.cube, 'value').flatMap((reference) => {
    const named = reference.kind === 'member' && findMember(model, reference.path)?.member;
    return named && named.kind === 'measure' ? [named] : [];
  });
}

function cubeOf(path: MemberPath): string {
  return path.slice(0, path.indexOf('.'));
}
