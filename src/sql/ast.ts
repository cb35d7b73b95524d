import type {
  BinExpression,
  InstantExpression,
  LocalTimeExpression,
  TruncateExpression,
  WallTimeLiteral,
} from './time-ast.ts';

/**
 * SQL without cubes. Nodes are plain readonly data with a `kind`; the printer is the only maker of
 * text. A node never holds dialect text: dialects say how a kind, a function or a type is written.
 */

import type { WindowExpression } from './window.ts';

// --- values -----------------------------------------------------------------------------------

/** What may be bound. Lists are bound as one parameter where the dialect has arrays. */
export type ParameterValue =
  string | number | bigint | boolean | null | readonly (string | number | bigint | boolean)[];

/** Where a parameter's value comes from when a printed statement is executed for a user. */
export type ParameterSource =
  | { readonly kind: 'constant'; readonly value: ParameterValue }
  | {
      readonly kind: 'claim';
      readonly claim: readonly string[];
      /** Position in a list claim (`null` items already left out); null: the claim itself. */
      readonly item: number | null;
      /** Of the claim, or of each item. */
      readonly encoding: ClaimEncoding;
      /** The whole list is one parameter: as the dialect's `longLists` says. */
      readonly whole?: boolean;
    };

/**
 * `value` as it is; `text` as text, in which booleans are 1 and 0. What is compared as text again: `exact`,
 * of which booleans are `true` and `false`; `exact-boolean` is 1 or 0, and null of anything but booleans.
 */
export type ClaimEncoding = 'value' | 'text' | 'exact' | 'exact-boolean';

/** Abstract types; a dialect names them. */
/** `timestamp`: an instant. `local-timestamp`: a reading of a clock, of no zone. */
export type SqlType =
  'string' | 'number' | 'boolean' | 'timestamp' | 'local-timestamp' | 'date' | 'integer';

/** Where a piece of text comes from; kept through printing to map a database's error position. */
export interface Origin {
  /** `Orders.count`, or a cube's name for its source. */
  readonly member: string;
  /** `sql`, `filters[0].sql`, `case.when[1].sql`, ... */
  readonly property: string;
  readonly file: string;
  /** Offset of the text in the file, when it stands there verbatim. */
  readonly start?: number;
}

// --- expressions ------------------------------------------------------------------------------

export type Expression =
  | RawExpression
  | ColumnExpression
  | StarExpression
  | NumberLiteral
  | StringLiteral
  | ParameterExpression
  | NullLiteral
  | BooleanConstant
  | ComparisonExpression
  | LogicalExpression
  | NotExpression
  | NullTestExpression
  | InExpression
  | ContainsExpression
  | ClaimComparison
  | CaseExpression
  | CastExpression
  | FunctionExpression
  | AggregateExpression
  | WindowExpression
  | TruncateExpression
  | BinExpression
  | WallTimeLiteral
  | LocalTimeExpression
  | InstantExpression
  | BoundListExpression;

/** An author's text with nodes inside it. `parts` alternate freely. */
export interface RawExpression {
  readonly kind: 'raw';
  readonly parts: readonly RawPart[];
  /** From `classifyRaw`: whether the text must be parenthesised next to an operator. */
  readonly binding: RawBinding;
}

/**
 * `atom`: a name, literal, call or anything in brackets. `operators`: has an operator at the top
 * level. `or`: has a top-level OR. `list`: has a top-level comma.
 */
export type RawBinding = 'atom' | 'operators' | 'or' | 'list';

export type RawPart =
  | { readonly kind: 'text'; readonly text: string; readonly origin: Origin }
  /** `bare`: printed without brackets whatever its binding (a column name, an identifier). */
  | {
      readonly kind: 'expression';
      readonly expression: Expression;
      readonly bare?: boolean;
      /** Set on what a context filter became: `member property claim`. Printing ignores it. */
      readonly guard?: string;
    }
  /** Items of a list, each printed, joined by the author's own separator. */
  | { readonly kind: 'join'; readonly separator: string; readonly items: readonly Expression[] }
  /** A whole source in place: another cube's query or table (`${Other.sql()}`). */
  | { readonly kind: 'source'; readonly source: Source; readonly label: string }
  /** A quoted table alias. */
  | { readonly kind: 'alias'; readonly name: string };

/** `"table"."name"`: both quoted. `table` null: the name alone. */
export interface ColumnExpression {
  readonly kind: 'column';
  readonly table: string | null;
  readonly name: string;
}
export interface StarExpression {
  readonly kind: 'star';
}
/** A finite number that this package made; never a user's value. */
export interface NumberLiteral {
  readonly kind: 'number';
  readonly value: number;
}
/** Text of a schema author (a case label), escaped by the dialect. */
export interface StringLiteral {
  readonly kind: 'string';
  readonly value: string;
}
/** One placeholder. `type` prints a cast where the dialect needs one (`$1::timestamptz`). */
export interface ParameterExpression {
  readonly kind: 'parameter';
  readonly source: ParameterSource;
  readonly type?: SqlType;
}
export interface NullLiteral {
  readonly kind: 'null';
}
/** Printed `1=1` or `1=0`. */
export interface BooleanConstant {
  readonly kind: 'constant';
  readonly value: boolean;
}
export interface ComparisonExpression {
  readonly kind: 'comparison';
  readonly operator: '=' | '<>' | '<' | '<=' | '>' | '>=';
  readonly left: Expression;
  readonly right: Expression;
}
/** No items: `1=1` for `and`, `1=0` for `or`. One item: the item. */
export interface LogicalExpression {
  readonly kind: 'logical';
  readonly operator: 'and' | 'or';
  readonly items: readonly Expression[];
}
export interface NotExpression {
  readonly kind: 'not';
  readonly operand: Expression;
}
export interface NullTestExpression {
  readonly kind: 'null-test';
  readonly operand: Expression;
  readonly negated: boolean;
}
/** `operand IN (items)`; at least one item. */
export interface InExpression {
  readonly kind: 'in';
  readonly operand: Expression;
  readonly items: readonly Expression[];
  readonly negated: boolean;
}
/** A case-insensitive text search; `needle`'s `%`, `_` and escape character are escaped by the caller. */
export interface ContainsExpression {
  readonly kind: 'contains';
  readonly operand: Expression;
  readonly needle: Expression;
  readonly position: 'anywhere' | 'start' | 'end';
  readonly negated: boolean;
}
/**
 * `column` equals a claim, or is in a claim's list: the one comparison that is printed strictly
 * where the dialect compares loosely. `values` null: the list is long and bound as one parameter.
 */
export interface ClaimComparison {
  readonly kind: 'claim-comparison';
  readonly column: Expression;
  readonly claim: readonly string[];
  /** null: one value; a number: how many items a list has (at least 1). */
  readonly items: number | null;
  /** Of one value: its position in a list claim; null: the claim itself. */
  readonly item: number | null;
  /** The column is declared to hold booleans: where they are the numbers 1 and 0, they equal those alone. */
  readonly isBoolean?: boolean;
}
export interface CaseExpression {
  readonly kind: 'case';
  readonly branches: readonly { readonly when: Expression; readonly then: Expression }[];
  readonly otherwise: Expression | null;
}
export interface CastExpression {
  readonly kind: 'cast';
  readonly operand: Expression;
  readonly type: SqlType;
}
/** A function of the table in `functions.ts`. */
export interface FunctionExpression {
  readonly kind: 'function';
  readonly name: FunctionName;
  readonly args: readonly Expression[];
}
export type FunctionName = 'concat' | 'lower' | 'coalesce' | 'nullif';
export interface AggregateExpression {
  readonly kind: 'aggregate';
  readonly function: AggregateFunction;
  readonly operand: Expression;
}
export type AggregateFunction =
  'count' | 'count-distinct' | 'count-distinct-approximate' | 'sum' | 'avg' | 'min' | 'max';
/** `operand [NOT] IN` a list that is bound as one parameter (as the dialect's `longLists` says). */
export interface BoundListExpression {
  readonly kind: 'bound-list';
  readonly operand: Expression;
  readonly source: ParameterSource;
  readonly negated: boolean;
}

// --- statements -------------------------------------------------------------------------------

export interface Select {
  readonly kind: 'select';
  readonly distinct: boolean;
  readonly columns: readonly SelectColumn[];
  /** How many columns at the end are there for ORDER BY, and are not selected. Absent: none. */
  readonly unselected?: number;
  readonly from: FromItem;
  readonly joins: readonly Join[];
  readonly where: Expression | null;
  /** Ordinals from 1 of the columns to group by. Empty: no GROUP BY. */
  readonly groupBy: readonly number[];
  readonly having: Expression | null;
  readonly orderBy: readonly OrderItem[];
  /** null: no LIMIT clause (inner selects). */
  readonly limit: number | null;
  readonly offset: number;
}

export interface SelectColumn {
  readonly expression: Expression;
  /** Printed quoted. Already shortened and unique for the dialect. */
  readonly alias: string;
}

export interface FromItem {
  readonly source: Source;
  readonly alias: string;
  /** What its maker calls an author's source. Printing ignores it. */
  readonly label?: string;
}

export type Source =
  /** A bare name as the author wrote it (`public.orders`). */
  | { readonly kind: 'table'; readonly name: RawExpression }
  /** An author's query; printed in brackets on lines of its own. */
  | { readonly kind: 'query'; readonly sql: RawExpression }
  | { readonly kind: 'select'; readonly select: Select }
  /** All columns of another source, in which no condition from outside is evaluated. */
  | { readonly kind: 'fenced'; readonly source: Source; readonly alias: string }
  /** Rows of values that this package made: at least one, each with a value for each column. */
  | {
      readonly kind: 'rows';
      readonly columns: readonly string[];
      readonly rows: readonly (readonly Expression[])[];
    }
  /** All columns of the rows for which a condition holds; the item's label names whose policy it is. */
  | { readonly kind: 'restricted'; readonly item: FromItem; readonly where: Expression }
  /** `UNION ALL` of at least two, whose columns agree. */
  | { readonly kind: 'union'; readonly selects: readonly Select[] };

export interface Join {
  readonly type: 'left' | 'inner' | 'full';
  readonly item: FromItem;
  readonly on: Expression;
}

export interface OrderItem {
  /** Ordinal from 1 of a column; one that is not selected is printed by its expression. */
  readonly column: number;
  readonly descending: boolean;
}
