import { describe, expect, test } from 'vitest';
import { dialects } from '../../../src/sql/dialects/registry.ts';
import { classifyRaw, type RawPiece } from '../../../src/sql/raw-text.ts';

const rules = (name: 'postgres' | 'mysql' | 'duckdb') => dialects.get(name)!.lexical;

/** `§` stands for a hole, numbered from 0. */
function pieces(text: string): RawPiece[] {
  let id = 0;
  return text
    .split(/(§)/)
    .filter((part) => part !== '')
    .map((part) => (part === '§' ? { kind: 'hole', id: id++ } : { kind: 'text', text: part }));
}

describe('words that look like keywords or calls', () => {
  test.for([
    ['postgres', 't.case = 1 OR b', 'or'],
    ['postgres', 't.case, b', 'list'],
    ['postgres', '1 AS case OR b', 'or'],
    ['postgres', 'CASE WHEN t.end = 1 OR b THEN 1 END', 'atom'],
    ['postgres', 'CASE WHEN a OR b', 'or'],
    ['postgres', 't.or', 'atom'],
    ['postgres', 'NOT (a)', 'operators'],
    ['postgres', 'EXISTS (SELECT 1)', 'operators'],
    ['postgres', 'DISTINCT (a)', 'operators'],
    ['mysql', 'BINARY (a)', 'operators'],
    ['postgres', '§§', 'operators'],
    ['postgres', '§(a)', 'operators'],
    ['postgres', 'x§y', 'atom'],
    ['postgres', '§.§', 'atom'],
    ['postgres', 's.f(a)', 'atom'],
  ] as const)('%s: %s binds as %s', ([dialect, text, binding]) => {
    expect(classifyRaw(pieces(text), rules(dialect)).binding).toBe(binding);
  });
});

test('an escape string that goes on in the next line still escapes', () => {
  const codes = (text: string) =>
    classifyRaw(pieces(text), rules('postgres')).problems.map(({ code }) => code);
  expect(codes("E'a'\n'b\\''")).toEqual([]);
  expect(codes("E'a' -- c\n'b\\''")).toEqual([]);
  expect(codes("'a'\n'b\\'")).toEqual([]);
  expect(codes("E'a'\n§x'b'")).toEqual(['ambiguous-text']);
  expect(codes("E'a'/*§*/\n'b\\'")).toEqual(['unterminated-string']);
});

test('a colon inside brackets of DuckDB is no placeholder', () => {
  expect(classifyRaw(pieces("{'a':x}"), rules('duckdb')).problems).toEqual([]);
  expect(classifyRaw(pieces('({a:1}).a = :x'), rules('duckdb')).problems).toMatchObject([
    { code: 'placeholder' },
  ]);
});

test('nested holes are placed in linear time', () => {
  const found = classifyRaw(pieces('a OR (' + '(§'.repeat(100_000)), rules('postgres'));
  expect(found.holes.get(99_999)?.orBeside).toBe(true);
}, 3000);
