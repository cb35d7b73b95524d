import type { Bins, Granularity } from '../time-ast.ts';
import { own, sql, type PrintedText } from '../printed.ts';
import type { Dialect, Printed } from './dialect.ts';
import {
  concatenate,
  countDistinct,
  isUtc,
  monthNumber,
  offsetByInstant,
  plainAggregates,
  remainder,
  searchPattern,
  standardCalls,
} from './standard-functions.ts';

/** A stored time (text, with or without `T`, fraction or `Z`) in one form, which sorts as it should. */
function normalized(operand: Printed): PrintedText {
  return sql`strftime('%Y-%m-%d %H:%M:%f', ${operand})`;
}

const formats: Readonly<Record<Exclude<Granularity, 'week' | 'quarter'>, string>> = {
  second: '%Y-%m-%dT%H:%M:%S.000',
  minute: '%Y-%m-%dT%H:%M:00.000',
  hour: '%Y-%m-%dT%H:00:00.000',
  day: '%Y-%m-%dT00:00:00.000',
  month: '%Y-%m-01T00:00:00.000',
  year: '%Y-01-01T00:00:00.000',
};

function truncate(operand: Printed, granularity: Granularity): PrintedText {
  switch (granularity) {
    case 'week':
      // To the Sunday on or after it, and back to that week's Monday.
      return sql`strftime('%Y-%m-%dT00:00:00.000', ${operand}, 'weekday 0', '-6 days')`;
    case 'quarter': {
      const month = sql`printf('%02d', (strftime('%m', ${operand}) - 1) / 3 * 3 + 1)`;
      return sql`(strftime('%Y-', ${operand}) || ${month} || '-01T00:00:00.000')`;
    }
    default:
      return sql`strftime('${own(formats[granularity])}', ${operand})`;
  }
}

function bin(operand: Printed, { unit, every, origin, shift }: Bins): PrintedText {
  if (unit === 'second') {
    const second = sql`CAST(strftime('%s', ${operand}) AS INTEGER)`;
    const rest = remainder(second, Date.parse(`${origin}Z`) / 1000, every);
    return sql`strftime('${own(formats.second)}', ${second} - ${rest}, 'unixepoch')`;
  }
  const moved = own(`'-${shift} seconds'`);
  const month = sql`(strftime('%Y', ${operand}, ${moved}) * 12 + strftime('%m', ${operand}, ${moved}) - 1)`;
  const first = sql`(${month} - ${remainder(month, monthNumber(origin) - 1, every)})`;
  const day = sql`printf('%04d-%02d-01', ${first} / 12, ${first} % 12 + 1)`;
  return sql`strftime('${own(formats.second)}', ${day}, '${own(`+${shift} seconds`)}')`;
}

/** SQLite 3.38 and later. Times are stored as text in UTC. https://www.sqlite.org/lang_datefunc.html */
export const sqlite: Dialect = {
  name: 'sqlite',
  lexical: {
    identifierQuotes: new Map([
      ['"', '"'],
      ['`', '`'],
      ['[', ']'],
    ]),
    stringQuotes: ["'"],
    backslashEscapes: false,
    escapeStrings: false,
    dollarQuotes: false,
    nestedComments: false,
    hashComments: false,
    dashNeedsSpace: false,
    executableComments: false,
    placeholders: ['dollar', 'question', 'colon', 'at'],
    pipesAreOr: false,
  },
  identifier: { open: '"', close: '"', maxBytes: 255, separator: '.' },
  placeholder: () => '?',
  maxParameters: 32_766,
  stringLiteral: (value) => `'${value.replaceAll("'", "''")}'`,
  types: {
    string: 'TEXT',
    number: 'REAL',
    boolean: 'INTEGER',
    timestamp: 'TEXT',
    'local-timestamp': 'TEXT',
    date: 'TEXT',
    integer: 'INTEGER',
  },
  traits: {
    // The affinity and the collation of a column.
    looseEquality: 'converts',
    longLists: 'json',
    timeZones: 'offsets',
    nullsSortAs: 'said',
    timestampFormat: 'plain',
    inferredParameters: false,
    booleansAsNumbers: true,
    // A compound has at most 500 SELECTs, and a VALUES any number of rows.
    constantRows: 'values',
    // Neither flattened nor given conditions: https://www.sqlite.org/optoverview.html#subquery_flattening
    fence: 'LIMIT -1',
  },
  functions: {
    call: { ...standardCalls, concat: concatenate },
    aggregate: { ...plainAggregates, 'count-distinct-approximate': countDistinct },
    cast: (operand, type) => sql`CAST(${operand} AS ${own(sqlite.types[type])})`,
    truncate,
    bin,
    wallTime: (value) => own(sqlite.stringLiteral(value)),
    localTime: (operand, _zone, offsets) => {
      const shift = offsetByInstant(
        offsets,
        (minutes) => `'${signed(minutes)} minutes'`,
        (instant) => sql`${normalized(operand)} < ${own(sqlite.stringLiteral(instant))}`,
      );
      return isUtc(offsets)
        ? normalized(operand)
        : sql`strftime('%Y-%m-%d %H:%M:%f', ${operand}, ${shift})`;
    },
    contains: (operand, needle, position, negated) => {
      const pattern = searchPattern(needle, position);
      return negated
        ? sql`${operand} NOT LIKE ${pattern} ESCAPE '!'`
        : sql`${operand} LIKE ${pattern} ESCAPE '!'`;
    },
    instant: normalized,
    exactText: (operand) => sql`CAST(${operand} AS TEXT) COLLATE BINARY`,
    inBoundList: (column, list) => sql`${column} IN (SELECT value FROM json_each(${list}))`,
  },
};

function signed(minutes: number): string {
  return minutes < 0 ? String(minutes) : `+${minutes}`;
}
