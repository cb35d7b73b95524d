import { invariant } from '../core/invariant.ts';
import { sourceFragment } from '../model/fragments-of.ts';
import type { Cube } from '../model/model.ts';
import { cubesOfPlan } from '../planner/plan-joins.ts';
import type { Plan } from '../planner/plan.ts';
import type { Expression, FromItem, RawPart, Select, Source } from '../sql/ast.ts';
import { checkGuards } from './check-guards.ts';
import { checkScope } from './check-scope.ts';
import { sourceDependsOnUser } from './claims-of-plan.ts';
import { lowerRestriction } from './lower-source.ts';
import type { Lowering } from './lowering.ts';

/**
 * Proves on the finished AST that the statement reads exactly the sources that the plan scans, and that
 * each of them, and every source inside it, stands under each context filter that its author wrote into
 * it, and behind a fence where barriers are asked for; and that every alias is in scope where it is used. Runs for every new statement, in production too.
 */
export function checkStatement(select: Select, plan: Plan, lowering: Lowering): void {
  const read = authorsItems(select);
  for (const { source, label } of read) {
    const cube = lowering.model.cubes.get(label ?? '');
    invariant(cube, 'the statement reads a source that is no cube');
    checkSource(source, cube, lowering);
  }
  const names = read.map((item) => item.label!).sort();
  const planned = cubesOfPlan(plan.root).sort();
  invariant(
    names.join() === planned.join(),
    `the statement reads ${names.join()}, not ${planned.join()}`,
  );
  checkScope(select);
  checkGuards(select, plan, lowering.barrier);
  if (lowering.inner.size > 0) checkInnerSources(select, lowering);
}

/** Sources inside the SQL of members, wherever they are put, are held to the same. */
function checkInnerSources(select: Select, lowering: Lowering): void {
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if (isInnerSource(node)) {
      checkSource(node.source, lowering.model.cubes.get(node.label)!, lowering);
    }
    Object.values(node).forEach(visit);
  };
  visit(select);
}

function isInnerSource(node: object): node is Extract<RawPart, { kind: 'source' }> {
  return 'kind' in node && node.kind === 'source';
}

/** Every table and query of an author, wherever it stands. */
function authorsItems(select: Select): FromItem[] {
  return [select.from, ...select.joins.map((join) => join.item)].flatMap((item) => {
    switch (item.source.kind) {
      case 'select':
        return authorsItems(item.source.select);
      case 'union':
        return item.source.selects.flatMap(authorsItems);
      case 'rows':
        invariant(item.source.rows.flat().every(isOwnValue), 'rows of values hold only literals');
        return [];
      default:
        return [item];
    }
  });
}

/** A value that this package made: nothing of an author, a query or a user is in it. */
function isOwnValue(value: Expression): boolean {
  return value.kind === 'wall-time' || (value.kind === 'cast' && value.operand.kind === 'string');
}

/** Filters and sources inside comments have been dropped with them and are not expected. */
function checkSource(given: Source, cube: Cube, lowering: Lowering): void {
  const isFenced = given.kind === 'fenced';
  // Whether there has to be one is read from the claims, and not as the lowering decides it.
  const { plan, model, barrier } = lowering;
  const isOwed = barrier && sourceDependsOnUser(cube, plan, model);
  invariant(isFenced === isOwed, `the fence of ${cube.name}`);
  const source = unrestricted(isFenced ? given.source : given, cube, lowering);
  invariant(
    source.kind === 'table' || source.kind === 'query',
    `the source of ${cube.name} is not its own SQL`,
  );
  const fragment = sourceFragment(cube);
  const pieces = lowering.chosen.of(fragment.pieces);
  const { holes } = lowering.fragments.of(pieces, lowering.dialect.lexical);
  const { parts } = source.kind === 'table' ? source.name : source.sql;
  const isOwn = parts.every(
    (part) => part.kind !== 'text' || part.origin.member === fragment.member,
  );
  invariant(isOwn, `the source of ${cube.name} holds text of another`);
  const guards = parts.flatMap((part) => guardOf(part) ?? []);
  const inner = parts.flatMap((part) => (part.kind === 'source' ? [part.source] : []));
  pieces.forEach((piece, id) => {
    if (holes.get(id)?.state !== 'code') return;
    if (piece.kind === 'filter') {
      const guard = `${fragment.member} ${piece.claim.join('.')}`;
      const index = guards.indexOf(guard);
      invariant(index >= 0, `the source of ${cube.name} lacks its row filter (${guard})`);
      guards.splice(index, 1);
    } else if (piece.kind === 'source') {
      const found = inner.shift();
      invariant(found, `the source of ${cube.name} lacks the source of ${piece.cube}`);
      checkSource(found, lowering.model.cubes.get(piece.cube)!, lowering);
    }
  });
}

/** The source below the rows that the cube's policies show; each is compared with a second lowering of them. */
function unrestricted(given: Source, cube: Cube, lowering: Lowering): Source {
  const item = given.kind === 'restricted' ? given.item : null;
  const expected = lowerRestriction(cube, item?.alias ?? '', { ...lowering, applied: [] });
  if (expected === null) return given;
  const isKept = given.kind === 'restricted' && asText(given.where) === asText(expected);
  invariant(isKept && item, `the source of ${cube.name} lacks the rows of its access policy`);
  return item.source;
}

function asText(expression: Expression): string {
  return JSON.stringify(expression, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value} as a bigint` : value,
  );
}

function guardOf(part: RawPart): string | undefined {
  return part.kind === 'expression' ? part.guard : undefined;
}
