import type { MemberPath } from '../core/names.ts';
import type { Occurrence, Plan, PlanColumn } from '../planner/plan.ts';
import type { Expression, SelectColumn } from '../sql/ast.ts';
import { Aliases } from './aliases.ts';
import { findColumn, findMember } from './lower-member.ts';
import type { Lowering } from './lowering.ts';

/** What the parts of one statement share. */
export class StatementScope {
  readonly plan: Plan;
  readonly lowering: Lowering;
  readonly occurrences: ReadonlyMap<MemberPath, Occurrence>;
  readonly #aliases: Aliases;
  readonly #columns = new Map<string, string>();

  constructor(plan: Plan, lowering: Lowering) {
    this.plan = plan;
    this.lowering = lowering;
    this.occurrences = new Map(plan.occurrences.map((item) => [item.name, item]));
    this.#aliases = new Aliases(lowering.dialect);
    // The columns of the result first: whatever else a statement selects, they keep their names.
    for (const column of plan.columns) this.aliasOf(column);
  }

  /** The alias of a column, the same wherever in the statement it is selected. */
  aliasOf(column: PlanColumn): string {
    const key = keyOf(column);
    const known = this.#columns.get(key);
    if (known !== undefined) return known;
    const { owner, member } = findColumn(column.member, this.lowering);
    const alias = this.#aliases.column(owner, member, column);
    this.#columns.set(key, alias);
    return alias;
  }

  /** The alias of a primary key among the columns of the result. */
  keyAlias(name: MemberPath): string {
    const { cube, member } = findMember(this.memberOf(name), this.lowering);
    return this.#aliases.table(`${cube.alias}_key_${member.alias}`, name);
  }

  /** The member of a cube that a name of the plan stands for. */
  memberOf(name: MemberPath): MemberPath {
    return this.occurrences.get(name)?.member ?? name;
  }

  /** Aliases for the tables of one FROM clause. */
  tables(): Aliases {
    return new Aliases(this.lowering.dialect);
  }
}

export function keyOf(column: PlanColumn): string {
  return column.granularity === null ? column.member : `${column.member}.${column.granularity}`;
}

export function named(
  expression: Expression,
  column: PlanColumn,
  statement: StatementScope,
): SelectColumn {
  return { expression, alias: statement.aliasOf(column) };
}

export function columnOf(table: string, column: PlanColumn, statement: StatementScope): Expression {
  return { kind: 'column', table, name: statement.aliasOf(column) };
}

/** Positions in GROUP BY, whose columns come first. */
export function ordinals(groups: readonly PlanColumn[]): number[] {
  return groups.map((_, index) => index + 1);
}

const counts: readonly string[] = ['count', 'countDistinct', 'countDistinctApprox'];

/** A measure that is missing where there were no rows: 0 for a count, else null. */
export function orNothing(
  path: MemberPath,
  value: Expression,
  { lowering }: StatementScope,
): Expression {
  const { member } = findMember(path, lowering);
  const isCount = member.kind === 'measure' && counts.includes(member.type);
  return isCount
    ? { kind: 'function', name: 'coalesce', args: [value, { kind: 'number', value: 0 }] }
    : value;
}
