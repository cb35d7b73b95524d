import type { ClaimLiteral, ClaimTest } from '../core/claim-test.ts';
import { readOwnValue } from './claims.ts';

/** Identifies a test: equal tests have equal keys. */
export function testKey(test: ClaimTest): string {
  const literals =
    test.kind === 'included' ? test.values : test.kind === 'equals' ? [test.value] : [];
  const told = literals.map((value) => [typeof value, String(value)]);
  return JSON.stringify([test.kind, test.claim, told, test.kind === 'typeof' ? test.type : '']);
}

/**
 * Whether a test holds for a user, as JavaScript would answer it for the claim's own value.
 *
 * @throws SecurityContextError when the way to the claim leads through something that is no object.
 */
export function holds(test: ClaimTest, context: object): boolean {
  const value: unknown = readOwnValue(context, test.claim);
  switch (test.kind) {
    case 'truthy':
      return Boolean(value);
    case 'equals':
      return value === test.value;
    case 'typeof':
      return typeof value === test.type;
    case 'included':
      return test.values.includes(value as ClaimLiteral);
  }
}
