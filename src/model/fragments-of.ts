import { assertNever } from '../core/invariant.ts';
import type { Cube, Fragment, FragmentPiece, Member } from './model.ts';

/** Every fragment of a member, in order of its properties. */
export function fragmentsOf(member: Member): readonly Fragment[] {
  switch (member.kind) {
    case 'segment':
      return [member.sql];
    case 'measure':
      return [...(member.sql ? [member.sql] : []), ...member.filters, ...member.drillFilters];
    case 'dimension': {
      const { expression } = member;
      if (expression.kind === 'sql') return [expression.sql];
      if (expression.kind === 'geo') return [expression.latitude, expression.longitude];
      const labels = [...expression.when.map((branch) => branch.label), expression.otherwise];
      return [
        ...expression.when.map((branch) => branch.sql),
        ...labels.flatMap((label) => (label?.kind === 'sql' ? [label.sql] : [])),
      ];
    }
    default:
      return assertNever(member);
  }
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
      return [];
  }
}

/** A cube's own SQL: its query, or the name of its table. */
export function sourceFragment(cube: Cube): Fragment {
  return cube.source.kind === 'table' ? cube.source.name : cube.source.sql;
}
