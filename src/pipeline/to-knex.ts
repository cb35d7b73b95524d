import type { Knex } from 'knex';
import type { DialectName } from '../sql/dialects/dialect.ts';
import type { GeneratedSql } from './generated-sql.ts';

/** How knex's client for a dialect treats a `?` that is no placeholder. */
interface KnexClient {
  readonly dialect: string;
  /** `escape`: `\?` becomes `?`. `keep`: the text arrives as it is. `refuse`: it would be replaced. */
  readonly literalQuestion: 'escape' | 'keep' | 'refuse';
}

const clients: Readonly<Record<DialectName, KnexClient | null>> = {
  postgres: { dialect: 'postgresql', literalQuestion: 'escape' },
  // mysql2's text protocol replaces every `?`, inside literals too.
  mysql: { dialect: 'mysql', literalQuestion: 'refuse' },
  mariadb: { dialect: 'mysql', literalQuestion: 'refuse' },
  sqlite: { dialect: 'sqlite3', literalQuestion: 'keep' },
  duckdb: null,
};

/** A statement that a knex instance cannot run as it is. */
export class KnexError extends TypeError {
  override readonly name = 'KnexError';
  readonly code = 'knex/not-applicable';
}

/** The statement as a derived table of a knex query, its text and its values untouched. */
export function statementToKnex(
  knex: Knex,
  generated: GeneratedSql,
  dialect: DialectName,
  placeholders: readonly { readonly start: number; readonly end: number }[],
): Knex.QueryBuilder {
  const client = clients[dialect];
  const given = String((knex.client as { dialect?: unknown }).dialect);
  if (!client) throw new KnexError(`knex has no client for ${dialect}; use its driver`);
  if (client.dialect !== given) {
    throw new KnexError(`the statement is for ${dialect}, and this knex instance speaks ${given}`);
  }
  const text = withQuestionMarks(generated.sql, placeholders, client);
  const table = knex.raw('');
  // knex.raw would rewrite every `?`, in literals too; what it makes of its text is replaced instead.
  Object.defineProperty(table, 'toSQL', {
    value: () => ({
      method: 'raw',
      sql: `(\n${text}\n) as ${quoteAlias(knex)}`,
      bindings: [...generated.params],
    }),
  });
  return knex.queryBuilder().from(table);
}

function quoteAlias(knex: Knex): string {
  return String(knex.ref('cubewright'));
}

function withQuestionMarks(
  sql: string,
  placeholders: readonly { readonly start: number; readonly end: number }[],
  client: KnexClient,
): string {
  let text = '';
  let from = 0;
  for (const { start, end } of placeholders) {
    text += literalText(sql.slice(from, start), client) + '?';
    from = end;
  }
  return text + literalText(sql.slice(from), client);
}

function literalText(text: string, client: KnexClient): string {
  if (client.literalQuestion === 'keep' || !text.includes('?')) return text;
  if (client.literalQuestion === 'refuse' || text.includes('\\?')) {
    throw new KnexError(
      "the schema's SQL contains a ? that knex would take for a placeholder; run sql and params with a driver instead",
    );
  }
  return text.replaceAll('?', '\\?');
}
