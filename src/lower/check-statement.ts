import { invariant } from '../core/invariant.ts';
import { sourceFragment } from '../model/fragments-of.ts';
import type { Cube } from '../model/model.ts';
import type { Plan, PlanNode } from '../planner/plan.ts';
import type { RawPart, Select, Source } from '../sql/ast.ts';
import { tableAlias } from './aliases.ts';
import { needsFence } from './lower-source.ts';
import type { Lowering } from './lowering.ts';

/**
 * Proves on the finished AST that every scanned source, and every source inside it, stands under
 * each context filter that its author wrote into it, and behind a fence where barriers are asked for. Runs for every new statement, in production too.
 */
export function checkStatement(select: Select, plan: Plan, lowering: Lowering): void {
  for (const name of scannedCubes(plan.root)) {
    const cube = lowering.model.cubes.get(name)!;
    const sources = sourcesOf(select, tableAlias(cube, lowering.dialect));
    invariant(sources.length > 0, `the statement lacks the source of ${name}`);
    for (const source of sources) checkSource(source, cube, lowering);
  }
}

function scannedCubes(node: PlanNode): string[] {
  return node.kind === 'scan' ? [node.cube] : scannedCubes(node.input);
}

function sourcesOf(select: Select, alias: string): Source[] {
  return [select.from, ...select.joins.map((join) => join.item)].flatMap((item) => {
    if (item.source.kind === 'select') return sourcesOf(item.source.select, alias);
    return item.alias === alias ? [item.source] : [];
  });
}

/** Filters and sources inside comments have been dropped with them and are not expected. */
function checkSource(given: Source, cube: Cube, lowering: Lowering): void {
  const isFenced = given.kind === 'fenced';
  invariant(isFenced === needsFence(cube, lowering), `the fence of ${cube.name}`);
  const source = isFenced ? given.source : given;
  invariant(
    source.kind === 'table' || source.kind === 'query',
    `the source of ${cube.name} is not its own SQL`,
  );
  const fragment = sourceFragment(cube);
  const pieces = lowering.chosen.of(fragment.pieces);
  const { holes } = lowering.fragments.of(pieces, lowering.dialect.lexical);
  const { parts } = source.kind === 'table' ? source.name : source.sql;
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

function guardOf(part: RawPart): string | undefined {
  return part.kind === 'expression' ? part.guard : undefined;
}
