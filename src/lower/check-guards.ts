import { invariant } from '../core/invariant.ts';
import type { MemberPath } from '../core/names.ts';
import { membersOfCondition } from '../planner/condition.ts';
import { askedName, isMaskedName } from '../planner/masks.ts';
import type { FilterNode, GroupFilterNode, Plan } from '../planner/plan.ts';
import type { Expression, FromItem, RawPart, Select } from '../sql/ast.ts';

/**
 * Proves on the finished AST that what policies ask of a query stands in it: what they ask of the rows of
 * a view wherever rows are read, and the mask of each masked member in its column and in every comparison.
 */
export function checkGuards(select: Select, plan: Plan, barrier: boolean): void {
  checkViews(select, plan, barrier);
  if (!plan.masked) return;
  for (const { asked, member, shown } of plan.masked) {
    const byRow = shown.map(({ owner }) => `policy ${owner}`);
    const marks = new Set([asked, askedName(member.path)].map((name) => `mask ${name}`));
    for (const part of [...marks].flatMap((mark) => maskedParts(select, mark))) {
      const isRight = isByRow(part, byRow) || isPlainMask(part);
      invariant(isRight, `something else than its mask stands for ${asked}`);
    }
  }
  const masks = new Map(
    plan.occurrences
      .filter(({ name }) => isMaskedName(name))
      .map(({ name, member }) => [name, guardsOf(name, member)]),
  );
  plan.columns.forEach(({ member }, index) => {
    const guards = masks.get(member);
    if (!guards) return;
    const isShown = exposes(select.columns[index]!.expression, select, guards);
    invariant(!isShown, `the column of ${askedName(member)} is not its mask`);
  });
  const compared = comparedIn(plan.root);
  const found = allSelects(select).flatMap((item) =>
    [item.where, item.having].flatMap((condition) => guardsIn(condition, item)),
  );
  for (const [name, guards] of masks) {
    const needed = compared.filter((member) => member === name).length;
    const there = found.filter((guard) => guards.includes(guard)).length;
    invariant(
      there >= needed,
      `a filter by ${askedName(name)} compares another value than its mask`,
    );
  }
}

/** What a mask is marked by: as the query names it where some rows show it, else as its cube does. */
function guardsOf(name: MemberPath, member: MemberPath): readonly string[] {
  return [`mask ${askedName(name)}`, `mask ${askedName(member)}`];
}

/** Every part of a statement that a guard marks. */
function maskedParts(part: unknown, guard: string): Expression[] {
  if (Array.isArray(part)) return part.flatMap((item) => maskedParts(item, guard));
  if (typeof part !== 'object' || part === null) return [];
  const inside = Object.values(part).flatMap((item) => maskedParts(item, guard));
  const { kind, expression, guard: own } = part as Extract<RawPart, { kind: 'expression' }>;
  return kind === 'expression' && own === guard ? [expression, ...inside] : inside;
}

/** The value where all of the policies show it, else the mask. */
function isByRow(part: Expression, guards: readonly string[]): boolean {
  if (part.kind !== 'case' || part.branches.length !== 1 || guards.length === 0) return false;
  const tests = conjuncts(part.branches[0]!.when).map(guardOf);
  const isMasked = part.otherwise !== null && guardOf(part.otherwise)?.startsWith('mask ');
  return Boolean(isMasked) && guards.every((guard) => tests.includes(guard));
}

/** What its author, or this package, wrote as a mask. */
function isPlainMask(part: Expression): boolean {
  if (part.kind === 'aggregate') return isPlainMask(part.operand);
  if (part.kind !== 'raw') return part.kind !== 'case' && part.kind !== 'star';
  return part.parts.every(
    (item) => item.kind !== 'text' || item.origin.property.startsWith('mask'),
  );
}

/** With a barrier, whatever else is asked of rows stands in a CASE behind the policies. */
function checkViews(select: Select, { rows }: Plan, barrier: boolean): void {
  const guards = rows.flatMap((item) => (item.kind === 'policy' ? [`policy ${item.view}`] : []));
  if (guards.length === 0) return;
  for (const { from, joins, where } of selectsOver(select)) {
    if (isDerived(from)) continue;
    const kept = conjuncts(where).flatMap((item) => guardOf(item) ?? []);
    for (const guard of guards) {
      invariant(kept.includes(guard), `rows are read without the ${guard}`);
    }
    if (!barrier) continue;
    const periods = joins.filter(({ item }) => item.source.kind === 'rows');
    const asked = [...conjuncts(where), ...periods.flatMap(({ on }) => conjuncts(on))];
    for (const condition of asked) {
      const isKept = isOwnPolicy(condition, guards) || isBehind(condition, guards);
      invariant(isKept, `a condition is evaluated on rows that ${guards.join()} hides`);
    }
  }
}

function isOwnPolicy(condition: Expression, guards: readonly string[]): boolean {
  return condition.kind === 'constant' || guards.includes(guardOf(condition) ?? '');
}

function isBehind(condition: Expression, guards: readonly string[]): boolean {
  if (condition.kind !== 'case' || condition.branches.length !== 1) return false;
  const tests = conjuncts(condition.branches[0]!.when).map(guardOf);
  return condition.otherwise?.kind === 'constant' && guards.every((guard) => tests.includes(guard));
}

function conjuncts(condition: Expression | null): readonly Expression[] {
  if (condition === null) return [];
  const isAnd = condition.kind === 'logical' && condition.operator === 'and';
  return isAnd ? condition.items.flatMap(conjuncts) : [condition];
}

function guardOf(expression: Expression): string | undefined {
  if (expression.kind !== 'raw' || expression.parts.length !== 1) return undefined;
  const [part] = expression.parts;
  return part?.kind === 'expression' ? part.guard : undefined;
}

function isDerived({ source }: FromItem): boolean {
  return source.kind === 'select' || source.kind === 'union' || source.kind === 'rows';
}

/** A statement and those that it is over; without those of sub-query dimensions, which are left-joined. */
function selectsOver(select: Select): Select[] {
  const joined = select.joins.filter((join) => join.type !== 'left').map((join) => join.item);
  return [select, ...[select.from, ...joined].flatMap(inside).flatMap(selectsOver)];
}

function allSelects(select: Select): Select[] {
  const items = [select.from, ...select.joins.map((join) => join.item)];
  return [select, ...items.flatMap(inside).flatMap(allSelects)];
}

function inside({ source }: FromItem): readonly Select[] {
  if (source.kind === 'select') return [source.select];
  return source.kind === 'union' ? source.selects : [];
}

/** The members that the conditions of a plan's nodes compare, once for each comparison. */
function comparedIn(node: unknown): MemberPath[] {
  if (Array.isArray(node)) return node.flatMap(comparedIn);
  if (typeof node !== 'object' || node === null) return [];
  const { kind, conditions } = node as Partial<FilterNode | GroupFilterNode>;
  const isFilter = kind === 'filter' || kind === 'group-filter';
  const own = isFilter ? conditions! : [];
  const parts = Object.entries(node).filter(([key]) => key !== 'conditions' && key !== 'rows');
  const rows = 'rows' in node && !Array.isArray(node.rows) ? comparedIn(node.rows) : [];
  return [
    ...own.flatMap(membersOfCondition),
    ...rows,
    ...parts.flatMap(([, part]) => comparedIn(part)),
  ];
}

/** The outermost guards in a part of an expression, and in the columns of inner statements that it names. */
function guardsIn(part: unknown, select: Select): string[] {
  if (Array.isArray(part)) return part.flatMap((item) => guardsIn(item, select));
  if (typeof part !== 'object' || part === null) return [];
  const node = part as Expression | RawPart;
  if (node.kind === 'source') return [];
  if (node.kind === 'expression' && node.guard !== undefined) return [node.guard];
  if (node.kind === 'column') {
    const found = columnsNamed(node, select).flatMap(([item, over]) => guardsIn(item, over));
    return [...new Set(found)];
  }
  return Object.values(node).flatMap((item) => guardsIn(item, select));
}

/** Whether anything but what the guards mark, and values of this package, comes through an expression. */
function exposes(part: unknown, select: Select, guards: readonly string[]): boolean {
  if (Array.isArray(part)) return part.some((item) => exposes(item, select, guards));
  if (typeof part !== 'object' || part === null) return false;
  const node = part as Expression | RawPart;
  switch (node.kind) {
    case 'source':
    case 'text':
    case 'star':
      return true;
    case 'expression':
      return guards.includes(node.guard ?? '') ? false : exposes(node.expression, select, guards);
    case 'column':
      return columnsNamed(node, select).some(([item, over]) => exposes(item, over, guards));
    default:
      return Object.values(node).some((item) => exposes(item, select, guards));
  }
}

/** What a column of an inner statement is there, with that statement; nothing for rows of values. */
function columnsNamed(
  { table, name }: Extract<Expression, { kind: 'column' }>,
  { from, joins }: Select,
): readonly (readonly [Expression, Select])[] {
  const item = [from, ...joins.map((join) => join.item)].find(({ alias }) => alias === table);
  invariant(item, `${table} is no table of its statement`);
  return inside(item).map((select) => {
    const column = select.columns.find(({ alias }) => alias === name);
    invariant(column, `${table} has no column ${name}`);
    return [column.expression, select] as const;
  });
}
