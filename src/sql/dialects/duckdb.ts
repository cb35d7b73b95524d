import { own, sql } from '../printed.ts';
import type { Dialect } from './dialect.ts';
import { postgres } from './postgres.ts';
import { plainAggregates } from './standard-functions.ts';

/** DuckDB 1.1 and later, with a session in UTC. Its parser is PostgreSQL's. https://duckdb.org/docs/stable/sql/dialect/overview */
export const duckdb: Dialect = {
  ...postgres,
  name: 'duckdb',
  lexical: { ...postgres.lexical, placeholders: ['dollar', 'question', 'colon', 'at'] },
  identifier: { open: '"', close: '"', maxBytes: 255, separator: '.' },
  types: {
    string: 'VARCHAR',
    number: 'DOUBLE',
    boolean: 'BOOLEAN',
    timestamp: 'TIMESTAMP',
    'local-timestamp': 'TIMESTAMP',
    date: 'DATE',
    integer: 'BIGINT',
  },
  stringLiteral: (value) => `'${value.replaceAll("'", "''")}'`,
  // Without a word it sorts nulls last in both directions.
  traits: {
    ...postgres.traits,
    nullsSortAs: 'said',
    inferredParameters: false,
    looseEquality: 'converts',
  },
  functions: {
    ...postgres.functions,
    aggregate: {
      ...plainAggregates,
      'count-distinct-approximate': (operand) => sql`approx_count_distinct(${operand})`,
    },
    cast: (operand, type) => sql`CAST(${operand} AS ${own(duckdb.types[type])})`,
    bin: (operand, { unit, every, origin, shift }) => {
      const start = own(`TIMESTAMP '${origin}'`);
      if (unit === 'second')
        return sql`time_bucket(INTERVAL ${own(String(every))} SECONDS, ${operand}, ${start})`;
      const moved = own(`INTERVAL ${shift} SECONDS`);
      const bucket = sql`time_bucket(INTERVAL ${own(String(every))} MONTHS, (${operand}) - ${moved}, ${start})`;
      return sql`(${bucket} + ${moved})`;
    },
    wallTime: (value) => own(`TIMESTAMP '${value}'`),
    localTime: (operand, zone) =>
      zone === 'UTC'
        ? sql`CAST(${operand} AS TIMESTAMP)`
        : sql`timezone(${own(duckdb.stringLiteral(zone))}, timezone('UTC', CAST(${operand} AS TIMESTAMP)))`,
    exactText: (operand) => sql`CAST(${operand} AS VARCHAR) COLLATE C`,
    inBoundList: (column, list) => sql`${column} IN (SELECT unnest(${list}))`,
  },
};
