import type { Expression, FromItem, Join, Select, SelectColumn } from '../sql/ast.ts';

/** A SELECT without more clauses than these. */
export function selectFrom(
  from: FromItem,
  columns: readonly SelectColumn[],
  joins: readonly Join[] = [],
): Select {
  return {
    kind: 'select',
    distinct: false,
    columns,
    from,
    joins,
    where: null,
    groupBy: [],
    having: null,
    orderBy: [],
    limit: null,
    offset: 0,
  };
}

/** null where there is nothing to hold. */
export function allOf(conditions: readonly Expression[]): Expression | null {
  return conditions.length === 0 ? null : { kind: 'logical', operator: 'and', items: conditions };
}
