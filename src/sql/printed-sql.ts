import type { Origin, ParameterSource } from './ast.ts';

/** A statement's text and what belongs to it. */
export interface PrintedSql {
  readonly text: string;
  /** One for each placeholder, in the order of their numbers. */
  readonly parameters: readonly ParameterSource[];
  /** Where each placeholder stands in `text`, ascending; as many as `parameters`. */
  readonly placeholders: readonly { readonly start: number; readonly end: number }[];
  /** Ascending, not overlapping: which part of the text came from which place in the schema. */
  readonly origins: readonly PrintedOrigin[];
}

export interface PrintedOrigin {
  readonly start: number;
  readonly end: number;
  readonly origin: Origin;
}
