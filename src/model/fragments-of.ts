import { assertNever } from '../core/invariant.ts';
import type { Cube, Fragment, Member } from './model.ts';

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

/** A cube's own SQL: its query, or the name of its table. */
export function sourceFragment(cube: Cube): Fragment {
  return cube.source.kind === 'table' ? cube.source.name : cube.source.sql;
}
