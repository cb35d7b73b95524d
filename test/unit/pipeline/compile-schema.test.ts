import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CompileError, compileSchema, OptionError } from '../../../src/index.ts';

const orders =
  'cube(`Orders`, { sql: `SELECT * FROM orders`, measures: { count: { type: `count` } } });';
const users =
  'cube(`Users`, { sql: `SELECT * FROM users`, measures: { count: { type: `count` } } });';

async function codes(source: Parameters<typeof compileSchema>[0], options = {}): Promise<string[]> {
  try {
    await (await compileSchema(source, options)).close();
    return [];
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return error.diagnostics.map((diagnostic) => diagnostic.code);
  }
}

describe('a directory of schema files', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'cubewright-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  const write = (name: string, content: string | Buffer) => {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    writeFileSync(path.join(directory, name), content);
  };

  test('is read to any depth, other files left alone', async () => {
    write('Orders.js', orders);
    write('more/deep/Users.js', users);
    write('README.md', 'not a schema');
    write('node_modules/x/Bad.js', 'syntax error');
    await using schema = await compileSchema(directory);
    expect(schema.meta().cubes.map((cube) => cube.name)).toEqual(['Orders', 'Users']);
  });

  test('must exist and hold a schema file', async () => {
    expect(await codes(path.join(directory, 'nowhere'))).toEqual(['source/no-directory']);
    expect(await codes(directory)).toEqual(['source/no-files']);
  });

  test('is never left through a link, and never hangs on a pipe', async () => {
    write('Orders.js', orders);
    symlinkSync('/etc/passwd', path.join(directory, 'Link.js'));
    execFileSync('mkfifo', [path.join(directory, 'Pipe.js')]);
    expect(await codes(directory)).toEqual(['source/outside', 'source/not-a-file']);
  });

  test('holds UTF-8 text of a bounded size', async () => {
    write('Bytes.js', Buffer.from([0x2f, 0x2f, 0xff, 0xfe]));
    write('Large.js', `${orders}// ${'x'.repeat(2000)}`);
    expect(await codes(directory, { sandbox: { fileBytes: 2000 } })).toEqual([
      'source/not-utf8',
      'source/file-too-large',
    ]);
  });
});

describe('compileSchema', () => {
  test('reports every error of every file with its place', async () => {
    const broken =
      'cube(`A`, {\n  sql: `SELECT 1`,\n  measures: { x: { type: `summ`, sql: `y` } },\n});';
    const failure = await compileSchema({
      files: [
        { path: 'a.js', content: broken },
        { path: 'b.js', content: 'cube(`B`, {' },
      ],
    }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CompileError);
    const { diagnostics, message, code } = failure as CompileError;
    expect(code).toBe('compile/failed');
    expect(diagnostics).toHaveLength(2);
    expect(diagnostics.find((item) => item.file === 'a.js')).toMatchObject({
      severity: 'error',
      line: 3,
      column: 26,
      labels: [],
    });
    expect(diagnostics.find((item) => item.file === 'b.js')).toMatchObject({ line: 1, column: 12 });
    expect(message).toContain('a.js:3:26');
  });

  test('gives the same bytes whatever the order of files and keys', async () => {
    const files = [
      { path: 'Orders.js', content: orders },
      { path: 'Users.js', content: users },
    ];
    await using forward = await compileSchema({ files });
    await using backward = await compileSchema({ files: files.toReversed() });
    const query = { measures: ['Users.count'], limit: 3 };
    const reordered = { limit: 3, measures: ['Users.count'] };
    const first = await forward.generateSql(query);
    const second = await backward.generateSql(reordered);
    expect(second.sql).toBe(first.sql);
    expect(backward.meta()).toEqual(forward.meta());
  });

  test('takes an instant, so that relative dates can be reproduced', async () => {
    const content = orders.replace(
      'measures',
      'dimensions: { at: { type: `time`, sql: `at` } }, measures',
    );
    await using schema = await compileSchema(
      { files: [{ path: 'Orders.js', content }] },
      { now: new Date('2024-02-29T12:00:00Z') },
    );
    const { params } = await schema.generateSql({
      measures: ['Orders.count'],
      timeDimensions: [{ dimension: 'Orders.at', dateRange: 'yesterday' }],
    });
    expect(params).toEqual(['2024-02-28T00:00:00.000Z', '2024-02-29T00:00:00.000Z']);
  });

  test('names wrong options and sources', async () => {
    const files = [{ path: 'a.js', content: orders }];
    const cases: readonly (readonly [unknown, object, RegExp])[] = [
      [{ files }, { dialet: 'mysql' }, /did you mean 'dialect'/],
      [{ files }, { dialect: 'db2' }, /must be one of/],
      [{ files }, { now: 'today' }, /options\.now/],
      [{ files }, { sandbox: { timeoutMs: 0 } }, /options\.sandbox\.timeoutMs/],
      [{ files }, { onError: 'ignore' }, /options\.onError/],
      [{ files: [{ path: 'a.js' }] }, {}, /files\[0\]\.content/],
      [{ files: [...files, ...files] }, {}, /occurs twice/],
      [42, {}, /directory path or/],
    ];
    for (const [source, options, message] of cases) {
      const failure = await compileSchema(source as never, options).catch(
        (error: unknown) => error,
      );
      expect(failure).toBeInstanceOf(OptionError);
      expect((failure as Error).message).toMatch(message);
    }
  });

  test('updates into a new schema; the old one serves until it is closed', async () => {
    const old = await compileSchema({ files: [{ path: 'Orders.js', content: orders }] });
    await expect(old.update([{ path: 'Users.js', content: 'cube(' }])).rejects.toThrow(
      CompileError,
    );
    await using updated = await old.update([
      { path: 'Users.js', content: users },
      { path: 'Orders.js', content: null },
    ]);
    expect(updated.meta().cubes.map((cube) => cube.name)).toEqual(['Users']);
    expect((await old.generateSql({ measures: ['Orders.count'] })).sql).toContain('FROM orders');
    await old.close();
    await old.close();
    await expect(old.generateSql({ measures: ['Orders.count'] })).rejects.toThrow(/closed/);
  });

  test('tells which filters protect which source', async () => {
    const content =
      "cube('A', { sql: `SELECT * FROM a WHERE ${SECURITY_CONTEXT.t.filter('t')}`, measures: { n: { type: 'count' } } });";
    await using schema = await compileSchema({ files: [{ path: 'A.js', content }] });
    const audit = schema.audit();
    expect(JSON.stringify(audit)).toContain('"claim":"t"');
    expect(Object.keys(audit.sandbox).length).toBeGreaterThan(0);
  });
});

test('many compiles at once wait their turn instead of missing their deadlines', async () => {
  const names = Array.from({ length: 24 }, (_, index) => `C${index}`);
  const found = await Promise.all(
    names.map(async (name) => {
      const content = `cube('${name}', { sql: 'SELECT 1', measures: { n: { type: 'count' } } });`;
      await using schema = await compileSchema({ files: [{ path: 'a.js', content }] });
      return schema.meta().cubes[0]!.name;
    }),
  );
  expect(found).toEqual(names);
});
