import { asked, forOperator, placeName, say } from '../core/told.ts';
import type { FragmentPiece } from '../model/model.ts';
import { SecurityContextError } from '../planner/security-context-error.ts';
import type { ClaimComparison, Expression, ParameterSource, RawPart } from '../sql/ast.ts';
import { findClaimPlaces } from '../sql/claim-places.ts';
import type { Dialect } from '../sql/dialects/dialect.ts';
import { slicePieces } from '../sql/lexer-pieces.ts';
import type { RawPiece } from '../sql/raw-text.ts';
import type { FragmentPlace } from './lower-fragment.ts';
import type { Lowering } from './lowering.ts';

interface Claims extends Pick<ClaimComparison, 'claim' | 'items' | 'item'> {
  /** A text that is made of the claim: it can stand in no comparison of its own. */
  readonly isPart?: true;
}

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
  const holeOf = (id: number) => {
    const found = claims.get(id);
    return found && (found.isPart ? 'part' : 'itself');
  };
  const folds = dialect.traits.looseEquality === 'folds';
  const places = findClaimPlaces(text, holeOf, isName, { lexical: dialect.lexical, folds });
  const [entangled] = places.entangled;
  if (entangled !== undefined) throw looseError(claims.get(entangled)!.claim, place, dialect);
  const parts: RawPart[] = [];
  let at = 0;
  for (const { holes, operand, start, end } of places.compared) {
    parts.push(...toParts(slicePieces(places.joined, at, start)));
    const column: Expression = { kind: 'raw', parts: toParts(operand), binding: 'atom' };
    const comparisons = holes.map((hole): Expression => {
      const { claim, items, item } = claims.get(hole)!;
      return { kind: 'claim-comparison', column, claim, items, item };
    });
    const [only, ...others] = comparisons;
    const expression: Expression =
      others.length === 0 ? only! : { kind: 'logical', operator: 'or', items: comparisons };
    parts.push({ kind: 'expression', expression, bare: others.length === 0 });
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
  if (piece.kind !== 'placeholder' && piece.kind !== 'list') return null;
  const isItself =
    piece.kind === 'placeholder' ||
    (piece.separator.trim() === ',' &&
      piece.item.length === 1 &&
      piece.item[0]!.kind === 'placeholder');
  const all = place.placeholders ?? [];
  // One item of the list, where a function has taken it out.
  const one = piece.kind === 'placeholder' ? piece.item : null;
  const placeholders = one === null ? all : all.slice(one, one + 1);
  const [first] = placeholders;
  const source = first && claimSource(first);
  if (!source) return null;
  if (!isItself) return { claim: source.claim, items: null, item: null, isPart: true };
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
  { name: dialect, traits }: Dialect,
): SecurityContextError {
  const example =
    traits.looseEquality === 'folds'
      ? `'acme' equals 'ACME ', and 'x' equals 0`
      : `'042' equals 42, and a text may equal another one by the column's collation`;
  const pattern =
    traits.looseEquality === 'folds' ? `, a pattern as in 'tenant LIKE BINARY \${value}'` : '';
  const name = ['SECURITY_CONTEXT', ...claim].join('.');
  return new SecurityContextError(
    'context/loose-comparison',
    say`${asked(name)} in ${forOperator(say`the ${forOperator(place.property)} of ${placeName(place.member)} (${forOperator(place.file)})`, say`the schema`)} is part of a comparison that ${asked(dialect)} makes loosely (${asked(example)}); compare one column or call with the claim itself, as in 'lower(tenant) = \${value}' or 'tenant IN (\${values})'${asked(pattern)}, or write ${asked(name)}.filter('<column>')`,
  );
}
