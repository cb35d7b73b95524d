import { assertNever, invariant } from '../core/invariant.ts';
import type { MemberPath } from '../core/names.ts';
import type { Condition, Plan, PlanColumn, PlanNode } from '../planner/plan.ts';
import type { Expression, FromItem, OrderItem, Select, SelectColumn } from '../sql/ast.ts';
import { Aliases, tableAlias } from './aliases.ts';
import { localTime } from './local-time.ts';
import { lowerCondition } from './lower-condition.ts';
import { findMember, lowerMeasureFilters, lowerMember } from './lower-member.ts';
import { lowerSource } from './lower-source.ts';
import type { Lowering } from './lowering.ts';

/** One column of the result, in SELECT order. */
export interface StatementColumn {
  readonly member: MemberPath;
  readonly granularity: string | null;
  readonly alias: string;
  readonly type: string;
}

export interface LoweredPlan {
  readonly select: Select;
  readonly columns: readonly StatementColumn[];
}

/** A plan as one SELECT of the dialect in `lowering`. */
export function lowerPlan(plan: Plan, lowering: Lowering): LoweredPlan {
  const { node, orderBy, limit, offset } = splitTail(plan.root);
  const aliases = new Aliases(lowering.dialect);
  const names = new Map(
    plan.columns.map((column) => [keyOf(column), aliasOf(column, aliases, lowering)]),
  );
  const statement: Statement = { plan, lowering, names };
  const select = lowerNode(node, statement);
  return {
    select: { ...select, orderBy, limit, offset },
    columns: plan.columns.map((column) => ({
      member: column.member,
      granularity: column.granularity,
      alias: names.get(keyOf(column))!,
      type: column.type,
    })),
  };
}

interface Statement {
  readonly plan: Plan;
  readonly lowering: Lowering;
  readonly names: ReadonlyMap<string, string>;
}

/** The order and limit on top of a plan, and the node below them. */
function splitTail(root: PlanNode) {
  let node = root;
  let orderBy: OrderItem[] = [];
  let limit: number | null = null;
  let offset = 0;
  if (node.kind === 'limit') {
    ({ limit, offset } = node);
    node = node.input;
  }
  if (node.kind === 'sort') {
    orderBy = node.keys.map((key) => ({ column: key.column + 1, descending: key.descending }));
    node = node.input;
  }
  return { node, orderBy, limit, offset };
}

function lowerNode(node: PlanNode, statement: Statement): Select {
  const { lowering } = statement;
  switch (node.kind) {
    case 'scan': {
      const cube = lowering.model.cubes.get(node.cube);
      invariant(cube, `plan scans ${node.cube}, which the model does not have`);
      const source = lowerSource(cube, lowering);
      return selectFrom({ source, alias: tableAlias(cube, lowering.dialect) }, []);
    }
    case 'filter':
      return lowerFilterNode(node, statement);
    case 'aggregate':
      return {
        ...lowerNode(node.input, statement),
        columns: [...node.groups, ...node.measures].map((column) =>
          selectColumn(column, statement),
        ),
        groupBy: node.groups.map((_, index) => index + 1),
      };
    case 'project':
      return {
        ...lowerNode(node.input, statement),
        columns: node.columns.map((column) => selectColumn(column, statement)),
      };
    case 'running-totals':
      return lowerRunningTotals(node, statement);
    case 'sort':
    case 'limit':
      throw invariantError(node.kind);
    default:
      return assertNever(node);
  }
}

function invariantError(kind: string): never {
  invariant(false, `${kind} below the top of a plan`);
}

function lowerFilterNode(
  node: Extract<PlanNode, { kind: 'filter' }>,
  statement: Statement,
): Select {
  const { dialect } = statement.lowering;
  const input = lowerNode(node.input, statement);
  if (node.input.kind === 'running-totals') {
    const where = all(node.conditions, (condition) =>
      lowerCondition(condition, dialect, (member) => derivedColumn(member, statement)),
    );
    return { ...derive(input, statement), where };
  }
  const condition = all(node.conditions, (item) =>
    lowerCondition(item, dialect, (member, as) =>
      as === 'value'
        ? lowerMember(member, statement.lowering)
        : lowerMeasureFilters(member, statement.lowering),
    ),
  );
  return node.input.kind === 'aggregate'
    ? { ...input, having: condition }
    : { ...input, where: condition };
}

function all(
  conditions: readonly Condition[],
  lower: (condition: Condition) => Expression,
): Expression | null {
  if (conditions.length === 0) return null;
  return { kind: 'logical', operator: 'and', items: conditions.map(lower) };
}

const derivedAlias = 'totals';

/** The finished groups as a derived table, with the running totals accumulated over them. */
function lowerRunningTotals(
  node: Extract<PlanNode, { kind: 'running-totals' }>,
  statement: Statement,
): Select {
  const running = new Set(node.measures.map(keyOf));
  const column = (item: PlanColumn): Expression => derivedColumnOf(item, statement);
  const outer = derive(lowerNode(node.input, statement), statement);
  return {
    ...outer,
    columns: statement.plan.columns.map((item, index) =>
      running.has(keyOf(item))
        ? {
            alias: outer.columns[index]!.alias,
            expression: {
              kind: 'running-total',
              operand: column(item),
              partitionBy: node.within.map(column),
              orderBy: node.along.map(column),
            },
          }
        : outer.columns[index]!,
    ),
  };
}

/** `SELECT every column FROM (select) AS "totals"`. */
function derive(select: Select, statement: Statement): Select {
  return selectFrom(
    { source: { kind: 'select', select }, alias: derivedAlias },
    statement.plan.columns.map((column) => ({
      expression: derivedColumnOf(column, statement),
      alias: statement.names.get(keyOf(column))!,
    })),
  );
}

function selectFrom(from: FromItem, columns: readonly SelectColumn[]): Select {
  return {
    kind: 'select',
    distinct: false,
    columns,
    from,
    joins: [],
    where: null,
    groupBy: [],
    having: null,
    orderBy: [],
    limit: null,
    offset: 0,
  };
}

function derivedColumnOf(column: PlanColumn, statement: Statement): Expression {
  return { kind: 'column', table: derivedAlias, name: statement.names.get(keyOf(column))! };
}

function derivedColumn(member: MemberPath, statement: Statement): Expression {
  const column = statement.plan.columns.find(
    (item) => item.member === member && item.granularity === null,
  );
  invariant(column, `a filter above running totals names ${member}, which is not selected`);
  return derivedColumnOf(column, statement);
}

function selectColumn(column: PlanColumn, statement: Statement): SelectColumn {
  return {
    expression: lowerColumn(column, statement),
    alias: statement.names.get(keyOf(column))!,
  };
}

function lowerColumn(column: PlanColumn, { plan, lowering }: Statement): Expression {
  const expression = lowerMember(column.member, lowering);
  if (column.granularity === null) return expression;
  const operand = localTime(expression, plan.range, lowering);
  return { kind: 'truncate', granularity: column.granularity, operand };
}

function aliasOf(column: PlanColumn, aliases: Aliases, lowering: Lowering): string {
  const { cube, member } = findMember(column.member, lowering);
  return aliases.column(cube, member, column);
}

function keyOf(column: PlanColumn): string {
  return column.granularity === null ? column.member : `${column.member}.${column.granularity}`;
}
