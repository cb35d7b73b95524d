import { describe, expect, test } from 'vitest';
import { compileSchema, type SourceFile } from '../../../src/index.ts';
import { Schema } from '../../../src/pipeline/schema.ts';

const context = {
  authInfo: null,
  securityContext: { role: 'admin', id: 7, regions: ['eu', 'us'], plan: { seats: 3 } },
};
const sandbox = { timeoutMs: 20_000 };
const cube = (sql: string, more = ''): SourceFile => ({
  path: 'T.js',
  content: `cube('T', { sql: \`${sql}\`, measures: { n: { type: 'count' } } ${more} });`,
});

const compile = (file: SourceFile, compileContext: unknown = context) =>
  compileSchema({ files: [file] }, { compileContext, sandbox });

describe('COMPILE_CONTEXT', () => {
  test.for<[string, string, string[]]>([
    ['SELECT 1', 'SELECT 1', []],
    [
      'SELECT ${COMPILE_CONTEXT.securityContext.role}',
      'SELECT admin',
      ['COMPILE_CONTEXT.securityContext.role'],
    ],
    [
      "SELECT ${COMPILE_CONTEXT.authInfo?.id ?? 'nobody'}",
      'SELECT nobody',
      ['COMPILE_CONTEXT.authInfo'],
    ],
    [
      "SELECT ${COMPILE_CONTEXT.securityContext.regions.map((r) => r.toUpperCase()).join('_')}",
      'SELECT EU_US',
      ['COMPILE_CONTEXT.securityContext.regions'],
    ],
    [
      "SELECT ${Object.keys(COMPILE_CONTEXT.securityContext).join('_')}",
      'SELECT id_plan_regions_role',
      ['COMPILE_CONTEXT.securityContext'],
    ],
    [
      'SELECT ${JSON.stringify(COMPILE_CONTEXT.securityContext.plan).length}',
      'SELECT 11',
      ['COMPILE_CONTEXT.securityContext.plan'],
    ],
    [
      "SELECT ${'id' in COMPILE_CONTEXT.securityContext} ${COMPILE_CONTEXT.securityContext['a b']}",
      'SELECT true undefined',
      ['COMPILE_CONTEXT.securityContext.id', 'COMPILE_CONTEXT.securityContext["a b"]'],
    ],
  ])('%s', async ([sql, expected, reads]) => {
    await using schema = await compile(cube(sql));
    expect((await schema.generateSql({ measures: ['T.n'] })).sql).toContain(expected);
    expect([...schema.audit().compileContext].sort()).toEqual([...reads].sort());
  });

  test('is a plain object to schema files, and the same one each time', async () => {
    await using schema = await compile({
      path: 'T.js',
      content: `const { securityContext, ...rest } = COMPILE_CONTEXT;
        const checks = [securityContext === COMPILE_CONTEXT.securityContext, typeof securityContext,
          Array.isArray(securityContext), securityContext instanceof Object, String(securityContext),
          securityContext.hasOwnProperty('id'), Object.isFrozen(securityContext)];
        cube('T', { title: checks.join(' '), meta: rest, sql: 'SELECT 1' });`,
    });
    const [found] = schema.meta().cubes;
    expect(found!.title).toBe('true object false true [object Object] true true');
    expect(found!.meta).toEqual({ authInfo: null });
  });

  test.for([['one word'], ['many', 'words'], null, 5, true])('can be %j', async (data) => {
    await using schema = await compile(
      cube('SELECT ${JSON.stringify(COMPILE_CONTEXT).length}'),
      data,
    );
    expect((await schema.generateSql({ measures: ['T.n'] })).sql).toContain(
      `SELECT ${JSON.stringify(data ?? {}).length}`,
    );
  });

  test('the order of its keys changes nothing', async () => {
    const file = cube("SELECT ${Object.keys(COMPILE_CONTEXT).join('_')}");
    await using one = await compile(file, { a: 1, b: 2 });
    await using other = await compile(file, { b: 2, a: 1 });
    expect(one.toArtifact()).toEqual(other.toArtifact());
  });
});

const dynamic = cube(
  'SELECT * FROM t WHERE id IN (${SECURITY_CONTEXT.ids.unsafeValue().map((id) => COMPILE_CONTEXT.securityContext.prefix + id).join()})',
);

test('a value that is evaluated for each user is told of the context of that user', async () => {
  await using schema = await compile(dynamic, { securityContext: { prefix: 1 } });
  expect(schema.audit().compileContext).toEqual([]);
  const sql = async (ids: number[], compileContext?: object): Promise<string> => {
    const options = { securityContext: { ids }, ...(compileContext && { compileContext }) };
    return (await schema.generateSql({ measures: ['T.n'] }, options)).sql;
  };
  expect(await sql([4, 5])).toContain('id IN (5,6)');
  expect(await sql([4, 5], { securityContext: { prefix: 2 } })).toContain('id IN (6,7)');
  // What was told before is not told to others.
  expect(await sql([4, 5], { securityContext: {} })).toContain('id IN (NaN,NaN)');
  expect(await sql([4, 5])).toContain('id IN (5,6)');
});

describe('an update', () => {
  const files = (
    changed: string,
    reader = 'COMPILE_CONTEXT.securityContext.role',
  ): SourceFile[] => [
    ...Array.from({ length: 8 }, (_, n) => ({
      path: `Q${n}.js`,
      content: `cube('Q${n}', { sql: 'SELECT ${n}' });`,
    })),
    { path: 'Changed.js', content: changed },
    { path: 'Reader.js', content: `cube('Reader', { sql: \`SELECT '\${${reader}}'\` });` },
  ];
  const options = { compileContext: context, sandbox, now: 0 };
  const quiet = "cube('Changed', { sql: 'SELECT 1' });";

  test.for<[string, SourceFile[], string[]]>([
    [
      'of another file keeps what was read',
      files("cube('Changed', { sql: 'SELECT 2' });"),
      ['COMPILE_CONTEXT.securityContext.role'],
    ],
    [
      'adds what is read',
      files("cube('Changed', { sql: `SELECT ${COMPILE_CONTEXT.securityContext.id}` });"),
      ['COMPILE_CONTEXT.securityContext.id', 'COMPILE_CONTEXT.securityContext.role'],
    ],
    ['forgets what is read no more', files(quiet, "'nothing'"), []],
    [
      'reads everything below',
      files("cube('Changed', { meta: COMPILE_CONTEXT.securityContext, sql: 'SELECT 1' });"),
      ['COMPILE_CONTEXT.securityContext'],
    ],
  ])('%s', async ([, changed, reads]) => {
    await using first = await compileSchema({ files: files(quiet) }, options);
    await using updated = await first.update(changed);
    await using cold = await compileSchema({ files: changed }, options);
    expect(updated.audit().compileContext).toEqual(reads);
    expect(updated.toArtifact()).toEqual(cold.toArtifact());
    expect(Schema.readsOf(updated)).toEqual(Schema.readsOf(cold));
  });
});
