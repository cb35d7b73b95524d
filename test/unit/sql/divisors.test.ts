import { expect, test } from 'vitest';
import { dialects } from '../../../src/sql/dialects/registry.ts';
import { nullDivisors } from '../../../src/sql/divisors.ts';

function guarded(text: string): string {
  const pieces = text
    .split('§')
    .flatMap((part, index) => [
      ...(index > 0 ? [{ kind: 'hole', id: index } as const] : []),
      ...(part === '' ? [] : [{ kind: 'text', text: part } as const]),
    ]);
  return nullDivisors(pieces, dialects.get('postgres')!.lexical)
    .map((piece) => (piece.kind === 'text' ? piece.text : '§'))
    .join('');
}

test.for([
  ['§ / §', '§ / NULLIF(§, 0)'],
  ['§/§/§', '§/NULLIF(§, 0)/NULLIF(§, 0)'],
  ['§ / (§ + §) * 100', '§ / NULLIF((§ + §), 0) * 100'],
  ['§ / §::numeric(10, 2) * 2', '§ / NULLIF(§::numeric(10, 2), 0) * 2'],
  ['§ / CAST(§ AS double precision)', '§ / NULLIF(CAST(§ AS double precision), 0)'],
  ['§ / (§ / §)', '§ / NULLIF((§ / NULLIF(§, 0)), 0)'],
  ['§ / -§', '§ / NULLIF(-§, 0)'],
  [
    '§ / CASE WHEN § > 1 THEN § ELSE 2 END + 1',
    '§ / NULLIF(CASE WHEN § > 1 THEN § ELSE 2 END, 0) + 1',
  ],
  ['§ % §', '§ % NULLIF(§, 0)'],
  ['§ // §', '§ // NULLIF(§, 0)'],
  ['§ / 100', '§ / 100'],
  [`§ || ' / ' || §`, `§ || ' / ' || §`],
  ['§ /* / */ + §', '§ /* / */ + §'],
  ['§ * §', '§ * §'],
] as const)('%s', ([text, expected]) => {
  expect(guarded(text)).toBe(expected);
});
