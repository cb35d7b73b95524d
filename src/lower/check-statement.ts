import { invariant } from '../core/invariant.ts';
import type { Cube } from '../model/model.ts';
import type { Plan, PlanNode } from '../planner/plan.ts';
import type { Select, Source } from '../sql/ast.ts';
import { tableAlias } from './aliases.ts';
import type { Lowering } from './lowering.ts';

/**
 * Proves on the finished AST that every scanned source stands under each context filter that its
 * author wrote into it. Runs for every new statement, in production too.
 */
export function checkStatement(select: Select, plan: Plan, lowering: Lowering): void {
  for (const name of scannedCubes(plan.root)) {
    const cube = lowering.model.cubes.get(name)!;
    const expected = guardsOf(cube, lowering);
    if (expected.length === 0) continue;
    const sources = sourcesOf(select, tableAlias(cube, lowering.dialect));
    invariant(sources.length > 0, `the statement lacks the source of ${name}`);
    for (const source of sources) {
      const found = guardsIn(source);
      for (const guard of expected) {
        const index = found.indexOf(guard);
        invariant(index >= 0, `the source of ${name} lacks its row filter (${guard})`);
        found.splice(index, 1);
      }
    }
  }
}

function scannedCubes(node: PlanNode): string[] {
  return node.kind === 'scan' ? [node.cube] : scannedCubes(node.input);
}

/** Filters inside comments have been dropped with them and are not expected. */
function guardsOf(cube: Cube, lowering: Lowering): string[] {
  const fragment = cube.source.kind === 'table' ? cube.source.name : cube.source.sql;
  const text = lowering.fragments.of(fragment.pieces, lowering.dialect.lexical);
  return fragment.pieces.flatMap((piece, id) =>
    piece.kind === 'filter' && text.holes.get(id)?.state === 'code'
      ? [`${fragment.member} ${piece.claim.join('.')}`]
      : [],
  );
}

function sourcesOf(select: Select, alias: string): Source[] {
  return [select.from, ...select.joins.map((join) => join.item)].flatMap((item) => {
    if (item.source.kind === 'select') return sourcesOf(item.source.select, alias);
    return item.alias === alias ? [item.source] : [];
  });
}

function guardsIn(source: Source): string[] {
  if (source.kind === 'select') return [];
  const raw = source.kind === 'table' ? source.name : source.sql;
  return raw.parts.flatMap((part) =>
    part.kind === 'expression' && part.guard !== undefined ? [part.guard] : [],
  );
}
