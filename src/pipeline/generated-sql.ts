import type { Knex } from 'knex';
import type { StatementColumn } from '../lower/lower-plan.ts';
import type { AppliedFilter } from '../lower/lowering.ts';
import type { ParameterValue } from '../sql/ast.ts';
import type { Dialect } from '../sql/dialects/dialect.ts';
import type { Statement } from './statement.ts';
import { statementToKnex } from './to-knex.ts';

/** How one context filter took part in a statement. */
export interface SecurityEntry extends AppliedFilter {
  /** `warning` where an OR beside the filter could undo it. */
  readonly status: 'ok' | 'warning';
}

interface BoundStatement {
  readonly statement: Statement;
  readonly params: readonly ParameterValue[];
}

const periods = new WeakMap<GeneratedSql, number>();

/** How many rows of periods a statement has: what the queries of one request share a budget of. */
export function periodsOf(generated: GeneratedSql): number {
  return periods.get(generated)!;
}

/** A statement for one user: text, and values that never were part of it. */
export class GeneratedSql {
  /** One statement, without a final semicolon. */
  readonly sql: string;
  /** One value for each placeholder, in the order of their numbers. */
  readonly params: readonly ParameterValue[];
  readonly columns: readonly StatementColumn[];
  readonly security: readonly SecurityEntry[];
  /** SHA-256 of `sql` (UTF-8), hexadecimal. Equal texts have equal hashes, whoever asks. */
  readonly hash: string;
  /** Counts the rows without offset and limit, in its one column; null unless the query has `total: true`. */
  readonly total: GeneratedSql | null;
  readonly #statement: Statement;
  readonly #dialect: Dialect;

  constructor(
    statement: Statement,
    params: readonly ParameterValue[],
    dialect: Dialect,
    total: BoundStatement | null = null,
  ) {
    this.sql = statement.text;
    this.params = params;
    this.columns = statement.columns;
    this.security = statement.security;
    this.hash = statement.hash;
    this.total = total && new GeneratedSql(total.statement, total.params, dialect);
    this.#statement = statement;
    this.#dialect = dialect;
    periods.set(this, statement.periods);
  }

  /**
   * The text with the values written into it, for logs and debugging. Never execute it: a literal is
   * not as safe as a bound value.
   */
  inlined(): string {
    return replacePlaceholders(this.#statement, (index) =>
      literal(this.params[index]!, this.#dialect),
    );
  }

  /**
   * A knex query that selects from this statement: it takes `.where`, `.stream()`, `.transacting`.
   * Columns are the aliases of `columns`; one with a dot is named by `knex.raw('"orders.count"')`.
   *
   * @throws KnexError when the instance speaks another dialect, or would change the text.
   */
  toKnex(knex: Knex): Knex.QueryBuilder {
    return statementToKnex(knex, this, this.#dialect.name, this.#statement.placeholders);
  }
}

/** The text with something else in the place of each placeholder. */
function replacePlaceholders(statement: Statement, replacement: (index: number) => string): string {
  let text = '';
  let from = 0;
  statement.placeholders.forEach(({ start, end }, index) => {
    text += statement.text.slice(from, start) + replacement(index);
    from = end;
  });
  return text + statement.text.slice(from);
}

function literal(value: ParameterValue, dialect: Dialect): string {
  switch (typeof value) {
    case 'string':
      return dialect.stringLiteral(value);
    case 'number':
    case 'bigint':
      return value.toString();
    case 'boolean':
      return value ? 'TRUE' : 'FALSE';
    default:
      return value === null
        ? 'NULL'
        : `ARRAY[${value.map((item) => literal(item, dialect)).join(', ')}]`;
  }
}
