import type { Granularity } from '../time-ast.ts';
import { join, own, sql, type PrintedText } from '../printed.ts';
import type { Dialect, Printed } from './dialect.ts';
import {
  countDistinct,
  isUtc,
  monthNumber,
  offsetByInstant,
  plainAggregates,
  standardCalls,
} from './standard-functions.ts';

const formats: Readonly<Record<Exclude<Granularity, 'week' | 'quarter'>, string>> = {
  second: '%Y-%m-%dT%H:%i:%s.000',
  minute: '%Y-%m-%dT%H:%i:00.000',
  hour: '%Y-%m-%dT%H:00:00.000',
  day: '%Y-%m-%dT00:00:00.000',
  month: '%Y-%m-01T00:00:00.000',
  year: '%Y-01-01T00:00:00.000',
};

function truncate(operand: Printed, granularity: Granularity): PrintedText {
  switch (granularity) {
    case 'week':
      return sql`DATE_FORMAT(DATE_SUB(${operand}, INTERVAL WEEKDAY(${operand}) DAY), '%Y-%m-%dT00:00:00.000')`;
    case 'quarter':
      return sql`CONCAT(DATE_FORMAT(${operand}, '%Y-'), LPAD(QUARTER(${operand}) * 3 - 2, 2, '0'), '-01T00:00:00.000')`;
    default:
      return sql`DATE_FORMAT(${operand}, '${own(formats[granularity])}')`;
  }
}

/** Case-insensitive under every collation. */
function like(
  operand: Printed,
  needle: Printed,
  position: 'anywhere' | 'start' | 'end',
  word: string,
): PrintedText {
  const before = position === 'start' ? [] : [own("'%'")];
  const after = position === 'end' ? [] : [own("'%'")];
  const pattern = sql`CONCAT(${join([...before, needle, ...after], ', ')})`;
  return sql`LOWER(${operand}) ${own(word)} LOWER(${pattern}) ESCAPE '!'`;
}

/**
 * MySQL 8, with a session in UTC whose sql_mode has neither ANSI_QUOTES nor NO_BACKSLASH_ESCAPES nor
 * PIPES_AS_CONCAT. https://dev.mysql.com/doc/refman/8.4/en/language-structure.html
 */
export const mysql: Dialect = {
  name: 'mysql',
  lexical: {
    identifierQuotes: new Map([['`', '`']]),
    stringQuotes: ["'", '"'],
    backslashEscapes: true,
    escapeStrings: false,
    dollarQuotes: false,
    nestedComments: false,
    hashComments: true,
    dashNeedsSpace: true,
    executableComments: true,
    placeholders: ['dollar', 'question', 'colon', 'at'],
    pipesAreOr: true,
  },
  identifier: { open: '`', close: '`', maxBytes: 64, separator: '.' },
  placeholder: () => '?',
  maxParameters: 65_535,
  stringLiteral: (value) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`,
  types: {
    string: 'CHAR',
    number: 'DECIMAL(65, 10)',
    boolean: 'SIGNED',
    timestamp: 'DATETIME(3)',
    'local-timestamp': 'DATETIME(3)',
    date: 'DATE',
    integer: 'SIGNED',
  },
  traits: {
    looseEquality: 'folds',
    longLists: 'json',
    timeZones: 'offsets',
    nullsSortAs: 'smallest',
    timestampFormat: 'plain',
    inferredParameters: false,
    booleansAsNumbers: true,
    // MySQL says VALUES ROW(1), MariaDB VALUES (1).
    constantRows: 'selects',
    // A derived table with a limit is neither merged nor given conditions from outside.
    fence: 'LIMIT 18446744073709551615',
  },
  functions: {
    call: { ...standardCalls, concat: (args) => sql`CONCAT(${join(args, ', ')})` },
    aggregate: { ...plainAggregates, 'count-distinct-approximate': countDistinct },
    cast: (operand, type) => sql`CAST(${operand} AS ${own(mysql.types[type])})`,
    truncate,
    bin: (operand, { unit, every, origin, shift }) => {
      const start = own(mysql.stringLiteral(origin.replace('T', ' ')));
      const [size, moved] = [own(String(every)), own(String(shift))];
      const form = own("'%Y-%m-%dT%H:%i:%s.000'");
      if (unit === 'second') {
        const bins = sql`FLOOR(TIMESTAMPDIFF(MICROSECOND, ${start}, ${operand}) / (${size} * 1000000))`;
        return sql`DATE_FORMAT(DATE_ADD(${start}, INTERVAL ${bins} * ${size} SECOND), ${form})`;
      }
      const local = sql`DATE_SUB(${operand}, INTERVAL ${moved} SECOND)`;
      const month = sql`YEAR(${local}) * 12 + MONTH(${local}) - ${own(String(monthNumber(origin)))}`;
      const binned = sql`DATE_ADD(${start}, INTERVAL FLOOR((${month}) / ${size}) * ${size} MONTH)`;
      return sql`DATE_FORMAT(DATE_ADD(${binned}, INTERVAL ${moved} SECOND), ${form})`;
    },
    wallTime: (value) => own(mysql.stringLiteral(value)),
    // Time zones by name need tables that a server may lack; then CONVERT_TZ gives NULL.
    localTime: (operand, _zone, offsets) => {
      const shift = offsetByInstant(
        offsets,
        (minutes) => String(minutes),
        (instant) => sql`${operand} < ${own(mysql.stringLiteral(instant))}`,
      );
      return isUtc(offsets) ? operand : sql`DATE_ADD(${operand}, INTERVAL ${shift} MINUTE)`;
    },
    contains: (operand, needle, position, negated) =>
      like(operand, needle, position, negated ? 'NOT LIKE' : 'LIKE'),
    instant: (operand) => operand,
    exactText: (operand) => sql`BINARY ${operand}`,
    inBoundList: (column, list) =>
      sql`${column} IN (SELECT item FROM JSON_TABLE(${list}, '$[*]' COLUMNS (item LONGTEXT PATH '$')) AS items)`,
  },
};
