import { asked, forOperator, placeName, say } from '../core/told.ts';
import type { FragmentPiece } from '../model/model.ts';
import { SecurityContextError } from '../planner/security-context-error.ts';
import type { ClaimComparison, Expression, ParameterSource, RawPart } from '../sql/ast.ts';
import { findClaimPlaces } from '../sql/claim-places.ts';
import { slicePieces } from '../sql/lexer-pieces.ts';
import type { RawPiece } from '../sql/raw-text.ts';
import type { FragmentPlace } from './lower-fragment.ts';
import type { Lowering } from './lowering.ts';

type Claims = Pick<ClaimComparison, 'claim' | 'items' | 'item'>;

/**
 * The parts of a text, in which each comparison with a claim that its author wrote is made as `filter`
 * makes its own. Where a dialect compares loosely, one that cannot be is refused.
 */
export function withExactClaims(
  text: readonly RawPiece[],
  pieces: readonly FragmentPiece[],
  toParts: (pieces: readonly RawPiece[]) => readonly RawPart[],
  place: FragmentPlace,
  lowering: Lowering,
): readonly RawPart[] {
  const { dialect } = lowering;
  const claims = new Map<number, Claims>();
  if (dialect.traits.looseEquality !== 'none') {
    for (const piece of text) {
      const found = piece.kind === 'hole' && claimsOf(pieces[piece.id]!, place, lowering);
      if (found) claims.set(piece.id, found);
    }
  }
  if (claims.size === 0) return toParts(text);
  const isName = (id: number) => ['cube', 'member', 'literal'].includes(pieces[id]!.kind);
  const places = findClaimPlaces(text, (id) => claims.has(id), isName, dialect.lexical);
  if (dialect.traits.looseEquality === 'folds' && places.entangled.length > 0) {
    throw looseError(claims.get(places.entangled[0]!)!.claim, place, dialect.name);
  }
  const parts: RawPart[] = [];
  let at = 0;
  for (const { hole, operand, start, end } of places.compared) {
    parts.push(...toParts(slicePieces(places.joined, at, start)));
    const column: Expression = { kind: 'raw', parts: toParts(operand), binding: 'atom' };
    const expression = { kind: 'claim-comparison', column, ...claims.get(hole)! } as const;
    parts.push({ kind: 'expression', expression, bare: true });
    at = end;
  }
  return [...parts, ...toParts(slicePieces(places.joined, at, places.joined.text.length))];
}

/** null: no claim, or one that is an error or has no values. */
function claimsOf(piece: FragmentPiece, place: FragmentPlace, { claim }: Lowering): Claims | null {
  if (piece.kind === 'claim') {
    const value = claim(piece.claim);
    if (value.kind === 'scalar') return { claim: piece.claim, items: null, item: null };
    return value.kind === 'list'
      ? { claim: piece.claim, items: value.items.length, item: null }
      : null;
  }
  const isList =
    piece.kind === 'list' &&
    piece.separator.trim() === ',' &&
    piece.item.length === 1 &&
    piece.item[0]!.kind === 'placeholder';
  if (piece.kind !== 'placeholder' && !isList) return null;
  const placeholders = place.placeholders ?? [];
  const [first] = placeholders;
  const source = first && claimSource(first);
  if (!source) return null;
  return placeholders.length === 1
    ? { claim: source.claim, items: null, item: source.item }
    : { claim: source.claim, items: placeholders.length, item: null };
}

function claimSource(
  expression: Expression,
): Extract<ParameterSource, { kind: 'claim' }> | undefined {
  const isClaim = expression.kind === 'parameter' && expression.source.kind === 'claim';
  return isClaim ? (expression.source as Extract<ParameterSource, { kind: 'claim' }>) : undefined;
}

function looseError(
  claim: readonly string[],
  place: FragmentPlace,
  dialect: string,
): SecurityContextError {
  const name = ['SECURITY_CONTEXT', ...claim].join('.');
  return new SecurityContextError(
    'context/loose-comparison',
    say`${asked(name)} in ${forOperator(say`the ${forOperator(place.property)} of ${placeName(place.member)} (${forOperator(place.file)})`, say`the schema`)} is part of a comparison that ${asked(dialect)} makes loosely ('acme' equals 'ACME ', and 'x' equals 0); compare one column or call with the claim itself, as in 'lower(tenant) = \${value}', or write ${asked(name)}.filter('<column>')`,
  );
}
