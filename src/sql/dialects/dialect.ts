import type { Expression, SqlType, AggregateFunction, FunctionName } from '../ast.ts';
import type { Bins, Granularity } from '../time-ast.ts';

export type DialectName = 'postgres' | 'mysql' | 'mariadb' | 'sqlite' | 'duckdb';

/** How a dialect reads text: what the lexer needs to know. Plain data. */
export interface LexicalRules {
  /** Identifier quotes, opening to closing: `"` to `"`, backtick to backtick, `[` to `]`. */
  readonly identifierQuotes: ReadonlyMap<string, string>;
  /** Characters that open and close a string literal. */
  readonly stringQuotes: readonly string[];
  /** Whether a backslash escapes inside every string literal. */
  readonly backslashEscapes: boolean;
  /** Whether `E'...'` (backslash escapes) exists. */
  readonly escapeStrings: boolean;
  /** Whether `$tag$ ... $tag$` exists. */
  readonly dollarQuotes: boolean;
  /** Whether block comments nest. */
  readonly nestedComments: boolean;
  /** `#` starts a line comment. */
  readonly hashComments: boolean;
  /** `--` starts a comment only before white space or the end (MySQL). */
  readonly dashNeedsSpace: boolean;
  /** `/*!` and `/*M!` are executed: always refused. */
  readonly executableComments: boolean;
  /** `||` means OR (MySQL, MariaDB); elsewhere it joins text. */
  readonly pipesAreOr: boolean;
  /** Placeholder forms that an author must not write outside literals. */
  readonly placeholders: readonly ('dollar' | 'question' | 'colon' | 'at')[];
}

/** Pieces that a clause printer is given: it may only arrange them. */
export type Print = (expression: Expression) => Printed;

/** Opaque text made by the printer; `sql` tags join them. Never made from a value. */
export interface Printed {
  readonly pieces: readonly unknown[];
}

/**
 * A dialect is a value without optional fields: a new one does not compile until it has said
 * everything. Functions receive printed operands and return printed text.
 */
export interface Dialect {
  readonly name: DialectName;
  readonly lexical: LexicalRules;
  readonly identifier: {
    readonly open: string;
    readonly close: string;
    /** Longest alias in bytes of UTF-8. */
    readonly maxBytes: number;
    /** What stands between cube and member in an alias. */
    readonly separator: '.' | '__';
  };
  /** Text of the placeholder with this number, from 1. */
  readonly placeholder: (number: number) => string;
  /** Most parameters in one statement. */
  readonly maxParameters: number;
  readonly stringLiteral: (value: string) => string;
  readonly types: Readonly<Record<SqlType, string>>;
  readonly traits: Traits;
  readonly functions: DialectFunctions;
}

/** At most a dozen; read by `lower` and by the printer. Each has a golden that changes with it. */
export interface Traits {
  /**
   * `=` `converts` between types, or also `folds` case and accents: claims are compared twice, also as
   * `exactText`, and a claim in any other equality is refused. Where it folds, in patterns and inequalities too.
   */
  readonly looseEquality: 'none' | 'converts' | 'folds';
  /** A long list is bound as one array, or as one JSON text. */
  readonly longLists: 'array' | 'json';
  /** Zones by name, or by a table of offsets. */
  readonly timeZones: 'named' | 'offsets';
  /** Nulls in an order: as the largest value unasked, where NULLS FIRST says, or as the smallest always. */
  readonly nullsSortAs: 'largest' | 'said' | 'smallest';
  /** How instants are bound: `iso` 2020-01-03T23:59:59.999Z, `plain` 2020-01-03 23:59:59.999. */
  readonly timestampFormat: 'iso' | 'plain';
  /** A parameter takes the type of what it is compared with: other numbers need a cast. */
  readonly inferredParameters: boolean;
  /** Booleans are bound as 1 and 0. */
  readonly booleansAsNumbers: boolean;
  /** Whether rows of values are one VALUES, or a SELECT each. */
  readonly constantRows: 'values' | 'selects';
  /** A clause that changes no row, and keeps conditions of the query around it out of a derived table. */
  readonly fence: string;
}

export interface DialectFunctions {
  readonly call: Readonly<Record<FunctionName, (args: readonly Printed[]) => Printed>>;
  /** null: not supported; the caller reports `query/unsupported-function`. */
  readonly aggregate: Readonly<Record<AggregateFunction, ((operand: Printed) => Printed) | null>>;
  readonly cast: (operand: Printed, type: SqlType) => Printed;
  readonly truncate: (operand: Printed, granularity: Granularity) => Printed;
  /** Start of the bin of a local time, in the form that `truncate` has. */
  readonly bin: (operand: Printed, bins: Bins) => Printed;
  /** A local time (`2024-01-01T00:00:00.000`) in the form that `truncate` has. */
  readonly wallTime: (value: string) => Printed;
  /** Local wall time from a UTC instant; `offsets` as in `LocalTimeExpression`. */
  readonly localTime: (
    operand: Printed,
    zone: string,
    offsets: readonly { readonly until: string | null; readonly minutes: number }[],
  ) => Printed;
  readonly contains: (
    operand: Printed,
    needle: Printed,
    position: 'anywhere' | 'start' | 'end',
    negated: boolean,
  ) => Printed;
  /** A stored time in the form in which it compares with a bound instant. */
  readonly instant: (operand: Printed) => Printed;
  /** An operand as text that equals no other text. */
  readonly exactText: (operand: Printed) => Printed;
  /** `column` is one of the items of a list that is bound as one parameter. */
  readonly inBoundList: (column: Printed, list: Printed) => Printed;
}
