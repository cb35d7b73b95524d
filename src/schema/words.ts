/** `CUBE`, a member or a cube: `${CUBE}.amount`, `${CUBE.amount}`, `${Orders.sql()}`. */
export type Reference = (() => string) & { readonly [member: string]: Reference };

/** SQL text, or a function whose parameters are named after what it refers to. */
export type Sql = string | number | ((...references: Reference[]) => string);

/** Stands for the value of a claim, or for a list of values. */
export type Placeholder = string & readonly string[];

/** A claim of the user who asks. It has a value when a query is made, not while files are compiled. */
export type Claim = ClaimMethods & { readonly [claim: string]: Claim };

interface ClaimMethods {
  /** The condition that `column` is what the claim says; true for everyone when it is absent. */
  filter(column: string | ((value: Placeholder) => string)): string;
  /** As `filter`, and an error when the claim is absent. */
  requiredFilter(column: string | ((value: Placeholder) => string)): string;
  /** The claim as SQL text. */
  unsafeValue(): string;
}

/** A claim where a value or a condition stands. */
export type Condition = Claim | string | number | boolean;

/** What the query filters a member by. */
export interface QueryFilter {
  filter(column: string | ((...values: string[]) => string)): string;
}
