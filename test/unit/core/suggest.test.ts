import fc from 'fast-check';
import { expect, test } from 'vitest';
import { suggest } from '../../../src/core/suggest.ts';

/** The textbook's definition, by recursion. */
function distance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  if (a[0] === b[0]) return distance(a.slice(1), b.slice(1));
  const others = [distance(a.slice(1), b), distance(a, b.slice(1))];
  return 1 + Math.min(...others, distance(a.slice(1), b.slice(1)));
}

test('the first of the candidates with the fewest changes is found, if at most a third of the letters differ', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'A'), maxLength: 6 });
  fc.assert(
    fc.property(word, fc.array(word, { maxLength: 5 }), (name, candidates) => {
      const changes = candidates.map((item) => distance(name.toLowerCase(), item.toLowerCase()));
      const least = Math.min(...changes);
      const isClose = least <= Math.floor(Math.max(name.length, 3) / 3);
      expect(suggest(name, candidates)).toBe(
        isClose ? candidates[changes.indexOf(least)] : undefined,
      );
    }),
  );
});

test('a name is found among a thousand', () => {
  const names = Array.from({ length: 1_000 }, (_, index) => `SomeCubeOfTheModel${index}`);
  expect(suggest('SomeCubeOfTheModle', [...names, 'SomeCubeOfTheModel'])).toBe(
    'SomeCubeOfTheModel0',
  );
  expect(suggest('Cutsomers', [...names, 'Customers'])).toBe('Customers');
});

test('many long names that are alike are not all compared', () => {
  let asked = 0;
  function* candidates() {
    for (; asked < 200_000; asked++) yield `${'x'.repeat(190)}${asked}`;
  }
  suggest('y'.repeat(195), candidates());
  expect(asked).toBeLessThan(2_000);
});
