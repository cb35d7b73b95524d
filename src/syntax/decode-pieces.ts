import type { ClaimLiteral, ClaimTest } from '../core/claim-test.ts';
import type { DecodedSites } from './decode-sites.ts';
import { asArray, asIndex, asPlacement, asSpan, asText, malformed } from './reply-checks.ts';
import type { FilterTarget, MemberFilter, TemplatePiece } from './template.ts';

export interface PieceContext {
  readonly sites: DecodedSites;
  /** Text of the file in which verbatim pieces stand. */
  readonly content: string;
  /** Called for each piece; throws when there are too many. */
  readonly spend: () => void;
}

const longestText = 1_000_000;
const longestName = 2_000;
const mostNames = 64;
const deepest = 64;
const mostParameters = 1_000;
const mostLiterals = 1_000;
const mostItems = 100_000;

/** Decodes the pieces of a wire list from an index on. */
export function decodePieces(
  wire: readonly unknown[],
  from: number,
  context: PieceContext,
  depth = 0,
): TemplatePiece[] {
  if (depth > deepest) malformed('a text nests too deeply');
  const pieces: TemplatePiece[] = [];
  for (let index = from; index < wire.length; index++) {
    context.spend();
    const item = wire[index];
    if (typeof item === 'string') {
      if (item !== '') pieces.push({ kind: 'text', text: asText(item, longestText, 'a text') });
      continue;
    }
    const piece = asArray(item, null, 'a piece');
    if (piece[0] === 8) {
      const spliced = context.sites.spliced(piece[1], piece[2], context.content);
      for (const other of spliced) pieces.push(other);
    } else pieces.push(decodePiece(piece, context, depth));
  }
  return pieces;
}

function decodePiece(
  wire: readonly unknown[],
  context: PieceContext,
  depth: number,
): TemplatePiece {
  const { content } = context;
  const placed = (): { start: number; end: number } | object => {
    const span = asPlacement(wire[1], wire[2], content.length);
    return span ? { start: span[0], end: span[1] } : {};
  };
  switch (wire[0]) {
    case 0: {
      const [start, end] = asSpan(wire[1], wire[2], content.length);
      return { kind: 'text', text: content.slice(start, end), start };
    }
    case 1: {
      const path = names(wire, 4, wire.length);
      return { kind: 'reference', path, source: wire[3] === 1, ...placed() };
    }
    case 2:
    case 3: {
      const length = asIndex(wire[4], mostNames, 'a claim');
      const claim = names(wire, 5, 5 + length);
      const target =
        wire[0] === 2
          ? ({
              kind: 'column',
              column: decodePieces(wire, 5 + length, context, depth + 1),
            } as const)
          : decodeFunction(wire, 5 + length, context, depth);
      return { kind: 'filter', claim, required: wire[3] === 1, target, ...placed() };
    }
    case 4:
      return { kind: 'claim', claim: names(wire, 3, wire.length), ...placed() };
    case 5:
      return { kind: 'unsafe', claim: names(wire, 3, wire.length), ...placed() };
    case 6:
      return {
        kind: 'placeholder',
        item: wire.length > 1 ? asIndex(wire[1], mostItems, 'an item') : null,
      };
    case 7: {
      const separator = asText(wire[1], longestText, 'a separator');
      return { kind: 'list', separator, item: decodePieces(wire, 2, context, depth + 1) };
    }
    case 9: {
      const filters = wire.slice(3).map((item) => decodeMemberFilter(item, context, depth));
      if (filters.length === 0) malformed('a filter is empty');
      return { kind: 'query-filter', filters, ...placed() };
    }
    case 10:
      return {
        kind: 'local-time',
        operand: decodePieces(wire, 3, context, depth + 1),
        ...placed(),
      };
    case 11:
      return { kind: 'argument', index: asIndex(wire[1], mostParameters, 'a parameter') };
    case 12:
      return {
        kind: 'conditional',
        test: decodeTest(wire[1]),
        then: decodePieces(asArray(wire[2], null, 'a branch'), 0, context, depth + 1),
        otherwise: decodePieces(asArray(wire[3], null, 'a branch'), 0, context, depth + 1),
      };
    default:
      return malformed('a piece is of no known kind');
  }
}

function decodeTest(value: unknown): ClaimTest {
  const wire = asArray(value, null, 'a test');
  const from = wire[0] === 0 ? 1 : 2;
  const claim = names(wire, from, wire.length);
  switch (wire[0]) {
    case 0:
      return { kind: 'truthy', claim };
    case 1:
      return { kind: 'equals', claim, value: decodeLiteral(wire[1]) };
    case 2:
      return { kind: 'typeof', claim, type: asText(wire[1], longestName, 'a type') };
    case 3: {
      const literals = asArray(wire[1], null, 'a list of literals');
      if (literals.length > mostLiterals) malformed('a list of literals is too long');
      return { kind: 'included', claim, values: literals.map(decodeLiteral) };
    }
    default:
      return malformed('a test is of no known kind');
  }
}

/** `[]` stands for undefined. */
function decodeLiteral(value: unknown): ClaimLiteral {
  switch (typeof value) {
    case 'string':
      return asText(value, longestName, 'a literal');
    case 'number':
    case 'boolean':
      return value;
    default:
      if (value === null) return value;
      asArray(value, 0, 'a literal');
      return undefined;
  }
}

function decodeMemberFilter(value: unknown, context: PieceContext, depth: number): MemberFilter {
  const wire = asArray(value, null, 'a filter');
  const path = names(wire, 0, 2);
  const pieces = decodePieces(wire, 4, context, depth + 1);
  if (pieces.length === 0) malformed('a filter is empty');
  if (wire[2] === -1) return { path, target: { kind: 'column', column: pieces } };
  const parameters = asIndex(wire[2], mostParameters, 'a number of parameters');
  const rest = wire[3] === 1;
  return { path, target: { kind: 'function', parameters, rest, body: pieces } };
}

function decodeFunction(
  wire: readonly unknown[],
  from: number,
  context: PieceContext,
  depth: number,
): FilterTarget {
  const trace = (value: unknown): TemplatePiece[] | null =>
    value === 0 ? null : decodePieces(asArray(value, null, 'a trace'), 0, context, depth + 1);
  const text = asText(wire[from], 200, "a function's text");
  const scalar = trace(wire[from + 1]);
  const list = trace(wire[from + 2]);
  if (wire.length !== from + 3) malformed('a filter is empty');
  return { kind: 'function', scalar, list, text };
}

/** At least one name. */
function names(wire: readonly unknown[], from: number, to: number): string[] {
  const found = wire.slice(from, to);
  if (found.length === 0 || found.length > mostNames || to > wire.length)
    malformed('a path is empty');
  return found.map((name) => asText(name, longestName, 'a name'));
}
