import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dialects } from '../../../src/sql/dialects/registry.ts';
import {
  classifyRaw,
  lexUnsafeText,
  normalizeRaw,
  type RawPiece,
} from '../../../src/sql/raw-text.ts';

const rules = (name: 'postgres' | 'mysql' | 'sqlite' | 'duckdb') => dialects.get(name)!.lexical;

/** `§` stands for a hole, numbered from 0. */
function pieces(text: string): RawPiece[] {
  let id = 0;
  return text
    .split(/(§)/)
    .filter((part) => part !== '')
    .map((part) => (part === '§' ? { kind: 'hole', id: id++ } : { kind: 'text', text: part }));
}

/** Texts with a hole before the last, or none: a text may hold any character, that of holes too. */
function around(before: string, ...behind: readonly string[]): RawPiece[] {
  const text = (part: string): RawPiece[] => (part === '' ? [] : [{ kind: 'text', text: part }]);
  return [...text(before), ...behind.flatMap((part) => [hole, ...text(part)])];
}

const hole: RawPiece = { kind: 'hole', id: 0 };

const show = (list: readonly RawPiece[]) =>
  list.map((piece) => (piece.kind === 'text' ? piece.text : '§')).join('');

describe('how tightly a text binds', () => {
  test.for([
    ['amount', 'atom'],
    ['t.amount', 'atom'],
    ['"a b"."c"', 'atom'],
    ['§.amount', 'atom'],
    ['§', 'atom'],
    ["'it''s'", 'atom'],
    ['1.5e-3', 'atom'],
    ['lower(a || b)', 'atom'],
    ['(a OR b)', 'atom'],
    ['CASE WHEN a OR b THEN 1 ELSE 2 END', 'atom'],
    ['a + b', 'operators'],
    ['not a', 'operators'],
    ['a::text', 'operators'],
    ['a AND b', 'operators'],
    ["date '2024-01-01'", 'operators'],
    ['f(a)(b)', 'operators'],
    ['CASE WHEN a THEN 1 END = 1 OR b', 'or'],
    ['a or b', 'or'],
    ['a, b', 'list'],
    ['f(a, b)', 'atom'],
    ["'a or b'", 'atom'],
    ['/* a or b */ c', 'atom'],
    ['"or"', 'atom'],
  ] as const)('%s: %s', ([text, binding]) => {
    const found = classifyRaw(pieces(text), rules('postgres'));
    expect(found.problems).toEqual([]);
    expect(found.binding).toBe(binding);
  });

  test('two bars are an OR for MySQL', () => {
    expect(classifyRaw(pieces('a || b'), rules('mysql')).binding).toBe('or');
    expect(classifyRaw(pieces('a || b'), rules('postgres')).binding).toBe('operators');
  });
});

describe('what is refused', () => {
  test.for([
    ['postgres', '(a', 'unbalanced-bracket'],
    ['postgres', 'a)', 'unbalanced-bracket'],
    ['postgres', 'a) OR (b', 'unbalanced-bracket'],
    ['postgres', '(a]', 'unbalanced-bracket'],
    ['postgres', 'a; b', 'semicolon'],
    ['postgres', '$1', 'placeholder'],
    ['postgres', 'a = :id', 'placeholder'],
    ['postgres', '@x', 'placeholder'],
    ['mysql', '?', 'placeholder'],
    ['mysql', '@@version', 'placeholder'],
    ['sqlite', '?1', 'placeholder'],
    ['postgres', "'a", 'unterminated-string'],
    ['postgres', '"a', 'unterminated-identifier'],
    ['postgres', '$$ a', 'unterminated-string'],
    ['postgres', '/* /* a */', 'unterminated-comment'],
    ['mysql', '/*! a */', 'executable-comment'],
    ['mysql', '/*M! a */', 'executable-comment'],
    ['mysql', "'a\\'", 'unterminated-string'],
    ['postgres', "E'a\\'", 'unterminated-string'],
    ['postgres', 'a -- b\rc', 'carriage-return-in-comment'],
    ['postgres', 'a\0', 'nul-character'],
    ['postgres', "'\ud800'", 'lone-surrogate'],
  ] as const)('%s: %s', ([dialect, text, code]) => {
    const { problems } = classifyRaw(pieces(text), rules(dialect));
    expect(problems.map((problem) => problem.code)).toContain(code);
  });

  test.for([
    ['postgres', "'$1 ? ; -- /* )'"],
    ['postgres', "$tag$ ; $1 ' $tag$"],
    ['postgres', "data ? 'a'"],
    ['postgres', 'a::text'],
    ['postgres', 'a[1:2]'],
    ['postgres', "E'a\\'b'"],
    ['mysql', "'a\\'b'"],
    ['mysql', 'a --b'],
    ['mysql', '# ; $1\na'],
    ['sqlite', '[a;b]'],
  ] as const)('but not %s: %s', ([dialect, text]) => {
    expect(classifyRaw(pieces(text), rules(dialect)).problems).toEqual([]);
  });
});

describe('where a hole stands', () => {
  test.for([
    ['a = §', 'code', false],
    ["a = '§'", 'string', false],
    ["a = 'it''s §'", 'string', false],
    ['$x$ § $x$', 'string', false],
    ['"§"', 'identifier', false],
    ['a -- §\n', 'comment', false],
    ['a /* § */', 'comment', false],
    ['§ OR b', 'code', true],
    ['(§ AND a) OR b', 'code', true],
    ['§ AND (a OR b)', 'code', false],
    ["§ AND a = ' OR '", 'code', false],
    ['CASE WHEN a OR b THEN 1 END = 1 AND §', 'code', false],
  ] as const)('%s: %s, beside an OR: %s', ([text, state, orBeside]) => {
    expect(classifyRaw(pieces(text), rules('postgres')).holes.get(0)).toMatchObject({
      state,
      orBeside,
    });
  });

  test('a comment with a hole is dropped with it', () => {
    const found = classifyRaw(pieces('a -- § x\nAND /* § */ b = §'), rules('postgres'));
    expect(show(found.pieces)).toBe('a  \nAND   b = §');
    expect(found.dropped).toEqual([0, 1]);
  });

  test('a line comment at the end cannot swallow what follows', () => {
    expect(show(classifyRaw(pieces('a -- b'), rules('postgres')).pieces)).toBe('a -- b\n');
  });
});

test('a plain select and a single name are recognised', () => {
  const name = (text: string) => {
    const { selectStarFrom } = classifyRaw(pieces(text), rules('postgres'));
    return selectStarFrom && show(selectStarFrom);
  };
  expect(name(' SELECT  *\nFROM public."my orders" ')).toBe('public."my orders"');
  expect(name('select * from orders o')).toBeNull();
  expect(name('select * from orders -- all')).toBeNull();
  expect(name('select * from orders, users')).toBeNull();
  const single = (text: string) => classifyRaw(pieces(text), rules('postgres')).singleIdentifier;
  expect([
    single('user_id'),
    single('"User id"'),
    single('null'),
    single('a.b'),
    single('f()'),
  ]).toEqual(['user_id', '"User id"', null, null, null]);
});

test('ends are trimmed, one semicolon dropped, line ends made LF, places kept', () => {
  const found = normalizeRaw([{ kind: 'text', text: ' \r\n SELECT 1,\r\n2 ; \n', start: 10 }]);
  expect(show(found)).toBe('SELECT 1,\n2');
  expect(found).toEqual([
    { kind: 'text', text: 'SELECT 1,', start: 14 },
    { kind: 'text', text: '\n2', start: 24 },
  ]);
});

describe('text of a claim', () => {
  const surroundings = fc.constantFrom(
    ...([
      ['postgres', "a = '", "' AND b"],
      ['postgres', "E'", "'"],
      ['postgres', '"', '"'],
      ['postgres', '$x$', '$x$'],
      ['mysql', "a = '", "'"],
      ['mysql', 'a = "', '"'],
      ['mysql', '`', '`'],
      ['sqlite', '[', ']'],
      ['postgres', 'a = ', ' AND b'],
      ['postgres', 'schema_', '.t'],
      ['mysql', 'a -', '- 1'],
    ] as const),
  );
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom(
        "'",
        '"',
        '\\',
        '`',
        '$',
        'x',
        '-',
        '/',
        '*',
        ' ',
        '(',
        ')',
        ';',
        '[',
        ']',
        '\n',
        'E',
      ),
    }),
  );

  test('never changes how the text around it is read', () => {
    fc.assert(
      fc.property(surroundings, hostile, ([dialect, before, after], value) => {
        const lexical = rules(dialect);
        const stands = classifyRaw(around(before, after), lexical).holes.get(0)!;
        const made = lexUnsafeText(value, stands, lexical);
        if (!made.ok) return;
        const whole = classifyRaw(around(`${before}${made.text}${after}`), lexical);
        expect(whole.problems.filter((problem) => problem.code !== 'ambiguous-text')).toEqual([]);
        if (stands.state === 'code') return;
        // A hole behind the value stands where a hole behind the literal stood.
        const marked = classifyRaw(around(`${before}${made.text}${after}`, ''), lexical).holes.get(
          0,
        );
        const plain = classifyRaw(around(`${before}x${after}`, ''), lexical).holes.get(0);
        expect(marked?.state).toBe(plain?.state);
      }),
      { numRuns: 3000 },
    );
  });
});

test('a value that holds the sign of holes is text', () => {
  const lexical = rules('postgres');
  const stands = classifyRaw(around("a = '", "' AND b"), lexical).holes.get(0)!;
  expect(lexUnsafeText('§', stands, lexical)).toEqual({ ok: true, text: '§' });
  expect(classifyRaw(around("a = '§' AND b"), lexical).holes.size).toBe(0);
});

test('reading is linear and never throws, whatever the text', () => {
  const texts = ["'", '/*', '(', '$$', '--', '§', 'a', '\0', '[', '||', 'case '].map((part) =>
    part.repeat(200_000),
  );
  for (const name of ['postgres', 'mysql', 'sqlite'] as const) {
    for (const text of texts) classifyRaw([{ kind: 'text', text }], rules(name));
  }
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const { lexical } of dialects.values()) {
        const found = classifyRaw(pieces(text), lexical);
        if (found.dropped.length === 0) expect(show(found.pieces).trimEnd()).toBe(text.trimEnd());
      }
    }),
    { numRuns: 2000 },
  );
});
