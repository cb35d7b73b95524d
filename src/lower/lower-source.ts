import { sourceFragment } from '../model/fragments-of.ts';
import type { Cube } from '../model/model.ts';
import type { Source } from '../sql/ast.ts';
import { lowerText } from './lower-fragment.ts';
import type { Lowering } from './lowering.ts';

/** A cube's table or query, with the row filters that its author wrote into it. */
export function lowerSource(cube: Cube, lowering: Lowering): Source {
  const fragment = sourceFragment(cube);
  const raw = lowerText(fragment.pieces, { ...placeOf(fragment), position: 'source' }, lowering);
  return cube.source.kind === 'table' ? { kind: 'table', name: raw } : { kind: 'query', sql: raw };
}

function placeOf(fragment: { member: string; property: string; file: string }) {
  return { member: fragment.member, property: fragment.property, file: fragment.file };
}
