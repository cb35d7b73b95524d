import type { MemberPath } from '../core/names.ts';
import type { Fragment, FragmentPiece, Member, SwitchExpression } from '../model/model.ts';
import { isMaskedName } from '../planner/masks.ts';
import type { Plan } from '../planner/plan.ts';
import { findMember } from '../planner/references.ts';
import type { TimeForm } from '../planner/time/local-bounds.ts';
import { ZoneClock } from '../planner/time/zone-clock.ts';
import type { ChosenTexts } from './chosen-texts.ts';
import type { Lowering } from './lowering.ts';

/** Answers by text: it is another one for users for whom other tests hold. */
const forms = new WeakMap<ChosenTexts, WeakMap<readonly FragmentPiece[], TimeForm>>();

/**
 * Whether a time of the plan is an instant, or the local time that its author's `convertTz` has made of
 * one. Everything that groups by it, or compares it, asks here.
 */
export function timeFormOf(name: MemberPath, lowering: Lowering): TimeForm {
  const shown = isMaskedName(name) && lowering.plan.masked?.find((item) => item.name === name);
  if (shown && shown.shown.length > 0) return timeFormOf(shown.asked, lowering);
  const path = lowering.plan.occurrences.find((item) => item.name === name)?.member ?? name;
  return formOfMember(path, lowering);
}

/** Of an author's text: local when it converts, or names a time that does. */
export function timeFormOfText(pieces: readonly FragmentPiece[], lowering: Lowering): TimeForm {
  let known = forms.get(lowering.chosen);
  if (!known) forms.set(lowering.chosen, (known = new WeakMap()));
  let form = known.get(pieces);
  if (form === undefined) {
    // A mask may name what it masks.
    known.set(pieces, 'instant');
    const isLocal = lowering.chosen.of(pieces).some((piece) => converts(piece, lowering));
    known.set(pieces, (form = isLocal ? 'local' : 'instant'));
  }
  return form;
}

function converts(piece: FragmentPiece, lowering: Lowering): boolean {
  switch (piece.kind) {
    case 'local-time':
      return true;
    case 'member':
      return formOfMember(piece.path, lowering) === 'local';
    case 'list':
      return timeFormOfText(piece.item, lowering) === 'local';
    default:
      return false;
  }
}

function formOfMember(path: MemberPath, lowering: Lowering): TimeForm {
  const found = findMember(lowering.model, path);
  const texts = found ? timesOf(found.member) : [];
  return texts.some(({ pieces }) => timeFormOfText(pieces, lowering) === 'local')
    ? 'local'
    : 'instant';
}

const ofTimes: readonly string[] = ['time', 'min', 'max'];

/** The texts that are a member's value, where that can be a time. */
function timesOf(member: Member): Fragment[] {
  if (member.kind === 'segment' || !ofTimes.includes(member.type)) return [];
  if (member.kind === 'measure') {
    const choice = member.switch;
    return there([member.sql, ...(choice ? resultsOf(choice) : [])]);
  }
  const { expression } = member;
  if (expression.kind === 'sql') return [expression.sql];
  if (expression.kind === 'switch') return there(resultsOf(expression));
  if (expression.kind !== 'case') return [];
  const labels = [...expression.when.map(({ label }) => label), expression.otherwise];
  return labels.flatMap((label) => (label?.kind === 'sql' ? [label.sql] : []));
}

function resultsOf({ when, otherwise }: SwitchExpression): (Fragment | null)[] {
  return [...when.map(({ sql }) => sql), otherwise];
}

function there(texts: readonly (Fragment | null)[]): Fragment[] {
  return texts.filter((text) => text !== null);
}

const clocks = new WeakMap<Plan['root'], Map<string, ZoneClock>>();

/** The clock of the query's time zone. */
export function clockOf({ plan }: Lowering): ZoneClock {
  let known = clocks.get(plan.root);
  if (!known) clocks.set(plan.root, (known = new Map()));
  let clock = known.get(plan.timezone);
  if (!clock) known.set(plan.timezone, (clock = new ZoneClock(plan.timezone)));
  return clock;
}

/**
 * As every user gets it: the time zone of a query is its user's to choose, and must not decide which
 * rows an access policy shows.
 */
export function inUtc(lowering: Lowering): Lowering {
  return { ...lowering, plan: { ...lowering.plan, timezone: 'UTC' } };
}
