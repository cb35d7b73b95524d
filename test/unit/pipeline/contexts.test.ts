import { afterAll, describe, expect, test } from 'vitest';
import { compileSchema, CompileError, loadArtifact, OptionError } from '../../../src/index.ts';
import type { CompileOptions, MetaOptions, Schema } from '../../../src/index.ts';

const sandbox = { timeoutMs: 60_000 };
const cube = (name: string, more = '') =>
  `cube('${name}', { sql: 'SELECT 1', measures: { count: { type: 'count' } }, ${more} });`;
const context = (name: string, ...members: string[]) =>
  `context('${name}', { contextMembers: [${members.join(', ')}] });`;

const files = {
  'Orders.js': cube('Orders'),
  'Users.js': cube('Users') + cube('Hidden', 'public: false'),
  'views.js': "view('Sales', { cubes: [{ join_path: 'Orders', includes: '*' }] });",
  'contexts.js':
    context('sales', 'Sales', 'Orders') + context('people', 'Users', 'Hidden') + context('none'),
};

function compile(of: Readonly<Record<string, string>>, options: CompileOptions = {}) {
  const list = Object.entries(of).map(([path, content]) => ({ path, content }));
  return compileSchema({ files: list }, { sandbox, ...options });
}

const namesIn = (schema: Schema, options?: MetaOptions) =>
  schema.meta(options).cubes.map(({ name }) => name);

describe('meta of a context', () => {
  const compiled = compile(files);
  afterAll(async () => (await compiled).close());

  test('tells its cubes and views as meta tells them, and no others', async () => {
    const schema = await compiled;
    expect(namesIn(schema, { context: 'sales' })).toEqual(['Orders', 'Sales']);
    expect(namesIn(schema, { context: 'people' })).toEqual(['Users']);
    expect(namesIn(schema, { context: 'none' })).toEqual([]);
    expect(namesIn(schema)).toEqual(['Orders', 'Users', 'Sales']);
    const all = schema.meta().cubes;
    expect(schema.meta({ context: 'sales' }).cubes).toEqual([all[0], all[2]]);
  });

  test('hides nothing: what it leaves out can be asked for', async () => {
    const { sql } = await (await compiled).generateSql({ measures: ['Users.count'] });
    expect(sql).toContain('SELECT 1');
  });

  test('leaves out what policies hide from a user, too', async () => {
    const policy = "access_policy: [{ group: 'staff' }]";
    await using schema = await compile({
      'a.js': cube('Open') + cube('Staff', policy) + cube('Other', policy),
      'b.js': context('all', 'Open', 'Staff'),
    });
    expect(namesIn(schema, { context: 'all', groups: ['staff'] })).toEqual(['Open', 'Staff']);
    expect(namesIn(schema, { context: 'all', groups: [] })).toEqual(['Open']);
  });

  test.for<[unknown, string]>([
    ['sale', "did you mean 'sales'? known are none, people, sales"],
    ['Orders', 'known are none, people, sales'],
    ['__proto__', 'known are none, people, sales'],
    [['sales'], 'known are none, people, sales'],
    [null, 'known are none, people, sales'],
  ])('refuses %j, and names those that there are', async ([name, known]) => {
    const schema = await compiled;
    const ask = () => schema.meta({ context: name as string });
    expect(ask).toThrow(OptionError);
    expect(ask).toThrow(`options.context must be a context of the schema; ${known}`);
  });

  test('refuses any where there is none', async () => {
    await using schema = await compile({ 'Orders.js': files['Orders.js'] });
    expect(() => schema.meta({ context: 'sales' })).toThrow('the schema has none');
  });

  test('is the same of an artifact', async () => {
    const schema = await compiled;
    await using loaded = await loadArtifact(schema.toArtifact(), { trust: true });
    for (const name of ['sales', 'people', 'none']) {
      expect(loaded.meta({ context: name })).toEqual(schema.meta({ context: name }));
    }
    expect(() => loaded.meta({ context: 'slaes' })).toThrow(OptionError);
  });
});

describe('an update', () => {
  // So many files that those which did not change are kept.
  const more = Object.fromEntries(
    Array.from({ length: 12 }, (_, n) => [`plain${n}.js`, cube(`Plain${n}`)]),
  );
  const many = { ...files, ...more };

  test.for<[string, string, string | null]>([
    ['their file changes', 'contexts.js', context('sales', 'Orders') + context('more', 'Plain1')],
    ['their file goes', 'contexts.js', null],
    ['a second file declares one', 'plain1.js', cube('Plain1') + context('more', 'Plain1')],
    ['a file of their cubes changes', 'Orders.js', cube('Orders', "title: 'All orders'")],
    ['a cube is a view now', 'Users.js', "view('Users', { cubes: [] });" + cube('Hidden')],
  ])('equals a cold compile when %s', async ([, path, content]) => {
    await using before = await compile(many);
    await using updated = await before.update([{ path, content }]);
    const { [path]: _changed, ...others } = many as Record<string, string>;
    await using cold = await compile(content === null ? others : { ...others, [path]: content });
    expect(updated.toArtifact()).toEqual(cold.toArtifact());
    expect(updated.toArtifact()).not.toEqual(before.toArtifact());
    expect(namesIn(before, { context: 'sales' })).toEqual(['Orders', 'Sales']);
  });

  test('is refused when a cube goes that a context names', async () => {
    await using before = await compile(many);
    const error = await before
      .update([{ path: 'Users.js', content: null }])
      .catch((caught: unknown) => caught);
    if (!(error instanceof CompileError)) throw error;
    expect(error.diagnostics).toMatchObject([
      { code: 'model/unknown-cube', message: "there is no cube 'Users'", file: 'contexts.js' },
      { code: 'model/unknown-cube', message: "there is no cube 'Hidden'", file: 'contexts.js' },
    ]);
    expect(namesIn(before, { context: 'people' })).toEqual(['Users']);
  });
});

describe('in quarantine', () => {
  const wrong = "cube('Wrong', { sql: `SELECT ${nothing}` });";
  const quarantine = { onError: 'quarantine' } as const;

  test('a context loses the cubes that are left out', async () => {
    const own = { 'wrong.js': wrong, 'contexts.js': context('all', 'Wrong', 'Orders') };
    await using schema = await compile({ ...files, ...own }, quarantine);
    expect(namesIn(schema, { context: 'all' })).toEqual(['Orders']);
    await using loaded = await loadArtifact(schema.toArtifact(), { trust: true });
    expect(namesIn(loaded, { context: 'all' })).toEqual(['Orders']);
  });

  test('a context whose file does not run is left out', async () => {
    const own = { 'contexts.js': `${context('all', 'Orders')} null.x;` };
    await using schema = await compile({ ...files, ...own }, quarantine);
    expect(() => schema.meta({ context: 'all' })).toThrow('the schema has none');
  });

  test('what is wrong with a context is told, and leaves out no cube', async () => {
    const own =
      context('all', 'Orders', 'Nothing') + context('same', 'Orders') + context('same', 'Users');
    await using schema = await compile(
      { ...files, 'Orders.js': files['Orders.js'] + own },
      quarantine,
    );
    const { quarantined, errors } = schema.audit();
    expect(quarantined).toEqual([]);
    expect(errors.map(({ code }) => code)).toEqual(['model/unknown-cube', 'model/duplicate-name']);
    expect(namesIn(schema, { context: 'all' })).toEqual(['Orders']);
    expect(() => schema.meta({ context: 'same' })).toThrow('known are all, none, people, sales');
  });
});

test('YAML files declare none', async () => {
  const content = 'contexts:\n  - name: sales\n    context_members: [Orders]\n';
  await expect(compile({ ...files, 'contexts.yml': content })).rejects.toThrow(CompileError);
});
