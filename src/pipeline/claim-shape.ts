import type { ClaimValue } from '../planner/claims.ts';

/** The states of the claims, without their values: all that the text of a statement depends on. */
export function shapeOf(values: ReadonlyMap<string, ClaimValue>): string {
  let shape = '';
  for (const value of values.values()) {
    shape += value.kind === 'list' ? `l${value.items.length}` : value.kind[0];
  }
  return shape;
}

export function claimKey(path: readonly string[]): string {
  return path.length === 1 ? `.${path[0]}` : JSON.stringify(path);
}
