import { assertNever, invariant } from '../core/invariant.ts';
import type { MemberPath } from '../core/names.ts';
import type { Condition } from '../planner/condition.ts';
import type { OwnRowsNode, PlanColumn, RowsNode } from '../planner/plan.ts';
import type { Expression, Select, SelectColumn } from '../sql/ast.ts';
import type { Aliases } from './aliases.ts';
import { guarded } from './guarded.ts';
import { localTime } from './local-time.ts';
import { behindPolicies } from './barrier.ts';
import { JoinedTables } from './joined-tables.ts';
import { lowerCondition, type Resolve } from './lower-condition.ts';
import { belowWindows, lowerGrid, lowerWindows } from './lower-periods.ts';
import { findMember } from './lower-member.ts';
import { lowerPolicy } from './lower-policy.ts';
import type { Lowering } from './lowering.ts';
import { allOf, selectFrom } from './selects.ts';
import { startOfPeriod } from './start-of-period.ts';
import type { StatementScope } from './statement-scope.ts';
import { timeFormOf } from './time-form.ts';

/** Rows that a SELECT reads, and what stands for columns and measures over them. */
export interface LoweredRows {
  /** Without columns. */
  readonly select: Select;
  /** Of its FROM clause. */
  readonly aliases: Aliases;
  readonly group: (column: PlanColumn) => Expression;
  readonly resolve: Resolve;
  /** Behind what further conditions over these rows have to stand: policies of views, with a barrier. */
  readonly policies?: readonly Expression[];
}

export function lowerRows(
  node: RowsNode,
  statement: StatementScope,
  lowering: Lowering = statement.lowering,
): LoweredRows {
  switch (node.kind) {
    case 'scan':
    case 'join': {
      const aliases = statement.tables();
      const tables = new JoinedTables(node, aliases, statement, lowering);
      return {
        select: selectFrom(tables.from, [], tables.joins),
        aliases,
        group: (column) => groupExpression(column, tables.resolve, lowering),
        resolve: tables.resolve,
      };
    }
    case 'filter': {
      const rows = lowerRows(node.input, statement, lowering);
      const policies: Expression[] = [];
      const conditions = node.conditions.map((condition) => {
        if (condition.kind !== 'policy') return lowerCondition(condition, lowering, rows.resolve);
        const policy = lowerViewPolicy(condition, rows.resolve, statement);
        policies.push(policy);
        return policy;
      });
      const isFenced = lowering.barrier && policies.length > 0;
      const asked = conditions.filter((condition) => !policies.includes(condition));
      const items =
        isFenced && asked.length > 0 ? [...policies, behindPolicies(policies, asked)] : conditions;
      return {
        ...rows,
        ...(isFenced && { policies }),
        select: { ...rows.select, where: allOf(items) },
      };
    }
    case 'own-rows':
      return lowerOwnRows(node, statement);
    case 'windows': {
      const rows = lowerRows(node.input, statement, belowWindows(node, lowering));
      return node.along ? lowerWindows(node.along, rows, statement) : rows;
    }
    case 'grid':
      return lowerGrid(node, (input) => lowerRows(input, statement), statement);
    default:
      return assertNever(node);
  }
}

function lowerViewPolicy(
  { view, filter }: Extract<Condition, { kind: 'policy' }>,
  resolve: Resolve,
  statement: StatementScope,
): Expression {
  const { lowering } = statement;
  const column = (name: MemberPath) => {
    const { member } = findMember(statement.memberOf(name), lowering);
    invariant(member.kind === 'dimension', `an access policy filters by ${name}`);
    return { expression: resolve(name, 'utc'), type: member.type };
  };
  const rows = lowerPolicy(filter, { owner: view, position: 'view', resolve: column }, lowering);
  return guarded(rows, `policy ${view}`);
}

/** `FROM (SELECT DISTINCT groups, keys) AS "x_keys" INNER JOIN x ON the keys`, and what x's measures name. */
function lowerOwnRows({ keys, rows }: OwnRowsNode, statement: StatementScope): LoweredRows {
  const lowering = belowWindows(keys.input, statement.lowering);
  const input = lowerRows(keys.input, statement);
  const aliasOfKey = new Map(keys.keys.map((key) => [key, statement.keyAlias(key)]));
  const columns: SelectColumn[] = [
    ...keys.groups.map((column) => ({
      expression: input.group(column),
      alias: statement.aliasOf(column),
    })),
    ...keys.keys.map((key) => ({
      expression: input.resolve(key, 'value'),
      alias: aliasOfKey.get(key)!,
    })),
  ];
  const aliases = statement.tables();
  const tables = new JoinedTables(rows, aliases, statement, lowering);
  const cube = lowering.model.cubes.get(keys.cube)!;
  const table = aliases.table(`${cube.alias}_keys`, `${keys.cube} keys`);
  const select: Select = { ...input.select, distinct: true, columns };
  const on = keys.keys.map((key): Expression => ({
    kind: 'comparison',
    operator: '=',
    left: { kind: 'column', table, name: aliasOfKey.get(key)! },
    right: tables.resolve(key, 'value'),
  }));
  return {
    aliases,
    select: selectFrom(
      { source: { kind: 'select', select }, alias: table },
      [],
      [{ type: 'inner', item: tables.from, on: allOf(on)! }, ...tables.joins],
    ),
    group: (column) => ({ kind: 'column', table, name: statement.aliasOf(column) }),
    resolve: tables.resolve,
  };
}

function groupExpression(column: PlanColumn, resolve: Resolve, lowering: Lowering): Expression {
  const expression = resolve(column.member, 'value');
  if (column.granularity === null) return expression;
  const operand =
    timeFormOf(column.member, lowering) === 'local'
      ? asLocal(expression)
      : localTime(expression, lowering.plan.range, lowering);
  return startOfPeriod(column.granularity, column.member, operand, lowering);
}

/** What an author made of a local time may be of another type, such as a date. */
function asLocal(operand: Expression): Expression {
  if (operand.kind === 'local-time') return operand;
  return { kind: 'cast', operand, type: 'local-timestamp' };
}
