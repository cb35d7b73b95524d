import { own, sql } from '../printed.ts';
import type { Dialect } from './dialect.ts';
import {
  concatenate,
  countDistinct,
  monthNumber,
  plainAggregates,
  searchPattern,
  standardCalls,
} from './standard-functions.ts';

/** PostgreSQL 12 and later, with a session in UTC. https://www.postgresql.org/docs/current/sql-syntax-lexical.html */
export const postgres: Dialect = {
  name: 'postgres',
  lexical: {
    identifierQuotes: new Map([['"', '"']]),
    stringQuotes: ["'"],
    backslashEscapes: false,
    escapeStrings: true,
    dollarQuotes: true,
    nestedComments: true,
    hashComments: false,
    dashNeedsSpace: false,
    executableComments: false,
    placeholders: ['dollar', 'colon', 'at'],
    pipesAreOr: false,
  },
  identifier: { open: '"', close: '"', maxBytes: 63, separator: '.' },
  placeholder: (number) => `$${number}`,
  maxParameters: 65_535,
  // The E form means the same whatever standard_conforming_strings says.
  stringLiteral: (value) =>
    value.includes('\\')
      ? `E'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
      : `'${value.replaceAll("'", "''")}'`,
  types: {
    string: 'text',
    number: 'numeric',
    boolean: 'boolean',
    timestamp: 'timestamptz',
    'local-timestamp': 'timestamp',
    date: 'date',
    integer: 'bigint',
  },
  traits: {
    looseEquality: 'none',
    longLists: 'array',
    timeZones: 'named',
    nullsSortAs: 'largest',
    timestampFormat: 'iso',
    inferredParameters: true,
    booleansAsNumbers: false,
    constantRows: 'values',
    fence: 'OFFSET 0',
  },
  functions: {
    call: { ...standardCalls, concat: concatenate },
    aggregate: { ...plainAggregates, 'count-distinct-approximate': countDistinct },
    cast: (operand, type) => sql`${operand}::${own(postgres.types[type])}`,
    truncate: (operand, granularity) => sql`date_trunc('${own(granularity)}', ${operand})`,
    bin: (operand, { unit, every, origin, shift }) => {
      const start = own(`timestamp '${origin}'`);
      if (unit === 'second') {
        const bins = sql`floor(extract(epoch from (${operand}) - ${start}) / ${own(String(every))})`;
        return sql`(${start} + ${bins} * interval '${own(String(every))} seconds')`;
      }
      const moved = own(`interval '${shift} seconds'`);
      const month = sql`extract(year from (${operand}) - ${moved}) * 12 + extract(month from (${operand}) - ${moved})`;
      const bins = sql`floor((${month} - ${own(String(monthNumber(origin)))}) / ${own(String(every))})`;
      return sql`(${start} + ${bins} * interval '${own(String(every))} months' + ${moved})`;
    },
    wallTime: (value) => own(`timestamp '${value}'`),
    localTime: (operand, zone) =>
      sql`(${operand}::timestamptz AT TIME ZONE ${own(postgres.stringLiteral(zone))})`,
    contains: (operand, needle, position, negated) => {
      const pattern = searchPattern(needle, position);
      return negated
        ? sql`${operand} NOT ILIKE ${pattern} ESCAPE '!'`
        : sql`${operand} ILIKE ${pattern} ESCAPE '!'`;
    },
    instant: (operand) => operand,
    exactText: (operand) => sql`${operand}::text`,
    inBoundList: (column, list) => sql`${column} = ANY(${list})`,
  },
};
