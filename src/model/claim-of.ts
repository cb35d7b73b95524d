import type { DeclaredValue } from '../syntax/declaration.ts';

/** The claim that a value is, and nothing else: `securityContext.country`; null for other values. */
export function claimOf(value: DeclaredValue): readonly string[] | null {
  if (value.kind !== 'template') return null;
  const [only, ...others] = value.template.pieces;
  return only?.kind === 'claim' && others.length === 0 ? only.claim : null;
}
