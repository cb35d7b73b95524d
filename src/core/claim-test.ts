/** A value that a test compares a claim with; undefined: an absent claim. */
export type ClaimLiteral = string | number | boolean | null | undefined;

/**
 * A question about one claim's own value, answered for each user as JavaScript answers it:
 * `unsafeValue()` in a condition, compared with a literal, under `typeof`, or looked for in a list
 * of literals.
 */
export type ClaimTest = { readonly claim: readonly string[] } & (
  | { readonly kind: 'truthy' }
  | { readonly kind: 'equals'; readonly value: ClaimLiteral }
  | { readonly kind: 'typeof'; readonly type: string }
  | { readonly kind: 'included'; readonly values: readonly ClaimLiteral[] }
);
