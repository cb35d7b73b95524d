import type { AggregateFunction, Expression } from './ast.ts';

/** `function(operand) OVER (PARTITION BY ... ORDER BY ...)`: over the rows of one SELECT, none of which goes. */
export interface WindowExpression {
  readonly kind: 'window';
  readonly function: AggregateFunction | 'rank';
  /** null for a rank. */
  readonly operand: Expression | null;
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly WindowOrder[];
  /** Over the rows up to this one, in that order, instead of all rows of the partition. */
  readonly running: boolean;
}

export interface WindowOrder {
  readonly expression: Expression;
  readonly descending: boolean;
}
