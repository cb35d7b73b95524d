import { invariant } from '../core/invariant.ts';
import type { FromItem, Select, Source } from '../sql/ast.ts';

/** The tables that an expression can name, in lower case since some dialects compare aliases without case; of a derived one its columns. */
type Scope = ReadonlyMap<string, ReadonlySet<string> | null>;

const nowhere: Scope = new Map();

/**
 * Proves on the finished AST that each alias is in scope where it is used: in ON the tables joined before
 * and the joined one, elsewhere in a SELECT its own tables, and in a source nothing from outside. Columns of
 * derived tables exist, and positions in GROUP BY and ORDER BY are those of columns.
 */
export function checkScope(select: Select): void {
  const scope = new Map<string, ReadonlySet<string> | null>();
  enter(select.from, scope);
  for (const { item, on } of select.joins) {
    enter(item, scope);
    check(on, scope);
  }
  for (const { expression } of select.columns) check(expression, scope);
  check(select.where, scope);
  check(select.having, scope);
  const positions = [...select.groupBy, ...select.orderBy.map(({ column }) => column)];
  for (const position of positions) {
    const isColumn = position >= 1 && position <= select.columns.length;
    invariant(isColumn, `no column stands at position ${position}`);
  }
}

function enter({ source, alias }: FromItem, scope: Map<string, ReadonlySet<string> | null>): void {
  checkSource(source);
  const name = alias.toLowerCase();
  invariant(!scope.has(name), `two tables of one statement are called ${alias}`);
  scope.set(name, columnsOf(source));
}

function checkSource(source: Source): void {
  switch (source.kind) {
    case 'select':
      return checkScope(source.select);
    case 'union':
      return source.selects.forEach(checkScope);
    case 'fenced':
      return checkSource(source.source);
    case 'restricted': {
      const scope = new Map<string, ReadonlySet<string> | null>();
      enter(source.item, scope);
      return check(source.where, scope);
    }
    default:
      return check(source, nowhere);
  }
}

/** null: those of an author's table or query, which are not known. */
function columnsOf(source: Source): ReadonlySet<string> | null {
  if (source.kind === 'select') return new Set(source.select.columns.map(({ alias }) => alias));
  if (source.kind === 'rows') return new Set(source.columns);
  return source.kind === 'union' ? columnsOf({ kind: 'select', select: source.selects[0]! }) : null;
}

function check(part: unknown, scope: Scope): void {
  if (typeof part !== 'object' || part === null) return;
  if (Array.isArray(part)) {
    for (const item of part) check(item, scope);
    return;
  }
  const node = part as Record<string, unknown>;
  switch (node['kind']) {
    case 'text':
    case 'string':
    case 'number':
    case 'parameter':
      return;
    case 'select':
      return checkScope(part as Select);
    case 'column': {
      const { table, name } = node as { table: string | null; name: string };
      if (table !== null) checkColumn(table, name, scope);
      return;
    }
    case 'alias':
      return void tableOf(node['name'] as string, scope);
    case 'source':
      return checkSource(node['source'] as Source);
    default:
      for (const item of Object.values(node)) check(item, scope);
  }
}

function checkColumn(table: string, name: string, scope: Scope): void {
  const columns = tableOf(table, scope);
  invariant(columns?.has(name) ?? true, `${table} has no column ${name}`);
}

function tableOf(alias: string, scope: Scope): ReadonlySet<string> | null {
  const columns = scope.get(alias.toLowerCase());
  invariant(columns !== undefined, `${alias} is used where it is no table of the statement`);
  return columns;
}
