import { describe, expect, test } from 'vitest';
import { compileSchema, CompileError, QueryError } from '../../../src/index.ts';

const quarantine = { onError: 'quarantine', sandbox: { timeoutMs: 60_000 } } as const;

function compile(files: Readonly<Record<string, string>>) {
  const list = Object.entries(files).map(([path, content]) => ({ path, content }));
  return compileSchema({ files: list }, quarantine);
}

const cube = (name: string, sql: string, more = '') =>
  `cube('${name}', { sql: \`${sql}\`, measures: { count: { type: 'count' } }, ${more} });`;
const fine = cube('Fine', 'SELECT 1 AS id');
const wrong = cube('Wrong', 'SELECT ${nothing} AS id');

describe('a cube that could have lost something is left out', () => {
  const tenant = "SECURITY_CONTEXT.tenant.filter('tenant_id')";
  test.for<[string, Record<string, string>, string[]]>([
    ['the cube that is wrong', { 'a.js': wrong }, ['Wrong']],
    ['not another one of the same file', { 'a.js': wrong + cube('Same', 'SELECT 2') }, ['Wrong']],
    [
      'one that extends it, whatever it overrides',
      { 'a.js': wrong, 'b.js': cube('Child', 'SELECT 1', 'extends: Wrong') },
      ['Child', 'Wrong'],
    ],
    [
      'one that reads its rows, and one that reads those',
      {
        'a.js': wrong,
        'b.js': cube('Second', 'SELECT * FROM (${Wrong.sql()}) w'),
        'c.js': cube('Third', 'SELECT * FROM (${Second.sql()}) s'),
      },
      ['Second', 'Third', 'Wrong'],
    ],
    [
      'one that joins it',
      {
        'a.js': wrong,
        'b.js': cube(
          'Joins',
          'SELECT 1',
          "joins: { Wrong: { relationship: 'belongsTo', sql: `${CUBE}.a = ${Wrong}.a` } }",
        ),
      },
      ['Joins', 'Wrong'],
    ],
    [
      'both cubes of one name: either could be the one with the filter',
      {
        'a.js': cube('Twice', `SELECT * FROM t WHERE \${${tenant}}`),
        'b.js': cube('Twice', 'SELECT * FROM t'),
      },
      ['Twice'],
    ],
    [
      'one whose file imports a file that throws',
      {
        'filters.js': `export const own = (column) => SECURITY_CONTEXT.tenant.filter(column); null.x;`,
        'b.js': `import { own } from './filters';${cube('Imports', "SELECT 1 WHERE ${own('a')}")}`,
      },
      ['Imports'],
    ],
    [
      'one whose filter is registered by a file that does not parse',
      {
        'registry.js': `const filters = []; export const register = (f) => filters.push(f);
          export const all = () => ['1 = 1', ...filters.map((f) => f())].join(' AND ');`,
        'policies.js': `import { register } from './registry'; register(() => ${tenant}`,
        'orders.js': `import { all } from './registry';${cube('Orders', 'SELECT * FROM orders WHERE ${all()}')}`,
      },
      ['Orders'],
    ],
    [
      'one whose name of a file could be a cube of a file that does not parse',
      {
        'broken.js': "cube('Scope', {",
        'b.js': `const Scope = 'orders', other = 'x';${cube('Shadowed', 'SELECT * FROM ${[Scope].join()}')}`,
      },
      ['Shadowed'],
    ],
    [
      'one of the cubes that contain each other, and all the others',
      {
        'a.js': cube('Ring1', 'SELECT * FROM (${Ring2.sql()}) r'),
        'b.js': cube('Ring2', 'SELECT * FROM (${Ring1.sql()}) r'),
      },
      ['Ring1', 'Ring2'],
    ],
    [
      'one with a text that could not be evaluated',
      {
        'a.js': cube('Partly', 'SELECT 1', 'segments: { s: { sql: () => null.x } }'),
      },
      ['Partly'],
    ],
  ])('%s', async ([, files, expected]) => {
    await using schema = await compile({ ...files, 'fine.js': fine });
    const { quarantined, errors } = schema.audit();
    expect(quarantined.map(({ name }) => name)).toEqual(expected);
    expect(errors.length).toBeGreaterThan(0);
    for (const { diagnostics } of quarantined) {
      expect(diagnostics.length).toBeGreaterThan(0);
      for (const diagnostic of diagnostics) expect(errors).toContainEqual(diagnostic);
    }
    const { sql } = await schema.generateSql({ measures: ['Fine.count'] });
    expect(sql).toContain('SELECT 1 AS id');
    expect(schema.meta().quarantined).toEqual(expected);
    for (const name of expected) {
      const asking = schema.generateSql({ measures: [`${name}.count`] }, { securityContext: {} });
      const error = await asking.catch((caught: unknown) => caught);
      if (!(error instanceof QueryError)) throw error;
      // Nobody knows whom it would be shown to.
      expect(error.message).toBe(`measures[0]: there is no cube "${name}"`);
      const [detail] = error.detail;
      expect(detail!.code).toBe('query/quarantined-cube');
      expect(detail!.message).toContain(`${name} cannot be asked for until its schema is mended`);
    }
  });
});

test('the detail of an error for the operator quotes what is wrong, and where', async () => {
  await using schema = await compile({
    'a.js': wrong,
    'b.js': cube('Child', 'SELECT 1', 'extends: Wrong'),
  });
  const error = await schema
    .generateSql({ measures: ['Child.count'] })
    .catch((caught: unknown) => caught);
  expect((error as QueryError).detail[0]!.message).toBe(
    "Child cannot be asked for until its schema is mended: it depends on Wrong: model/unknown-name: 'nothing' is neither a member of Wrong nor a cube (a.js:1:32)",
  );
});

test('nothing is quarantined where nothing is wrong', async () => {
  await using schema = await compile({ 'fine.js': fine });
  expect(schema.audit()).toMatchObject({ quarantined: [], errors: [] });
  expect(schema.meta()).not.toHaveProperty('quarantined');
});

describe('a file that takes all of the time or memory', () => {
  const sandbox = { timeoutMs: 1_500, memoryMb: 64 };
  const compileHostile = (files: Readonly<Record<string, string>>) => {
    const list = Object.entries(files).map(([path, content]) => ({ path, content }));
    return compileSchema({ files: list }, { onError: 'quarantine', sandbox });
  };

  test.for<[string, string, Record<string, string>, string[]]>([
    ['that never ends', 'sandbox/timeout', { 'a.js': `${cube('A', 'SELECT 1')} for (;;);` }, []],
    [
      'that fills the memory',
      'sandbox/(memory|timeout)',
      { 'a.js': 'const all = []; for (;;) all.push(new Array(100000).fill(1.5));' },
      [],
    ],
    [
      'that another one takes its filter from',
      'sandbox/timeout',
      {
        'a.js': `import { where } from './loop';${cube('Filtered', 'SELECT * FROM t WHERE ${where}')}`,
        'loop.js': "export const where = '1 = 1'; for (;;);",
      },
      [],
    ],
    [
      'that may declare the name of another',
      'sandbox/timeout',
      {
        'a.js': `const Scope = 'orders', x = 'x';${cube('Shadowed', 'SELECT * FROM ${[Scope, x].join()}')}`,
        'loop.js': "cube('Scope', { sql: 'SELECT 1' }); for (;;);",
      },
      ['Shadowed'],
    ],
  ])('%s is left out with what could depend on it', async ([, code, files, expected]) => {
    await using schema = await compileHostile({ ...files, 'fine.js': fine });
    const { errors, quarantined } = schema.audit();
    expect(errors.map((error) => error.code).join()).toMatch(new RegExp(code));
    expect(quarantined.map(({ name }) => name)).toEqual(expected);
    expect(Object.keys(files)).toContain(errors.find((error) => error.code.match(code))!.file);
    expect((await schema.generateSql({ measures: ['Fine.count'] })).sql).toContain(
      'SELECT 1 AS id',
    );
    for (const name of ['A', 'Filtered', 'Shadowed']) {
      await expect(schema.generateSql({ measures: [`${name}.count`] })).rejects.toThrow(QueryError);
    }
  });

  test('rejects the schema when there are many, or nobody knows which', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const loops = Object.fromEntries(names.map((name) => [`${name}.js`, 'for (;;);']));
    await expect(compileHostile({ ...loops, 'fine.js': fine })).rejects.toThrow(CompileError);
    const inSql = cube('Slow', '${(() => { for (;;); })()}');
    await expect(compileHostile({ 'a.js': inSql, 'fine.js': fine })).rejects.toThrow(
      'sandbox/timeout',
    );
  });
});

test('what no cube can be kept apart from rejects the schema', async () => {
  const flood = Array.from({ length: 300 }, (_, n) => cube(`C${n}`, '${[null.x]}')).join('\n');
  await expect(compile({ 'a.js': flood, 'fine.js': fine })).rejects.toThrow(CompileError);
});

test('a mended schema serves everything again', async () => {
  await using schema = await compile({ 'a.js': wrong, 'fine.js': fine });
  const content = cube('Wrong', 'SELECT 3 AS id');
  await using mended = await schema.update([{ path: 'a.js', content }]);
  expect(mended.audit().quarantined).toEqual([]);
  expect((await mended.generateSql({ measures: ['Wrong.count'] })).sql).toContain('SELECT 3 AS id');
  await expect(schema.generateSql({ measures: ['Wrong.count'] })).rejects.toThrow(QueryError);
});
