import type { ClaimTest } from '../core/claim-test.ts';

/** SQL text as its author wrote it, with everything that is not text as a node. */
export interface Template {
  readonly pieces: readonly TemplatePiece[];
  /** File of the whole value; text pieces with a `start` lie in it. */
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

export type TemplatePiece =
  | TextPiece
  | ReferencePiece
  | FilterPiece
  | ClaimPiece
  | UnsafePiece
  | ConditionalPiece
  | DynamicPiece
  | QueryFilterPiece
  | LocalTimePiece
  | ArgumentPiece
  | PlaceholderPiece
  | ListPiece;

/** Cooked text. `start` is its offset in the file when it stands there verbatim. */
export interface TextPiece {
  readonly kind: 'text';
  readonly text: string;
  readonly start?: number;
}

/** Offsets of a piece in the template's file; absent for what an evaluated helper made elsewhere. */
interface Placed {
  readonly start?: number;
  readonly end?: number;
}

/** `${CUBE}`, `${member}`, `${Other.member}`, or `${Other.sql()}` when `source` is true. */
export interface ReferencePiece extends Placed {
  readonly kind: 'reference';
  /** At least one name, as written: `['CUBE', 'amount']`. */
  readonly path: readonly string[];
  readonly source: boolean;
}

/** A path of property names below `USER_CONTEXT` / `SECURITY_CONTEXT`; at least one. */
export type ClaimPath = readonly string[];

/** `${USER_CONTEXT.id.filter('user_id')}`, or `requiredFilter` when `required` is true. */
export interface FilterPiece extends Placed {
  readonly kind: 'filter';
  readonly claim: ClaimPath;
  readonly required: boolean;
  readonly target: FilterTarget;
}

export type FilterTarget =
  | { readonly kind: 'column'; readonly column: readonly TemplatePiece[] }
  /**
   * A function, traced once with a placeholder and once with a list of placeholders. A trace that
   * threw is null; both null is reported before this is made.
   */
  | {
      readonly kind: 'function';
      readonly scalar: readonly TemplatePiece[] | null;
      readonly list: readonly TemplatePiece[] | null;
      /** Source text of the function, for `Filter for <col> is required`; at most 200 characters. */
      readonly text: string;
    };

/** A bare `${SECURITY_CONTEXT.tenant}`: a bound parameter. */
export interface ClaimPiece extends Placed {
  readonly kind: 'claim';
  readonly claim: ClaimPath;
}

/** `${SECURITY_CONTEXT.tenant.unsafeValue()}`: becomes text. */
export interface UnsafePiece extends Placed {
  readonly kind: 'unsafe';
  readonly claim: ClaimPath;
}

/** What a text is when a test of a claim holds, and when it does not. */
export interface ConditionalPiece {
  readonly kind: 'conditional';
  readonly test: ClaimTest;
  readonly then: readonly TemplatePiece[];
  readonly otherwise: readonly TemplatePiece[];
}

/** The whole of a text that reads claims in a way of its own: evaluated for each user. */
export interface DynamicPiece {
  readonly kind: 'dynamic';
}

/**
 * `${FILTER_PARAMS.Orders.status.filter('status')}`: what the query itself asks of a member; more
 * than one of them inside `FILTER_GROUP(...)`, which also sees filters that join members by OR.
 */
export interface QueryFilterPiece extends Placed {
  readonly kind: 'query-filter';
  readonly filters: readonly MemberFilter[];
}

export interface MemberFilter {
  /** Cube and member, as written. */
  readonly path: readonly string[];
  readonly target: MemberFilterTarget;
}

export type MemberFilterTarget =
  | { readonly kind: 'column'; readonly column: readonly TemplatePiece[] }
  /** `(from, to) => ...` with an {@link ArgumentPiece} a parameter, and `...values` as a list. */
  | {
      readonly kind: 'function';
      readonly parameters: number;
      readonly rest: boolean;
      readonly body: readonly TemplatePiece[];
    };

/** `${SQL_UTILS.convertTz(column)}`: a stored instant in the time zone of the query. */
export interface LocalTimePiece extends Placed {
  readonly kind: 'local-time';
  readonly operand: readonly TemplatePiece[];
}

/** A value handed to a function of `FILTER_PARAMS`, by its position. */
export interface ArgumentPiece {
  readonly kind: 'argument';
  readonly index: number;
}

/**
 * The value handed to a filter function: the scalar, or the current item inside a {@link ListPiece}; an
 * item by its index, `null` items not counted, where the function was traced for one user's list.
 */
export interface PlaceholderPiece {
  readonly kind: 'placeholder';
  readonly item: number | null;
}

/** `values.join(separator)` or `values.map((v) => item).join(separator)` inside a list trace. */
export interface ListPiece {
  readonly kind: 'list';
  readonly separator: string;
  readonly item: readonly TemplatePiece[];
}
