import { sourceFragment } from '../model/fragments-of.ts';
import type { Cube } from '../model/model.ts';
import type { Source } from '../sql/ast.ts';
import { Aliases } from './aliases.ts';
import { lowerText } from './lower-fragment.ts';
import type { Lowering } from './lowering.ts';

/**
 * A cube's table or query, with the row filters that its author wrote into it; behind a fence when
 * the call asks for barriers, so that no condition of the query sees rows which those filters remove.
 */
export function lowerSource(cube: Cube, lowering: Lowering): Source {
  const fragment = sourceFragment(cube);
  const raw = lowerText(fragment.pieces, { ...placeOf(fragment), position: 'source' }, lowering);
  const source: Source =
    cube.source.kind === 'table' ? { kind: 'table', name: raw } : { kind: 'query', sql: raw };
  return needsFence(cube, lowering)
    ? { kind: 'fenced', source, alias: new Aliases(lowering.dialect).table(cube.alias, cube.name) }
    : source;
}

/** Whether a cube's own SQL has a context filter, and the call asks for barriers. */
export function needsFence(cube: Cube, { barrier, chosen }: Lowering): boolean {
  return barrier && chosen.of(sourceFragment(cube).pieces).some((piece) => piece.kind === 'filter');
}

function placeOf(fragment: { member: string; property: string; file: string }) {
  return { member: fragment.member, property: fragment.property, file: fragment.file };
}
