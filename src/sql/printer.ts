import type { Expression, FromItem, Join, OrderItem, Select, SelectColumn, Source } from './ast.ts';
import type { PrintedSql } from './printed-sql.ts';
import { assemble } from './assemble.ts';
import type { Dialect } from './dialects/dialect.ts';
import { ExpressionPrinter } from './print-expression.ts';
import { join, own, sql, type PrintedText } from './printed.ts';

/** The text of a statement, its parameters, and where each part of it came from. */
export function printSelect(select: Select, dialect: Dialect): PrintedSql {
  return assemble(new SelectPrinter(dialect).select(select, ''), dialect);
}

/** Clauses stand on lines of their own; an author's lines keep their indent, since literals span lines. */
class SelectPrinter {
  readonly #dialect: Dialect;
  readonly #expressions: ExpressionPrinter;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
    this.#expressions = new ExpressionPrinter(dialect, ({ source }) => this.#inline(source));
  }

  select(select: Select, indent: string): PrintedText {
    const columns = selectedColumns(select).map(
      ({ expression, alias }) =>
        sql`${own(`\n${indent}  `)}${this.#expressions.argument(expression)} ${this.#expressions.identifier(alias)}`,
    );
    const lines: PrintedText[] = [
      sql`${own(select.distinct ? 'SELECT DISTINCT' : 'SELECT')}${join(columns, ',')}`,
      sql`FROM ${this.#fromItem(select.from, indent)}`,
      ...select.joins.map((item) => this.#join(item, indent)),
    ];
    if (select.where) lines.push(sql`WHERE ${this.#expressions.argument(select.where)}`);
    if (select.groupBy.length > 0) lines.push(own(`GROUP BY ${select.groupBy.join(', ')}`));
    if (select.having) lines.push(sql`HAVING ${this.#expressions.argument(select.having)}`);
    if (select.orderBy.length > 0) {
      const items = select.orderBy.map((item) => this.#orderItem(item, select));
      lines.push(sql`ORDER BY ${join(items, ', ')}`);
    }
    if (select.limit !== null) lines.push(own(`LIMIT ${select.limit}`));
    if (select.offset > 0) lines.push(own(`OFFSET ${select.offset}`));
    return join(lines, `\n${indent}`);
  }

  #fromItem({ source, alias }: FromItem, indent: string): PrintedText {
    return sql`${this.#source(source, indent)} AS ${this.#expressions.identifier(alias)}`;
  }

  #source(source: Source, indent: string): PrintedText {
    if (source.kind === 'table') return this.#expressions.raw(source.name);
    const inner = `${indent}  `;
    const text = this.#query(source, inner);
    return sql`(${own(`\n${inner}`)}${text}${own(`\n${indent}`)})`;
  }

  #query(source: Exclude<Source, { kind: 'table' }>, indent: string): PrintedText {
    if (source.kind === 'query') return this.#expressions.raw(source.sql);
    if (source.kind === 'select') return this.select(source.select, indent);
    if (source.kind === 'union') {
      const selects = source.selects.map((select) => this.select(select, indent));
      return join(selects, `\n${indent}UNION ALL\n${indent}`);
    }
    if (source.kind === 'rows') return this.#rows(source, indent);
    if (source.kind === 'restricted') {
      const where = this.#expressions.argument(source.where);
      return sql`SELECT * FROM ${this.#fromItem(source.item, indent)} WHERE ${where}`;
    }
    return sql`SELECT * FROM ${this.#fromItem(source, indent)} ${own(this.#dialect.traits.fence)}`;
  }

  /** The first row names the columns. */
  #rows({ columns, rows }: Extract<Source, { kind: 'rows' }>, indent: string): PrintedText {
    const [first, ...others] = rows.map((row) => row.map((item) => this.#expressions.print(item)));
    const named = first!.map(
      (value, index) => sql`${value} ${this.#expressions.identifier(columns[index]!)}`,
    );
    const head = sql`SELECT ${join(named, ', ')}`;
    if (others.length === 0) return head;
    const next = `\n${indent}UNION ALL `;
    if (this.#dialect.traits.constantRows === 'selects') {
      return join([head, ...others.map((row) => sql`SELECT ${join(row, ', ')}`)], next);
    }
    const values = others.map((row) => sql`(${join(row, ', ')})`);
    return sql`${head}${own(next)}VALUES ${join(values, `,\n${indent}  `)}`;
  }

  /** Another cube's source inside an author's text. */
  #inline(source: Source): PrintedText {
    return source.kind === 'table'
      ? this.#expressions.raw(source.name)
      : sql`(${this.#query(source, '')})`;
  }

  #join({ type, item, on }: Join, indent: string): PrintedText {
    const words = { left: 'LEFT JOIN', inner: 'INNER JOIN', full: 'FULL JOIN' };
    return sql`${own(words[type])} ${this.#fromItem(item, indent)} ON ${this.#expressions.argument(on)}`;
  }

  /** Nulls come last ascending and first descending on every dialect. */
  #orderItem({ column, descending }: OrderItem, select: Select): PrintedText {
    const { alias, expression } = select.columns[column - 1]!;
    const isSelected = column <= selectedColumns(select).length;
    const by = isSelected ? own(String(column)) : this.#sortedBy(expression);
    const direction = sql`${by}${own(descending ? ' DESC' : ' ASC')}`;
    const { nullsSortAs } = this.#dialect.traits;
    if (nullsSortAs === 'largest') return direction;
    if (nullsSortAs === 'said')
      return sql`${direction}${own(descending ? ' NULLS FIRST' : ' NULLS LAST')}`;
    if (expression.kind === 'aggregate' && expression.function.startsWith('count'))
      return direction;
    // MariaDB refuses the alias of an aggregate inside an expression, and MySQL the text of a group.
    const tested = select.groupBy.includes(column)
      ? this.#expressions.identifier(alias)
      : this.#expressions.operand(expression);
    return sql`${tested} IS NULL${own(descending ? ' DESC' : ' ASC')}, ${direction}`;
  }

  /** An author's text may be a number, which ORDER BY takes for the place of a column. */
  #sortedBy(expression: Expression): PrintedText {
    const isText =
      expression.kind === 'raw' && expression.parts.every((part) => part.kind === 'text');
    if (!isText) return this.#expressions.operand(expression);
    const args = [expression, { kind: 'null' }] as const;
    return this.#expressions.operand({ kind: 'function', name: 'coalesce', args });
  }
}

function selectedColumns({ columns, unselected = 0 }: Select): readonly SelectColumn[] {
  return unselected === 0 ? columns : columns.slice(0, columns.length - unselected);
}
