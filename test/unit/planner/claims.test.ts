import vm from 'node:vm';
import { describe, expect, test } from 'vitest';
import { claimText, comparableText, readClaim, readContext } from '../../../src/planner/claims.ts';
import { SecurityContextError } from '../../../src/planner/security-context-error.ts';

const read = (id: unknown) => readClaim({ id }, ['id']);

describe('the state of a claim', () => {
  test.for([
    [undefined, { kind: 'absent' }],
    [null, { kind: 'null' }],
    [0, { kind: 'scalar', value: 0 }],
    [-0, { kind: 'scalar', value: 0 }],
    ['', { kind: 'scalar', value: '' }],
    [false, { kind: 'scalar', value: false }],
    [12n, { kind: 'scalar', value: 12n }],
    [9007199254740991, { kind: 'scalar', value: 9007199254740991 }],
    [1e300 / 1e299, { kind: 'scalar', value: 10 }],
    [[], { kind: 'empty' }],
    [[null], { kind: 'empty' }],
    [[null, 'a', 2], { kind: 'list', items: ['a', 2] }],
  ] as const)('%o', ([value, state]) => {
    expect(read(value)).toEqual(state);
  });

  test.for([
    ['an object', {}],
    ['a nested list', [[1]]],
    ['NaN', NaN],
    ['Infinity', Infinity],
    ['a large integer', 2 ** 53],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['a date', new Date()],
    ['a boxed number', Object(1)],
    ['a NUL', 'a\0'],
    ['half a pair', '\ud800'],
    ['a long text', 'x'.repeat(70_000)],
    ['a getter', Object.defineProperty([1], '0', { get: () => 1, enumerable: true })],
  ] as const)('%s is refused, and named', ([, value]) => {
    expect(() => read(value)).toThrow(SecurityContextError);
    expect(() => read(value)).toThrow(/SECURITY_CONTEXT\.id/);
  });

  test('only own enumerable properties count', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      expect(readClaim({}, [name])).toEqual({ kind: 'absent' });
    }
    expect(readClaim(Object.create({ id: 1 }) as object, ['id'])).toEqual({ kind: 'absent' });
    const parsed = JSON.parse('{"__proto__": {"id": 1}}') as object;
    expect(readClaim(parsed, ['__proto__', 'id'])).toEqual({ kind: 'scalar', value: 1 });
  });
});

describe('a context', () => {
  test('is a plain object of any realm', () => {
    expect(readContext({ a: 1 }, true)).toEqual({ a: 1 });
    expect(readContext(Object.create(null), true)).toBeTruthy();
    expect(readContext(vm.runInNewContext('({ a: 1 })'), true)).toEqual({ a: 1 });
  });

  test('may be missing where nothing reads it', () => {
    expect(readContext(undefined, false)).toEqual({});
    expect(() => readContext(undefined, true)).toThrow(
      /Cannot create proxy with a non-object as target or handler/,
    );
  });

  test.for([
    null,
    1,
    'x',
    true,
    [],
    new Map(),
    new Date(),
    () => 1,
    new Proxy({}, {}),
    new (class A {})(),
  ])('is refused: %o', (value) => {
    for (const needed of [true, false]) {
      expect(() => readContext(value, needed)).toThrow(
        /Cannot create proxy with a non-object as target or handler/,
      );
    }
  });
});

test('values become text without an exponent', () => {
  expect([
    claimText(1e-7),
    claimText(true),
    comparableText(true),
    comparableText(false),
    comparableText(12n),
  ]).toEqual(['0.0000001', 'true', '1', '0', '12']);
});
