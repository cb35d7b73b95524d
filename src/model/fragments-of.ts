import { assertNever } from '../core/invariant.ts';
import type {
  Cube,
  DimensionExpression,
  Fragment,
  FragmentPiece,
  Member,
  SwitchExpression,
} from './model.ts';
import type { Mask } from './mask.ts';

/** Every fragment of a member, in order of its properties. */
export function fragmentsOf(member: Member): readonly Fragment[] {
  const values = valueFragments(member);
  const further = furtherFragments(member);
  return further.length === 0 ? values : [...values, ...further];
}

/** What clients, granularities, policies and stages add to a member's value. */
function furtherFragments(member: Member): readonly Fragment[] {
  switch (member.kind) {
    case 'segment':
      return none;
    case 'measure':
      return [
        ...member.drillFilters,
        ...fragmentsOfMask(member.mask),
        ...(member.multiStage?.orderBy.map((order) => order.sql) ?? []),
      ];
    case 'dimension':
      return [
        ...fragmentsOfMask(member.mask),
        ...[...member.granularities.values()].flatMap(({ rule }) =>
          rule.kind === 'sql' ? [rule.sql] : [],
        ),
        ...member.timeShifts.flatMap((shift) => shift.sql ?? []),
        ...member.links.flatMap((link) => [
          ...(link.url ? [link.url] : []),
          ...link.parameters.map((parameter) => parameter.value),
        ]),
      ];
    default:
      return assertNever(member);
  }
}

/** The fragments that make a member's value. */
export function valueFragments(member: Member): readonly Fragment[] {
  switch (member.kind) {
    case 'segment':
      return [member.sql];
    case 'measure':
      return [
        ...(member.sql ? [member.sql] : []),
        ...(member.switch ? fragmentsOfSwitch(member.switch) : []),
        ...member.filters,
      ];
    case 'dimension':
      return fragmentsOfExpression(member.expression);
    default:
      return assertNever(member);
  }
}

function fragmentsOfExpression(expression: DimensionExpression): Fragment[] {
  switch (expression.kind) {
    case 'sql':
      return [expression.sql];
    case 'geo':
      return [expression.latitude, expression.longitude];
    case 'values':
      return [];
    case 'switch':
      return fragmentsOfSwitch(expression);
    case 'case': {
      const labels = [...expression.when.map((branch) => branch.label), expression.otherwise];
      return [
        ...expression.when.map((branch) => branch.sql),
        ...labels.flatMap((label) => (label?.kind === 'sql' ? [label.sql] : [])),
      ];
    }
    default:
      return assertNever(expression);
  }
}

function fragmentsOfSwitch({ when, otherwise }: SwitchExpression): Fragment[] {
  return [...when.map((branch) => branch.sql), ...(otherwise ? [otherwise] : [])];
}

/** What stands for a masked value; it may name the member itself. */
export function fragmentsOfMask(mask: Mask | null): Fragment[] {
  return mask?.kind === 'sql' ? [mask.sql] : [];
}

/** The texts inside a piece: each is read on its own, and inserted as a whole. */
export function innerPieces(piece: FragmentPiece): readonly (readonly FragmentPiece[])[] {
  switch (piece.kind) {
    case 'list':
      return [piece.item];
    case 'local-time':
      return [piece.operand];
    case 'conditional':
      return [piece.then, piece.otherwise];
    case 'filter': {
      const { target } = piece;
      if (target.kind === 'column') return [target.column];
      return [target.scalar, target.list].filter((inner) => inner !== null);
    }
    case 'query-filter':
      return piece.filters.map(({ target }) =>
        target.kind === 'column' ? target.column : target.body,
      );
    default:
      return none;
  }
}

const none: readonly never[] = [];

/** A cube's own SQL: its query, or the name of its table. */
export function sourceFragment(cube: Cube): Fragment {
  return cube.source.kind === 'table' ? cube.source.name : cube.source.sql;
}
