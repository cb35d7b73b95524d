import { expect, test } from 'vitest';
import { BoundedCache } from '../../../src/pipeline/bounded-cache.ts';

test('forgets what was used longest ago, by weight', () => {
  const cache = new BoundedCache<number>(10);
  cache.set('a', 1, 4);
  cache.set('b', 2, 4);
  expect(cache.get('a')).toBe(1);
  cache.set('c', 3, 4);
  expect(cache.get('b')).toBeUndefined();
  expect(cache.get('a')).toBe(1);
  cache.set('d', 4, 11);
  expect(cache.get('d')).toBeUndefined();
  cache.set('a', 5, 9);
  expect([cache.get('a'), cache.get('c')]).toEqual([5, undefined]);
});
