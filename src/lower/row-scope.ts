import type { MemberPath } from '../core/names.ts';
import type { Expression } from '../sql/ast.ts';

/** What the names in an author's SQL stand for where it is put. */
export interface RowScope {
  /** The table alias of a cube. */
  aliasOf(cube: string): string;
  /** A member's SQL. */
  member(path: MemberPath): Expression;
}
