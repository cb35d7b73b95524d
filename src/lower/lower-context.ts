import { asked, forOperator, placeName, say, word, type Told } from '../core/told.ts';
import type { FragmentFilter, FragmentPiece } from '../model/model.ts';
import { claimText, type ClaimValue } from '../planner/claims.ts';
import { SecurityContextError } from '../planner/security-context-error.ts';
import type { ClaimEncoding, Expression } from '../sql/ast.ts';
import type { HoleState } from '../sql/raw-text.ts';
import { lexUnsafeText } from '../sql/raw-text.ts';
import { lowerText, type FragmentPlace } from './lower-fragment.ts';
import type { AppliedFilter, Lowering } from './lowering.ts';

const always: Expression = { kind: 'constant', value: true };
const never: Expression = { kind: 'constant', value: false };

/** One cell of the table of context filters: what a filter node becomes for this user's claim. */
export function lowerFilter(
  filter: FragmentFilter,
  hole: HoleState,
  place: FragmentPlace,
  lowering: Lowering,
): Expression {
  refuseInsideLiteral(hole, filter.claim, place);
  const value = lowering.claim(filter.claim);
  const applied = value.kind === 'scalar' || value.kind === 'list' ? 'bound' : value.kind;
  lowering.applied.push(describe(filter, applied, hole, place));
  switch (value.kind) {
    case 'absent':
      return lowerAbsent(filter, lowering);
    case 'null':
      if (filter.required) throw requiredError(filter);
      return never;
    case 'empty':
      return never;
    default:
      return filter.target.kind === 'column'
        ? lowerColumnFilter(filter, filter.target.column, value, place, lowering)
        : lowerFunctionFilter(filter, filter.target, value, place, lowering);
  }
}

type BoundClaim = Extract<ClaimValue, { kind: 'scalar' | 'list' }>;

function lowerAbsent(filter: FragmentFilter, lowering: Lowering): Expression {
  if (filter.required) throw requiredError(filter);
  if (lowering.missingContext === 'error') {
    throw new SecurityContextError(
      'context/missing-claim',
      say`the security context has no ${claimName(filter.claim)}, which the filter on ${filterText(filter)} needs`,
    );
  }
  return lowering.missingContext === 'allow' ? always : never;
}

function lowerColumnFilter(
  filter: FragmentFilter,
  pieces: readonly FragmentPiece[],
  value: BoundClaim,
  place: FragmentPlace,
  lowering: Lowering,
): Expression {
  const column = lowerText(pieces, place, lowering);
  const items = value.kind === 'list' ? value.items.length : null;
  return { kind: 'claim-comparison', column, claim: filter.claim, items, item: null };
}

function lowerFunctionFilter(
  filter: FragmentFilter,
  target: Extract<FragmentFilter['target'], { kind: 'function' }>,
  value: BoundClaim,
  place: FragmentPlace,
  lowering: Lowering,
): Expression {
  const pieces = value.kind === 'scalar' ? (target.scalar ?? target.list) : target.list;
  const isOneItem = value.kind === 'scalar' || value.items.length === 1;
  if (!pieces || !(isOneItem || hasListsInBrackets(lowering.chosen.of(pieces)))) {
    throw new SecurityContextError(
      'context/list-not-supported',
      say`${claimName(filter.claim)} is a list, and the filter function of ${filterText(filter)} cannot take one`,
    );
  }
  const count = value.kind === 'list' ? value.items.length : null;
  const result = lowerText(
    pieces,
    { ...place, placeholders: placeholders(filter.claim, count, lowering) },
    lowering,
  );
  if (result.binding === 'list') {
    throw new SecurityContextError(
      'context/list-not-supported',
      say`the filter function of ${filterText(filter)} for ${claimName(filter.claim)} makes a comma outside brackets; it must return one condition`,
    );
  }
  return result;
}

/** A list of values, with commas, is an argument or an item: `x = $1, $2` is no condition, and in brackets it is a row. */
function hasListsInBrackets(pieces: readonly FragmentPiece[]): boolean {
  return pieces.every((piece, index) => {
    const isValues =
      piece.kind === 'list' &&
      piece.separator.trim() === ',' &&
      piece.item.every(({ kind }) => kind === 'placeholder');
    return (
      !isValues ||
      (opensList(textOf(pieces[index - 1]).trimEnd(), piece.separator) &&
        [')', ']', ','].includes(
          textOf(pieces[index + 1])
            .trimStart()
            .slice(0, 1),
        ))
    );
  });
}

/** `lower($1, $2)` is no call that an author meant who wrote one value: commas of an array's text need `IN (`. */
function opensList(before: string, separator: string): boolean {
  if (separator === ',' && before.endsWith('(')) {
    return before.slice(0, -1).trimEnd().toLowerCase().endsWith(' in');
  }
  return ['(', '[', ','].includes(before.slice(-1));
}

function textOf(piece: FragmentPiece | undefined): string {
  return piece?.kind === 'text' ? piece.text : '';
}

/** A bare claim: one bound parameter, or a list of them. */
export function lowerClaim(
  claim: readonly string[],
  hole: HoleState,
  place: FragmentPlace,
  lowering: Lowering,
): readonly Expression[] {
  refuseInsideLiteral(hole, claim, place);
  const value = lowering.claim(claim);
  if (value.kind === 'absent' || value.kind === 'null') throw neededError(claim, value.kind, place);
  if (value.kind === 'empty') return [{ kind: 'null' }];
  return placeholders(claim, value.kind === 'list' ? value.items.length : null, lowering);
}

/** `unsafeValue()`: text, escaped for the literal it stands in, or whole tokens. */
export function lowerUnsafe(
  claim: readonly string[],
  hole: HoleState,
  place: FragmentPlace,
  lowering: Lowering,
): string {
  const value = lowering.claim(claim);
  if (value.kind === 'absent' || value.kind === 'null') throw neededError(claim, value.kind, place);
  const text =
    value.kind === 'scalar'
      ? claimText(value.value)
      : value.kind === 'list'
        ? value.items.map(claimText).join(',')
        : '';
  const lexed = lexUnsafeText(text, hole, lowering.dialect.lexical);
  if (lexed.ok) return lexed.text;
  throw new SecurityContextError(
    'context/unsafe-text',
    say`the text of ${claimName(claim)} cannot stand in ${placeOf(place)}: ${asked(lexed.problem)}`,
  );
}

/** `items` null: the scalar itself. Loosely comparing dialects get text: `varchar_col = 0` is true there. */
function placeholders(
  claim: readonly string[],
  items: number | null,
  lowering: Lowering,
): Expression[] {
  const encoding: ClaimEncoding =
    lowering.dialect.traits.looseEquality === 'folds' ? 'text' : 'value';
  const make = (item: number | null): Expression => ({
    kind: 'parameter',
    source: { kind: 'claim', claim, item, encoding },
  });
  return items === null ? [make(null)] : Array.from({ length: items }, (_, item) => make(item));
}

function describe(
  filter: FragmentFilter,
  applied: AppliedFilter['applied'],
  hole: HoleState,
  place: FragmentPlace,
): AppliedFilter {
  return {
    member: place.member,
    property: place.property,
    position: place.position,
    claim: filter.claim.join('.'),
    required: filter.required,
    applied,
    warning: hole.orBeside ? 'or-beside' : null,
  };
}

function refuseInsideLiteral(
  hole: HoleState,
  claim: readonly string[],
  place: FragmentPlace,
): void {
  if (hole.state === 'code') return;
  throw new SecurityContextError(
    'context/inside-literal',
    say`${claimName(claim)} stands inside a quoted text in ${placeOf(place)}; remove the quotes around it`,
  );
}

function requiredError(filter: FragmentFilter): SecurityContextError {
  return new SecurityContextError(
    'context/required',
    say`Filter for ${filterText(filter)} is required: the security context has no ${claimName(filter.claim)}`,
  );
}

function neededError(
  claim: readonly string[],
  kind: 'absent' | 'null',
  place: FragmentPlace,
): SecurityContextError {
  const found = kind === 'null' ? word('is null') : word('is missing');
  return new SecurityContextError(
    'context/missing-claim',
    say`${claimName(claim)} ${found} in the security context; ${placeOf(place)} needs its value`,
  );
}

/** The user's own. */
function claimName(claim: readonly string[]): Told {
  return asked(['SECURITY_CONTEXT', ...claim].join('.'));
}

function placeOf({ property, member }: FragmentPlace): Told {
  return say`the ${asked(property)} of ${placeName(member)}`;
}

/** The original names the column; what it refers to, and the text of a function, are the schema's own. */
function filterText({ text, target }: FragmentFilter): Told {
  const isColumn =
    target.kind === 'column' && target.column.every((piece) => piece.kind === 'text');
  return isColumn ? asked(text) : forOperator(text, say`its rows`);
}
