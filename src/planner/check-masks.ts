import { invariant } from '../core/invariant.ts';
import type { Model } from '../model/model.ts';
import type { Access } from './access.ts';
import { membersOfCondition, type Condition } from './condition.ts';
import { askedName, isMaskedName, maskedRows, maskMember } from './masks.ts';
import type { Plan } from './plan.ts';
import { findMember } from './references.ts';

/**
 * Holds a plan to the masks of its user, by a second reading of the policies: what columns and conditions
 * name is shown wherever it can be named, or is named by what masks it.
 */
export function checkMasks(plan: Plan, model: Model, access: Access): void {
  const masked = new Map((plan.masked ?? []).map((item) => [item.name, item]));
  const occurrences = new Map(plan.occurrences.map((item) => [item.name, item]));
  const conditions = [...plan.rows, ...conditionsIn(plan.root)];
  const names = [
    ...plan.columns.map((column) => column.member),
    ...conditions.flatMap(membersOfCondition),
  ];
  for (const name of new Set(names)) {
    const asked = askedName(name);
    const path = askedName(occurrences.get(name)?.member ?? name);
    const { member } = findMember(model, path)!;
    const rows = maskedRows(asked, member, access);
    invariant(isMaskedName(name) === (rows !== null), `${asked} is not masked as policies say`);
    if (rows === null) continue;
    invariant(member.kind !== 'segment', `the segment ${asked} is masked`);
    const expected = maskMember(member, { name: asked, member: path, via: null }, rows).masked;
    const isRight = JSON.stringify(masked.get(name)) === JSON.stringify(expected);
    invariant(isRight, `another mask than that of ${path} stands for ${asked}`);
  }
}

/** The conditions of all nodes of a plan. */
function conditionsIn(node: unknown): Condition[] {
  if (Array.isArray(node)) return node.flatMap(conditionsIn);
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, part]: [string, unknown]) => {
    const isList = (key === 'conditions' || key === 'rows') && Array.isArray(part);
    return isList ? (part as Condition[]) : conditionsIn(part);
  });
}
