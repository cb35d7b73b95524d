import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compileSchema,
  loadArtifact,
  QueryError,
  type CompileOptions,
  type Schema,
} from '../../../src/index.ts';

const now = Date.UTC(2024, 0, 1);

/** `code file:line:column`, and the first line of text under it. */
async function warningsOf(text: string, options: CompileOptions = {}): Promise<string[]> {
  const source = { files: [{ path: 'A.js', content: text }] };
  await using schema = await compileSchema(source, { now, ...options });
  return shown(schema);
}

function shown(schema: Schema): string[] {
  return schema
    .audit()
    .warnings.map(({ code, file, line, column }) => `${code} ${file}:${line}:${column}`);
}

describe('a filter that an absent claim opens', () => {
  const filter = (call: string) => `cube('A', { sql: \`SELECT * FROM t WHERE \${${call}}\` });`;

  test('is warned of at the filter', async () => {
    expect(await warningsOf(filter(`SECURITY_CONTEXT.id.filter('id')`))).toEqual([
      'model/open-filter A.js:1:43',
    ]);
  });

  test.for(['deny', 'error'] as const)('is none where missingContext is %s', async (option) => {
    const text = filter(`SECURITY_CONTEXT.id.filter('id')`);
    expect(await warningsOf(text, { missingContext: option })).toEqual([]);
  });

  test.for([
    `SECURITY_CONTEXT.id.requiredFilter('id')`,
    `SECURITY_CONTEXT.id.unsafeValue()`,
    `SECURITY_CONTEXT.id`,
  ])('is no %s', async (call) => {
    expect(await warningsOf(filter(call))).toEqual([]);
  });

  test('is warned of once for each claim, wherever it stands, with its other places', async () => {
    const text = `cube('A', {
  sql: \`SELECT * FROM t WHERE \${SECURITY_CONTEXT.id.filter('a')} AND \${SECURITY_CONTEXT.org.filter((v) => \`o = \${v}\`)}\`,
  measures: { n: { type: 'count', filters: [{ sql: \`\${USER_CONTEXT.id.filter('b')}\` }] } },
});`;
    await using schema = await compileSchema({ files: [{ path: 'A.js', content: text }] });
    const [id, org, ...others] = schema.audit().warnings;
    expect(others).toEqual([]);
    expect(id).toMatchObject({
      code: 'model/open-filter',
      severity: 'warning',
      message:
        '2 filters let every row through (1=1) for users without the claim SECURITY_CONTEXT.id',
      labels: [{ file: 'A.js', line: 3, column: 55 }],
    });
    expect(id!.help).toContain("missingContext: 'deny'");
    expect(org).toMatchObject({ line: 2, column: 72, labels: [] });
  });

  test('does not cut a compile off, however many there are', async () => {
    const cube = (n: number) =>
      `cube('C${n}', { sql: \`SELECT 1 FROM t WHERE \${SECURITY_CONTEXT.c${n}.filter('a')} /* \${SECURITY_CONTEXT.c${n}.filter('a')} */\` });`;
    const text = Array.from({ length: 1_500 }, (_, n) => cube(n)).join('\n');
    await using schema = await compileSchema({ files: [{ path: 'A.js', content: text }] });
    expect(schema.meta().cubes).toHaveLength(1_500);
    expect(schema.audit().warnings).toHaveLength(1_000);
  });
});

describe('a cube without a primary key', () => {
  const cubes = (joins: string, key = '') => `
cube('Orders', { sql: 'SELECT 1', joins: { ${joins} }, measures: { total: { type: 'sum', sql: 'a' } }, dimensions: { d: { type: 'string', sql: 'd' }, ${key} } });
cube('Lines', { sql: 'SELECT 1', dimensions: { d: { type: 'string', sql: 'd' } } });`;

  test('is warned of where a join repeats its rows, with the join', async () => {
    const text = cubes(
      `Lines: { relationship: 'hasMany', sql: \`\${CUBE}.id = \${Lines}.order\` }`,
    );
    await using schema = await compileSchema({ files: [{ path: 'A.js', content: text }] });
    expect(schema.audit().warnings).toMatchObject([
      {
        code: 'model/no-primary-key',
        message:
          'joins repeat the rows of Orders, which has no primary key: Orders.total cannot be asked for with them',
        line: 2,
        column: 130,
        labels: [{ line: 2, column: 44 }],
      },
    ]);
  });

  test('is none without joins, with joins to one, or with a key', async () => {
    const lines = (relationship: string) =>
      `Lines: { relationship: '${relationship}', sql: \`\${CUBE}.id = \${Lines}.order\` }`;
    expect(await warningsOf(cubes(''))).toEqual([]);
    expect(await warningsOf(cubes(lines('belongsTo')))).toEqual([]);
    const key = `id: { type: 'number', sql: 'id', primaryKey: true }`;
    expect(await warningsOf(cubes(lines('hasMany'), key))).toEqual([]);
  });

  test('is warned of for a sub-query dimension', async () => {
    const text = `
cube('Users', { sql: 'SELECT 1', joins: { Orders: { relationship: 'hasMany', sql: \`\${CUBE}.id = \${Orders}.user\` } },
  dimensions: { spent: { type: 'number', sql: \`\${Orders.total}\`, subQuery: true } } });
cube('Orders', { sql: 'SELECT 1', measures: { total: { type: 'sum', sql: 'a' } }, dimensions: { id: { type: 'number', sql: 'id', primaryKey: true } } });`;
    expect(await warningsOf(text)).toEqual(['model/sub-query-without-key A.js:3:17']);
  });

  /** Cubes with a measure and a dimension each, joined at random: does the planner agree? */
  test('is warned of when, and only when, a query is refused for it', async () => {
    const size = 4;
    const edge = fc.record({
      from: fc.nat(size - 1),
      to: fc.nat(size - 1),
      relationship: fc.constantFrom('belongsTo', 'hasMany', 'hasOne'),
    });
    const worlds = fc.sample(
      fc.record({
        keys: fc.array(fc.boolean(), { minLength: size, maxLength: size }),
        edges: fc.array(edge, { maxLength: 6 }),
      }),
      { numRuns: 100 },
    );
    const text = worlds.flatMap(({ keys, edges }, world) =>
      keys.map((hasKey, n) => {
        const name = (cube: number) => `W${world}C${cube}`;
        const own = new Map(edges.filter((e) => e.from === n && e.to !== n).map((e) => [e.to, e]));
        const joins = [...own.values()].map(
          ({ to, relationship }) =>
            `${name(to)}: { relationship: '${relationship}', sql: \`\${CUBE}.a = \${${name(to)}}.b\` }`,
        );
        const key = hasKey ? `id: { type: 'number', sql: 'id', primaryKey: true },` : '';
        return `cube('${name(n)}', { sql: 'SELECT 1', joins: { ${joins.join(', ')} },
  measures: { m: { type: 'sum', sql: 'm' } }, dimensions: { ${key} d: { type: 'string', sql: 'd' } } });`;
      }),
    );
    const files = [{ path: 'A.js', content: text.join('\n') }];
    await using schema = await compileSchema({ files }, { joinTies: 'first-declared' });
    const warned = schema
      .audit()
      .warnings.map(({ message }) => /rows of (\w+),/.exec(message)![1]!);
    const refused: string[] = [];
    for (const [world] of worlds.entries()) {
      for (let cube = 0; cube < size; cube++) {
        const codes = new Set<string>();
        for (const path of pathsFrom(cube, size)) {
          const names = path.map((item) => `W${world}C${item}`);
          const query = {
            measures: [`${names[0]}.m`],
            dimensions: [`${names.at(-1)}.d`],
            // Without hints the shortest path; with them, any other that is declared.
            ...(names.length > 2 && { joinHints: [names] }),
          };
          await schema.generateSql(query).catch((error: unknown) => {
            if (!(error instanceof QueryError)) throw error;
            codes.add(error.code);
          });
        }
        if (codes.has('query/no-primary-key')) refused.push(`W${world}C${cube}`);
      }
    }
    expect(refused.length).toBeGreaterThan(50);
    // A hint can make the way of a cube longer than that of another one back to it.
    const onlyHinted = refused.filter((name) => !warned.includes(name));
    expect(warned.filter((name) => !refused.includes(name))).toEqual([]);
    expect(onlyHinted).toEqual([]);
  });
});

/** Ways through different cubes. */
function pathsFrom(cube: number, size: number, way: readonly number[] = [cube]): number[][] {
  const next = Array.from({ length: size }, (_, n) => n).filter((n) => !way.includes(n));
  return next.flatMap((n) => [[...way, n], ...pathsFrom(cube, size, [...way, n])]);
}

describe('a measure that nothing can reach', () => {
  const orders = (more: string, body = '') =>
    `cube('Orders', { ${more} sql: 'SELECT 1', measures: { n: { type: 'count', shown: false }, twice: { type: 'number', sql: \`2 * \${n}\`, public: false } }, ${body} });`;
  const both = ['model/unused-measure A.js:1:48', 'model/unused-measure A.js:1:84'];

  test('is hidden, and used by nothing that is shown', async () => {
    expect(await warningsOf(orders(''))).toEqual(both);
  });

  test.for([
    `cube('Other', { extends: Orders });`,
    `view('V', { cubes: [{ joinPath: Orders, includes: ['twice'] }] });`,
    `cube('Users', { sql: 'SELECT 1', measures: { m: { type: 'number', sql: \`\${Orders.twice}\` } } });`,
  ])('is none beside %s', async (other) => {
    const found = await warningsOf(`${orders('')}\n${other}`);
    expect(found.filter((item) => item.includes(' A.js:1:'))).toEqual([]);
  });

  test('is one of a hidden cube that no view has', async () => {
    const text = `cube('Orders', { public: false, sql: 'SELECT 1', measures: { n: { type: 'count' }, m: { type: 'count' } } });
view('V', { cubes: [{ joinPath: Orders, includes: ['m'] }] });`;
    expect(await warningsOf(text)).toEqual(['model/unused-measure A.js:1:62']);
  });

  test('is one whose own SQL repeats its rows, or is not joined', async () => {
    const text = `
cube('Orders', { sql: 'SELECT 1', joins: { Lines: { relationship: 'hasMany', sql: \`\${CUBE}.id = \${Lines}.order\` } },
  measures: {
    many: { type: 'sum', sql: \`\${Lines}.price\` },
    far: { type: 'sum', sql: \`\${Users.age}\` },
    fine: { type: 'number', sql: \`\${Lines.total} / 2\` },
  },
  dimensions: { id: { type: 'number', sql: 'id', primaryKey: true } } });
cube('Lines', { sql: 'SELECT 1', measures: { total: { type: 'sum', sql: 'a' } }, dimensions: { id: { type: 'number', sql: 'id', primaryKey: true } } });
cube('Users', { sql: 'SELECT 1', dimensions: { age: { type: 'number', sql: 'age' } } });`;
    await using schema = await compileSchema({ files: [{ path: 'A.js', content: text }] });
    expect(schema.audit().warnings).toMatchObject([
      { code: 'model/unusable-measure', line: 4, column: 5 },
      { code: 'model/unusable-measure', line: 5, column: 5 },
    ]);
    for (const measure of ['Orders.many', 'Orders.far']) {
      await expect(schema.generateSql({ measures: [measure] })).rejects.toThrow(QueryError);
    }
    await schema.generateSql({ measures: ['Orders.fine'] });
  });
});

test('warnings come with updates, and in artifacts', async () => {
  const open = "cube('A', { sql: `SELECT 1 WHERE ${SECURITY_CONTEXT.id.filter('id')}` });";
  const files = [
    { path: 'A.js', content: open },
    { path: 'B.js', content: "cube('B', { sql: 'SELECT 1' });" },
  ];
  await using schema = await compileSchema({ files });
  const hidden =
    "cube('B', { sql: 'SELECT 1', measures: { n: { type: 'count', shown: false } } });";
  await using updated = await schema.update([{ path: 'B.js', content: hidden }]);
  expect(shown(schema)).toEqual(['model/open-filter A.js:1:36']);
  expect(shown(updated)).toEqual(['model/open-filter A.js:1:36', 'model/unused-measure B.js:1:42']);
  await using loaded = await loadArtifact(updated.toArtifact(), { trust: true });
  expect(loaded.audit().warnings).toEqual(updated.audit().warnings);
  await using mended = await updated.update([{ path: 'A.js', content: null }]);
  expect(shown(mended)).toEqual(['model/unused-measure B.js:1:42']);
});
