import { assertNever, InternalError, invariant } from '../core/invariant.ts';
import { asked, placeName, say, word } from '../core/told.ts';
import type { FragmentPiece } from '../model/model.ts';
import { QueryError } from '../planner/query-error.ts';
import type { Expression, Origin, RawExpression, RawPart } from '../sql/ast.ts';
import { SecurityContextError } from '../planner/security-context-error.ts';
import { nullDivisors } from '../sql/divisors.ts';
import { classifyRaw, type RawPiece, type RawText } from '../sql/raw-text.ts';
import { lowerClaim, lowerFilter, lowerUnsafe } from './lower-context.ts';
import { withExactClaims } from './exact-claims.ts';
import { isOneTest, lowerQueryFilter } from './lower-query-filter.ts';
import { lowerSource } from './lower-source.ts';
import { localTime } from './local-time.ts';
import { lowerLiteral } from './lower-literal.ts';
import type { Lowering } from './lowering.ts';
import type { RowScope } from './row-scope.ts';
import { timeFormOfText } from './time-form.ts';

/** Where a text stands in the schema, and what its placeholders stand for. */
export interface FragmentPlace {
  readonly member: string;
  readonly property: string;
  readonly file: string;
  readonly position: 'source' | 'member';
  /** Inside a filter function: the claim's placeholders, or what `...values` takes. */
  readonly placeholders?: readonly Expression[];
  /** Inside a function of `FILTER_PARAMS`: what its parameters stand for. */
  readonly parameters?: readonly Expression[];
  /** Both of these inside `convertTz`, where outside of it they are local times. */
  readonly instants?: Required<Pick<FragmentPlace, 'parameters' | 'placeholders'>>;
  /** What the names in the text stand for; a source names no cubes or members. */
  readonly scope?: RowScope;
  /** The cube whose column a text is that is one bare name. */
  readonly columnOf?: string;
}

/** An author's text as an expression, its nodes lowered. A text that is one node is that node. */
export function lowerFragment(
  pieces: readonly FragmentPiece[],
  place: FragmentPlace,
  lowering: Lowering,
): Expression {
  const raw = lowerText(pieces, place, lowering);
  const only = raw.parts.length === 1 ? raw.parts[0] : undefined;
  return only?.kind === 'expression' ? only.expression : raw;
}

/** As {@link lowerFragment}, always as text: sources and lists need their pieces. */
export function lowerText(
  template: readonly FragmentPiece[],
  place: FragmentPlace,
  lowering: Lowering,
): RawExpression {
  lowering.budget.spend('pieces of SQL', 1, '', place.member);
  const pieces = lowering.chosen.of(template);
  const written = lowering.fragments.of(pieces, lowering.dialect.lexical);
  refuseProblems(written, place, lowering);
  const text = withUnsafeTexts(written, pieces, place, lowering);
  const parts: RawPart[] = [];
  if (place.columnOf !== undefined && text.singleIdentifier !== null) {
    parts.push({ kind: 'alias', name: scopeOf(place).aliasOf(place.columnOf) });
    parts.push({ kind: 'text', text: '.', origin: originOf(place, undefined) });
  }
  const toParts = (raw: readonly RawPiece[]): RawPart[] =>
    raw.map((piece) =>
      piece.kind === 'text'
        ? { kind: 'text', text: piece.text, origin: originOf(place, piece.start) }
        : lowerPiece(pieces[piece.id]!, piece.id, text, place, lowering),
    );
  const printed = place.scope?.combined
    ? nullDivisors(text.pieces, lowering.dialect.lexical)
    : text.pieces;
  parts.push(...withExactClaims(printed, pieces, toParts, place, lowering));
  return { kind: 'raw', parts, binding: parts.some(joinsConditions) ? 'or' : text.binding };
}

/** Items that anything but a comma stands between: an OR of theirs must not meet the text beside it. */
function joinsConditions(part: RawPart): boolean {
  return part.kind === 'join' && part.items.length > 1 && part.separator.trim() !== ',';
}

function lowerPiece(
  piece: FragmentPiece,
  hole: number,
  text: RawText,
  place: FragmentPlace,
  lowering: Lowering,
): RawPart {
  switch (piece.kind) {
    case 'text':
      return { kind: 'text', text: piece.text, origin: originOf(place, piece.start) };
    case 'cube':
      return { kind: 'alias', name: scopeOf(place).aliasOf(piece.cube) };
    case 'member':
      return { kind: 'expression', expression: scopeOf(place).member(piece.path) };
    case 'source':
      if (place.position === 'member') lowering.inner.add(piece.cube);
      return {
        kind: 'source',
        source: lowerSource(lowering.model.cubes.get(piece.cube)!, lowering),
        label: piece.cube,
      };
    case 'filter': {
      const expression = lowerFilter(piece, text.holes.get(hole)!, place, lowering);
      return { kind: 'expression', expression, guard: `${place.member} ${piece.claim.join('.')}` };
    }
    case 'claim': {
      const items = lowerClaim(piece.claim, text.holes.get(hole)!, place, lowering);
      return { kind: 'join', separator: ', ', items };
    }
    case 'unsafe':
    case 'conditional':
    case 'dynamic':
      throw new InternalError(`${piece.kind} pieces have become text by now`);
    case 'query-filter': {
      const expression = lowerQueryFilter(piece, text.holes.get(hole)!, place, lowering);
      return { kind: 'expression', expression, bare: isOneTest(expression) };
    }
    case 'local-time': {
      const operand = lowerFragment(piece.operand, { ...place, ...place.instants }, lowering);
      const isLocal = timeFormOfText(piece.operand, lowering) === 'local';
      return {
        kind: 'expression',
        expression: isLocal ? operand : localTime(operand, null, lowering),
      };
    }
    case 'literal':
      return { kind: 'expression', expression: lowerLiteral(piece, lowering.dialect), bare: true };
    case 'argument':
      return { kind: 'expression', expression: place.parameters![piece.index]! };
    case 'placeholder':
      return { kind: 'join', separator: ', ', items: placeholdersOf(piece, place) };
    case 'list':
      return {
        kind: 'join',
        separator: piece.separator,
        items: place.placeholders!.map((_, index) =>
          lowerFragment(piece.item, onlyPlaceholder(place, index), lowering),
        ),
      };
    default:
      return assertNever(piece);
  }
}

/** Inside the item of a list, which is made for each of what `...values` takes. */
function onlyPlaceholder(place: FragmentPlace, index: number): FragmentPlace {
  const { instants } = place;
  const only = (all: readonly Expression[]) => all.slice(index, index + 1);
  return {
    ...place,
    placeholders: only(place.placeholders!),
    ...(instants && { instants: { ...instants, placeholders: only(instants.placeholders) } }),
  };
}

function placeholdersOf(
  { item }: Extract<FragmentPiece, { kind: 'placeholder' }>,
  { placeholders = [] }: FragmentPlace,
): readonly Expression[] {
  if (item === null) return placeholders;
  const found = placeholders[item];
  invariant(found, 'a text was made for a longer list');
  return [found];
}

function scopeOf(place: FragmentPlace): RowScope {
  invariant(place.scope, `the ${place.property} of ${place.member} names a cube or a member`);
  return place.scope;
}

/**
 * Puts the texts of `unsafeValue()` in, and reads the whole again: whatever a user's text is, every
 * other node must stand as its author put it.
 */
function withUnsafeTexts(
  written: RawText,
  pieces: readonly FragmentPiece[],
  place: FragmentPlace,
  lowering: Lowering,
): RawText {
  if (
    !written.pieces.some((piece) => piece.kind === 'hole' && pieces[piece.id]!.kind === 'unsafe')
  ) {
    return written;
  }
  const filled = written.pieces.map((raw): RawPiece => {
    const piece = raw.kind === 'hole' ? pieces[raw.id]! : undefined;
    if (raw.kind === 'text' || piece?.kind !== 'unsafe') return raw;
    return {
      kind: 'text',
      text: lowerUnsafe(piece.claim, written.holes.get(raw.id)!, place, lowering),
    };
  });
  const read = classifyRaw(filled, lowering.dialect.lexical);
  const isSame =
    read.problems.length === 0 &&
    read.dropped.length === 0 &&
    [...read.holes].every(([id, hole]) => {
      const before = written.holes.get(id);
      return hole.state === before?.state && hole.quote === before.quote;
    });
  if (isSame) return read;
  throw new SecurityContextError(
    'context/unsafe-text',
    say`a text of unsafeValue() changes how the ${asked(place.property)} of ${placeName(place.member)} is read`,
  );
}

/** The compile checked the text under the schema's dialect; another dialect may read it otherwise. */
function refuseProblems(text: RawText, place: FragmentPlace, lowering: Lowering): void {
  const [problem] = text.problems;
  if (!problem) return;
  throw new QueryError([
    {
      code: 'query/sql-not-in-dialect',
      path: '',
      message: say`the ${asked(place.property)} of ${placeName(place.member)} is not valid under the lexical rules of ${word(lowering.dialect.name)}: ${asked(problem.code.replaceAll('-', ' '))}`,
    },
  ]);
}

function originOf(place: FragmentPlace, start: number | undefined): Origin {
  return {
    member: place.member,
    property: place.property,
    file: place.file,
    ...(start !== undefined && { start }),
  };
}
