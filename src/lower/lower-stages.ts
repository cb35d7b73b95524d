import { invariant } from '../core/invariant.ts';
import type { MemberPath } from '../core/names.ts';
import type { PlanColumn, RegroupNode, StageMeasure, StagesNode } from '../planner/plan.ts';
import type { Expression, Select } from '../sql/ast.ts';
import type { WindowOrder } from '../sql/window.ts';
import type { LoweredGroups } from './lower-groups.ts';
import { findMember, lowerMember, lowerStageOrder } from './lower-member.ts';
import type { RowScope } from './row-scope.ts';
import { selectFrom } from './selects.ts';
import { columnOf, named, ordinals, type StatementScope } from './statement-scope.ts';

const alias = 'stages';

/** `SELECT groups, aggregates of measures FROM (finer groups) GROUP BY groups`. */
export function lowerRegroup(
  node: RegroupNode,
  input: Select,
  statement: StatementScope,
): LoweredGroups {
  const scope = scopeOver([...node.input.groups, ...node.input.measures], statement);
  const select = selectFrom({ source: { kind: 'select', select: input }, alias }, [
    ...node.groups.map((item) => named(columnOf(alias, item, statement), item, statement)),
    ...node.measures.map((item) =>
      named(
        lowerMember(statement.memberOf(item.member), statement.lowering, scope),
        item,
        statement,
      ),
    ),
  ]);
  return {
    select: { ...select, groupBy: ordinals(node.groups) },
    resolve: (name) => lowerMember(statement.memberOf(name), statement.lowering, scope),
    filtered: 'having',
  };
}

/** Each stage selects all columns of the one below, and what it calculates from them. */
export function lowerStages(
  node: StagesNode,
  input: Select,
  statement: StatementScope,
): LoweredGroups {
  let select = input;
  let columns: readonly PlanColumn[] = [...node.input.groups, ...node.input.measures];
  const kept = (list: readonly PlanColumn[]) =>
    list.map((item) => named(columnOf(alias, item, statement), item, statement));
  for (const stage of node.stages) {
    const scope = scopeOver(columns, statement, node.input.kind === 'combine');
    select = selectFrom({ source: { kind: 'select', select }, alias }, [
      ...kept(columns),
      ...stage.map((item) =>
        named(stageExpression(item, scope, statement), item.measure, statement),
      ),
    ]);
    columns = [...columns, ...stage.map((item) => item.measure)];
  }
  const { member } = scopeOver(columns, statement);
  return {
    select: selectFrom(
      { source: { kind: 'select', select }, alias },
      kept([...node.groups, ...node.measures]),
    ),
    resolve: (path) => member(path),
    filtered: 'where',
  };
}

/** What the names in a measure's SQL are over finished groups: columns of theirs. */
function scopeOver(
  columns: readonly PlanColumn[],
  statement: StatementScope,
  combined = false,
): RowScope {
  const byMember = new Map<MemberPath, PlanColumn>();
  for (const column of columns) {
    if (column.granularity !== null) continue;
    byMember.set(column.member, column);
    const member = statement.memberOf(column.member);
    if (!byMember.has(member)) byMember.set(member, column);
  }
  return {
    ...(combined && { combined }),
    aliasOf: (cube) => {
      invariant(false, `the rows of ${cube} are not there over finished groups`);
    },
    member: (path) => {
      const column = byMember.get(path);
      invariant(column, `${path} is no column of the groups below`);
      return columnOf(alias, column, statement);
    },
  };
}

function stageExpression(
  { measure, within }: StageMeasure,
  scope: RowScope,
  statement: StatementScope,
): Expression {
  const { lowering } = statement;
  const path = statement.memberOf(measure.member);
  if (within === null) return lowerMember(path, lowering, scope);
  const { member } = findMember(path, lowering);
  const partitionBy = within.map((item) => columnOf(alias, item, statement));
  if (member.kind === 'measure' && member.type === 'rank') {
    const orderBy = lowerStageOrder(member, lowering, scope).flatMap(nullsLast);
    return {
      kind: 'window',
      function: 'rank',
      operand: null,
      partitionBy,
      orderBy,
      running: false,
    };
  }
  const value = lowerMember(path, lowering, scope);
  invariant(value.kind === 'aggregate', `${measure.member} does not aggregate`);
  return { ...value, kind: 'window', partitionBy, orderBy: [], running: false };
}

/** Databases differ in where they put nulls. */
function nullsLast({ expression, descending }: WindowOrder): WindowOrder[] {
  const isNull: Expression = {
    kind: 'case',
    branches: [
      {
        when: { kind: 'null-test', operand: expression, negated: false },
        then: { kind: 'number', value: 1 },
      },
    ],
    otherwise: { kind: 'number', value: 0 },
  };
  return [
    { expression: isNull, descending: false },
    { expression, descending },
  ];
}
