import type { Expression } from './ast.ts';

/** A local timestamp cut to the start of a unit. Weeks start on Monday. */
export interface TruncateExpression {
  readonly kind: 'truncate';
  readonly granularity: Granularity;
  readonly operand: Expression;
}

/** A local timestamp moved back to the start of its bin. */
export interface BinExpression {
  readonly kind: 'bin';
  readonly bins: Bins;
  readonly operand: Expression;
}

/** Periods of one length, counted from an origin in both directions. */
export interface Bins {
  readonly unit: 'second' | 'month';
  /** How many units a bin has. */
  readonly every: number;
  /** Local time (`2024-01-01T00:00:00.000`); of months the start of one. */
  readonly origin: string;
  /** Seconds by which bins of months start later than a month. */
  readonly shift: number;
}

/** A local time that this package made, of the type and in the form of a truncated one. */
export interface WallTimeLiteral {
  readonly kind: 'wall-time';
  /** `2024-01-01T00:00:00.000`. */
  readonly value: string;
}

export type Granularity =
  'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';
/**
 * A stored instant (UTC) as local wall time of a checked IANA zone. `offsets` is what a dialect
 * without zone names prints: ascending by `until` (ISO, UTC, null for the last), each with the
 * minutes to add before that instant.
 */
export interface LocalTimeExpression {
  readonly kind: 'local-time';
  readonly operand: Expression;
  readonly zone: string;
  readonly offsets: readonly { readonly until: string | null; readonly minutes: number }[];
}

/**
 * A stored time in the form in which it compares with a bound instant: the operand itself where the
 * dialect has a timestamp type, normalised text where it has none (sqlite).
 */
export interface InstantExpression {
  readonly kind: 'instant';
  readonly operand: Expression;
}
