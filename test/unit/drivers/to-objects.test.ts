import { expect, test } from 'vitest';
import { toObjects } from '../../../src/drivers/index.ts';

test('a column called __proto__ is a column', () => {
  const [object] = toObjects({
    columns: [
      { name: '__proto__', type: 'string' },
      { name: 'orders.count', type: 'integer' },
    ],
    rows: [['x', 1]],
  });
  expect(Object.getPrototypeOf(object)).toBe(null);
  expect(Object.entries(object!)).toEqual([
    ['__proto__', 'x'],
    ['orders.count', 1],
  ]);
});
