import type { MemberPath } from '../core/names.ts';
import type { Expression } from '../sql/ast.ts';

/** What the names in an author's SQL stand for where it is put. */
export interface RowScope {
  /** The table alias of a cube. */
  aliasOf(cube: string): string;
  /** Whether a group can lack what one of several facts measures there: what divides by nothing is null. */
  readonly combined?: true;
  /** A member's SQL. */
  member(path: MemberPath): Expression;
}
