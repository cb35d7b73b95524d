import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dialects } from '../../../src/sql/dialects/registry.ts';
import { classifyRaw, lexUnsafeText, type RawPiece } from '../../../src/sql/raw-text.ts';

const rules = (name: 'postgres' | 'mysql' | 'sqlite' | 'duckdb') => dialects.get(name)!.lexical;

/** `§` stands for a hole, numbered from 0. */
function pieces(text: string): RawPiece[] {
  let id = 0;
  return text
    .split(/(§)/)
    .filter((part) => part !== '')
    .map((part) => (part === '§' ? { kind: 'hole', id: id++ } : { kind: 'text', text: part }));
}

function inserted(dialect: Parameters<typeof rules>[0], text: string, value: string) {
  const hole = classifyRaw(pieces(text), rules(dialect)).holes.get(0)!;
  return lexUnsafeText(value, hole, rules(dialect));
}

describe('text of a claim that would be read otherwise beside its neighbours', () => {
  test.for([
    ['postgres', 'FROM orders_§ x', '$$ ; DROP TABLE t; --$$'],
    ['postgres', 'FROM orders_§ x', '$a$ ; DROP TABLE t; --$a$'],
    ['postgres', 'FROM orders_§ x', "e'\\' ; DROP TABLE t; -- '"],
    ['duckdb', 'FROM orders_§ x', "E'\\' ; DROP TABLE t; -- '"],
    ['postgres', '§§', '$$ ; $$', 1],
    ['postgres', '$a$ $§$ ; DROP TABLE t; -- $a$', 'a'],
    ['postgres', '$ab$ $§b$ ; DROP TABLE t; -- $ab$', 'a'],
    ['postgres', '$$ $§$ ; DROP TABLE t; -- $$', ''],
    ['postgres', "§\n'b\\'", "E'x'"],
    ['postgres', "§'b\\'", 'e'],
    ['postgres', "e§'b\\'", ''],
    ['mysql', 'a -§- 1', ''],
    ['mysql', 'a /§* 1', ''],
  ] as const)('%s: %s with %s is refused', ([dialect, text, value, id = 0]) => {
    const hole = classifyRaw(pieces(text), rules(dialect)).holes.get(id)!;
    expect(lexUnsafeText(value, hole, rules(dialect)).ok).toBe(false);
  });

  test.for([
    ['postgres', 'FROM orders_§ x', 'tenant1'],
    ['postgres', 'FROM orders_§ x', '42'],
    ['postgres', 'FROM §.orders x', 'tenant1'],
    ['postgres', 'a = §', '$$it is$$'],
    ['postgres', 'a IN (§)', "1,'two',3"],
    ['postgres', '$a$ it is § $a$', 'a'],
    ['postgres', '$$ it is §$$', 'a'],
  ] as const)('but %s: %s with %s stands', ([dialect, text, value]) => {
    expect(inserted(dialect, text, value)).toEqual({ ok: true, text: value });
  });
});

test('no claim changes how anything around it is read', () => {
  const parts = ["'", "e'", '$$', '$a$', 'a', '$', '\\', ';', '--', '\n', ' ', '1', '"', '(', ')'];
  const surroundings = fc.constantFrom(
    ['FROM orders_', ' x'],
    ['a = ', ''],
    ['(', ')'],
    ['1', ''],
    ["e'", "'"],
    ['$a$ $', '$ $a$'],
    ['$a$ ', '$ $a$'],
    ['$aa$ $a', '$ $aa$'],
    ['', "\n'b\\'"],
  );
  const value = fc.array(fc.constantFrom(...parts), { maxLength: 7 }).map((list) => list.join(''));
  const dialect = fc.constantFrom('postgres', 'duckdb', 'mysql', 'sqlite' as const);
  fc.assert(
    fc.property(dialect, surroundings, value, (name, [before, after], text) => {
      const whole = (middle: string) =>
        classifyRaw(pieces(`${before}${middle}${after}`), rules(name));
      const plain = whole('§');
      if (plain.problems.length > 0) return;
      const made = lexUnsafeText(text, plain.holes.get(0)!, rules(name));
      if (!made.ok) return;
      expect(whole(made.text).problems).toEqual([]);
    }),
    { numRuns: 20_000 },
  );
});
