import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeUnit, MalformedReply } from '../../../src/syntax/decode-unit.ts';

const content = 'cube(`Orders`, { sql: `SELECT ${x}` })';
const files = [{ path: 'Orders.js', content }];
const limits = { depth: 16, members: 100, replyBytes: 100_000 };

const header = '[6,1,1,[],[[],[],[],[],0]]';
/** The two lines of a file. */
const tableOf = (sites: readonly unknown[], calls: readonly unknown[], imports = [0]) =>
  `${JSON.stringify([sites, imports])}\n${JSON.stringify(calls)}`;

const sites = [
  [0, 0],
  [22, 35, [0, 23, 30], [1, 32, 33, 0, 'x']],
];
const calls = [
  [0, 0, [0, 0]],
  [5, 13, [15, 37, 'sql', 17, 20, [22, 35]]],
];
const table = tableOf(sites, calls);
const definition = '[0,"Orders",0,1,[1,"sql",[2,0,1]]]';

const decode = (...lines: string[]) => decodeUnit(lines.join('\n'), files, limits);

test('a reply becomes declarations with places', async () => {
  const unit = await decode(header, table, definition);
  const [cube] = unit.definitions;
  expect(cube).toMatchObject({ kind: 'cube', name: 'Orders', file: 'Orders.js' });
  const sql = cube!.body.entries.get('sql')!;
  expect(sql).toMatchObject({
    kind: 'template',
    template: {
      pieces: [
        { kind: 'text', text: 'SELECT ', start: 23 },
        { kind: 'reference', path: ['x'], source: false, start: 32, end: 33 },
      ],
    },
  });
  expect(unit.imports).toEqual(new Map([['Orders.js', ['Orders.js']]]));
  expect(unit.locate(cube!.place, 'name')).toEqual({ file: 'Orders.js', start: 5, end: 13 });
  expect(unit.locate(sql.place)).toEqual({ file: 'Orders.js', start: 22, end: 35 });
  expect(unit.locate(sql.place, 'name')).toEqual({ file: 'Orders.js', start: 17, end: 20 });
});

describe('a reply that is not of the form is refused', () => {
  test.for([
    ['another version', ['[1,1,1,[],[[],[],[],[],0]]', table, definition]],
    ['other files', ['[6,2,1,[],[[],[],[],[],0]]', table, definition]],
    ['too short', [header, table]],
    ['too long', [header, table, definition, definition]],
    ['no JSON', [header, table, '[0,']],
    ['an object', [header, table, '[0,"Orders",0,1,{"sql":1}]']],
    ['an unknown site', [header, table, '[0,"Orders",0,1,[1,"sql",[2,0,9]]]']],
    ['an unknown file', [header, table, '[0,"Orders",7,1,[1]]']],
    ['an import of no file', [header, tableOf(sites, calls, [7]), definition]],
    ['a key twice', [header, table, '[0,"Orders",0,1,[1,"a",1,"a",2]]']],
    ['a key without a value', [header, table, '[0,"Orders",0,1,[1,"a"]]']],
    ['depth', [header, table, `[0,"Orders",0,1,[1,"a",${'[0,'.repeat(40)}1${']'.repeat(40)}]]`]],
    ['offsets outside', [header, tableOf([[0, 99999]], []), '[0,"Orders",0,1,[1,"sql",[2,0,0]]]']],
    [
      'a site in itself',
      [header, tableOf([[0, 1, [8, 0, 0]]], []), '[0,"Orders",0,1,[1,"sql",[2,0,0]]]'],
    ],
    ['values', [header, table, `[0,"Orders",0,1,[1,"a",[0${',1'.repeat(3000)}]]]`]],
    [
      'a code of ours',
      ['[6,1,1,[["sandbox/timeout",0,"x",0,0,0,""]],[[],[],[],[],0]]', table, definition],
    ],
  ] as const)('%s', async ([, lines]) => {
    await expect(decode(...lines)).rejects.toThrow(MalformedReply);
  });

  test('splices that double at every step stay bounded', async () => {
    const doubling = Array.from({ length: 60 }, (_, n) =>
      n === 0 ? [0, 1, 'x'] : [0, 1, [8, 0, n - 1], [8, 0, n - 1]],
    );
    const bomb = tableOf(doubling, []);
    await expect(decode(header, bomb, '[0,"Orders",0,1,[1,"sql",[2,0,59]]]')).rejects.toThrow(
      MalformedReply,
    );
  });

  test('whatever is changed in a reply', async () => {
    const whole = [header, table, definition].join('\n');
    const change = fc.tuple(fc.nat(whole.length), fc.nat(8), fc.string({ maxLength: 6 }));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        let reply = whole;
        for (const [at, length, text] of changes)
          reply = reply.slice(0, at) + text + reply.slice(at + length);
        try {
          const unit = await decodeUnit(reply, files, limits);
          for (const { place, body } of unit.definitions) {
            unit.locate(place, 'name');
            for (const value of body.entries.values()) unit.locate(value.place);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedReply);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('no key becomes a property', async () => {
    const unit = await decode(
      header,
      table,
      '[0,"__proto__",0,1,[1,"__proto__",[1,"polluted",true]]]',
    );
    expect(unit.definitions[0]!.body.entries.has('__proto__')).toBe(true);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
