/** What a fragment is for, which decides what it may refer to. */
export type FragmentRole =
  | 'source'
  | 'row'
  /** A dimension of a query of its own, which may be a measure of any cube. */
  | 'sub-query'
  /** The argument or a filter of an aggregate. */
  | 'aggregate'
  /** A measure of type `number`: over finished aggregates. */
  | 'composition'
  | 'join';
