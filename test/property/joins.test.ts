import { expect, test } from 'vitest';
import { propertySeed } from '../support/property-seed.ts';
import { fuzz } from './fuzz.ts';

test('rows of random queries equal what nested loops give', { timeout: 300_000 }, async () => {
  const { runs, refused, failure } = await fuzz({ runs: 500, seed: propertySeed });
  expect(failure).toBeNull();
  expect(runs).toBe(500);
  // Most queries have an answer, and most kinds of refusal are met.
  const total = [...refused.values()].reduce((sum, count) => sum + count, 0);
  expect(total).toBeLessThan(250);
  expect(refused.size).toBeGreaterThanOrEqual(4);
});
