import type { Fragment } from './model.ts';

/** What stands for a value that a policy hides. */
export type Mask =
  /** Of the member's type; of a time ISO, UTC. */
  | { readonly kind: 'value'; readonly value: string | number | boolean }
  | { readonly kind: 'sql'; readonly sql: Fragment };

/** A mask as a piece of SQL. */
export interface MaskValue {
  readonly kind: 'literal';
  readonly value: string | number | boolean | null;
  readonly type: 'string' | 'number' | 'boolean' | 'time';
}
