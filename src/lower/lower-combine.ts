import { invariant } from '../core/invariant.ts';
import type { MemberPath } from '../core/names.ts';
import type { CombineNode, PlanColumn } from '../planner/plan.ts';
import type { Expression, Select, SelectColumn } from '../sql/ast.ts';
import type { LoweredGroups } from './lower-groups.ts';
import { findMember, lowerMember } from './lower-member.ts';
import type { RowScope } from './row-scope.ts';
import { selectFrom } from './selects.ts';
import { columnOf, named, ordinals, orNothing, type StatementScope } from './statement-scope.ts';

const alias = 'parts';

/**
 * `SELECT group, max(measure) FROM (part UNION ALL part) GROUP BY group`: a group has at most one row in
 * each part, with NULL for the measures of the others, so that the largest is the only value. GROUP BY
 * takes null to be equal to null, which no join does on every database.
 */
export function lowerCombine(
  node: CombineNode,
  lowerPart: (part: CombineNode['parts'][number]) => Select,
  statement: StatementScope,
): LoweredGroups {
  const [first, ...others] = node.parts;
  invariant(first, 'nothing is combined');
  let united: Table = { select: lowerPart(first), measures: first.measures };
  for (const part of others) {
    const next = { select: lowerPart(part), measures: part.measures };
    united = unite(united, next, node.groups, statement);
  }
  const { measures, select } = united;
  const columns = new Map(measures.map((item) => [item.member, columnOf(alias, item, statement)]));
  const scope = combinedScope(columns, statement);
  return {
    select: {
      ...selectFrom({ source: unwrapped(select), alias }, [
        ...node.groups.map((item) => named(columnOf(alias, item, statement), item, statement)),
        ...node.measures.map((item) => named(scope.member(item.member), item, statement)),
      ]),
      groupBy: ordinals(node.groups),
    },
    resolve: (member) => scope.member(member),
    filtered: 'having',
  };
}

/** Groups with some of the measures. */
interface Table {
  readonly select: Select;
  readonly measures: readonly PlanColumn[];
}

/** Two at a time: a NULL takes its type from the one value beside it. */
function unite(
  first: Table,
  second: Table,
  groups: readonly PlanColumn[],
  statement: StatementScope,
): Table {
  const measures = [...first.measures, ...second.measures];
  const selects = [first, second].map(({ select, measures: own }): Select => {
    const columns = measures.map((item): SelectColumn => {
      const index = own.indexOf(item);
      return index < 0
        ? named({ kind: 'null' }, item, statement)
        : select.columns[groups.length + index]!;
    });
    return { ...select, columns: [...select.columns.slice(0, groups.length), ...columns] };
  });
  const from = { source: { kind: 'union', selects } as const, alias };
  return {
    measures,
    select: selectFrom(
      from,
      [...groups, ...measures].map((item) =>
        named(columnOf(alias, item, statement), item, statement),
      ),
    ),
  };
}

/** What only selects the columns of a union is that union. */
function unwrapped(select: Select): FromSource {
  return select.from.source.kind === 'union' ? select.from.source : { kind: 'select', select };
}

type FromSource = Select['from']['source'];

/** The one value of a column that is not NULL. PostgreSQL has no largest of booleans. */
function onlyValue(operand: Expression, { member }: ReturnType<typeof findMember>): Expression {
  const largest = (of: Expression): Expression => ({
    kind: 'aggregate',
    function: 'max',
    operand: of,
  });
  if (member.kind !== 'measure' || member.type !== 'boolean') return largest(operand);
  const number = (value: number): Expression => ({ kind: 'number', value });
  const branches = [
    { when: { kind: 'null-test', operand, negated: false }, then: { kind: 'null' } },
    { when: operand, then: number(1) },
  ] as const;
  const asNumber = largest({ kind: 'case', branches, otherwise: number(0) });
  return { kind: 'comparison', operator: '=', left: asNumber, right: number(1) };
}

/** Measures over combined groups: a column, or what a measure calculates from columns. */
function combinedScope(
  columns: ReadonlyMap<MemberPath, Expression>,
  statement: StatementScope,
): RowScope {
  const scope: RowScope = {
    combined: true,
    aliasOf: (cube) => {
      invariant(false, `the rows of ${cube} are not there once its measures are combined`);
    },
    member: (name) => {
      const operand = columns.get(name);
      const path = statement.memberOf(name);
      if (!operand) return lowerMember(path, statement.lowering, scope);
      return orNothing(path, onlyValue(operand, findMember(path, statement.lowering)), statement);
    },
  };
  return scope;
}
