import { describe, expect, test } from 'vitest';
import { CompileError, compileSchema, type Schema } from '../../src/index.ts';
import { longestBlock } from '../support/longest-block.ts';

/** Three times what DESIGN allows: a machine that collects garbage meanwhile is no fault. */
const mostMs = 300;
const column = "{ type: 'string', sql: 'x' }";

/** Schemas of a few hundred bytes that come to the limits, or far beyond, and what becomes of them. */
const hostile: readonly (readonly [what: string, content: string, outcome: string])[] = [
  [
    'a chain of 9,000 cubes that extend each other',
    `cube('e0', { sql_table: 't' });
    for (let i = 1; i < 9000; i++) cube('e' + i, { extends: 'e' + (i - 1), dimensions: { ['d' + i]: ${column} } });`,
    'model/too-many-members|model/too-large-cube',
  ],
  [
    'a chain of 20,000 cubes that hand nothing down',
    `cube('e0', { sql_table: 't' }); for (let i = 1; i < 20000; i++) cube('e' + i, { extends: 'e' + (i - 1) });`,
    'compiles',
  ],
  [
    'a circle of 20,000 cubes',
    `for (let i = 0; i < 20000; i++) cube('e' + i, { extends: 'e' + (i + 1) % 20000 });`,
    'model/extends-cycle|model/no-source',
  ],
  [
    'joins, handed down a chain',
    `cube('e0', { sql_table: 't' });
    for (let i = 1; i < 3000; i++) cube('e' + i, { extends: 'e' + (i - 1), joins: { ['e' + Math.max(0, i - 2)]: { relationship: 'many_to_one', sql: '1=1' } } });`,
    'model/too-many-members',
  ],
  [
    'policies, handed down a chain',
    `cube('e0', { sql_table: 't', dimensions: { a: ${column} } });
    for (let i = 1; i < 3000; i++) cube('e' + i, { extends: 'e' + (i - 1), access_policy: [{ role: 'r' + i, row_level: { filters: [{ member: 'a', operator: 'equals', values: ['x'] }] } }] });`,
    'model/too-many-members',
  ],
  [
    'a long text that 1,000 cubes inherit',
    `cube('e0', { sql_table: 't', dimensions: { a: { type: 'string', sql: 'a + '.repeat(100000) + 'b' } } });
    for (let i = 1; i < 1000; i++) cube('e' + i, { extends: 'e0' });`,
    'model/too-much-text',
  ],
  [
    'a text of a file that 10,000 cubes have',
    `for (let i = 0; i < 10000; i++) cube('e' + i, { sql_table: 't', dimensions: { a: { type: 'string', sql: \`${'a + '.repeat(2_000)}b\` } } });`,
    'model/too-much-text|sandbox/reply-too-large',
  ],
  [
    '5,000,000 brackets in SQL',
    `cube('a', { sql_table: 't', dimensions: { d: { type: 'string', sql: '('.repeat(2500000) + 'x' + ')'.repeat(2500000) } } });`,
    'model/sql-too-long|schema/too-large',
  ],
  [
    '480,000 brackets in SQL',
    `cube('a', { sql_table: 't', dimensions: { d: { type: 'string', sql: '('.repeat(240000) + 'x' + ')'.repeat(240000) } } });`,
    'compiles',
  ],
  [
    '150,000 members of one cube',
    `const d = {}; for (let i = 0; i < 150000; i++) d['d' + i] = ${column}; cube('a', { sql_table: 't', dimensions: d });`,
    'schema/too-large|model/too-large-cube',
  ],
  [
    'a star of 10,000 cubes without keys',
    `const joins = {}; for (let i = 1; i < 10000; i++) { joins['e' + i] = { relationship: 'one_to_many', sql: '1=1' }; cube('e' + i, { sql_table: 't', measures: { c: { type: 'count' } } }); }
    cube('e0', { sql_table: 't', measures: { c: { type: 'count' } }, joins });`,
    'compiles',
  ],
  [
    'a chain of 1,500 members',
    `const d = { d0: ${column} }; for (let i = 1; i < 1500; i++) d['d' + i] = { type: 'string', sql: (CUBE) => \`\${CUBE['d' + (i - 1)]}\` };
    cube('a', { sql_table: 't', dimensions: d });`,
    'model/cycle|compiles',
  ],
  [
    '5,000 names that are almost right',
    `for (let i = 0; i < 5000; i++) cube('cubeWithALongNameNumber' + i, { extends: 'cubeWithALongNamNumber' + i });`,
    'model/unknown-cube',
  ],
];

describe('no schema within the limits holds the host', () => {
  test.for(hostile)('%s', async ([, content, outcome]) => {
    const files = [{ path: 'a.js', content }];
    const sandbox = { timeoutMs: 20_000 };
    const { result, longestMs, totalMs } = await longestBlock(() =>
      compileSchema({ files }, { sandbox }),
    );
    const codes =
      result instanceof CompileError ? result.diagnostics.map((item) => item.code) : ['compiles'];
    expect(codes[0]).toMatch(new RegExp(`^(${outcome})$`));
    expect(longestMs).toBeLessThan(mostMs);
    expect(totalMs).toBeLessThan(20_000);
    if (!(result instanceof Error)) await (result as Schema).close();
  });
});

test('a way over 15,000 joins is refused, from either end', async () => {
  const last = 14_999;
  const content = `for (let i = 0; i <= ${last}; i++) cube('c' + i, {
    sql_table: 't',
    joins: i < ${last} ? { ['c' + (i + 1)]: { relationship: 'many_to_one', sql: (CUBE) => \`\${CUBE}.a = \${CUBE}.b\` } } : {},
    measures: { count: { type: 'count' } },
    dimensions: { id: { sql: 'id', type: 'number', primary_key: true, public: true } } });`;
  const files = [{ path: 'a.js', content }];
  await using schema = await compileSchema({ files }, { sandbox: { timeoutMs: 20_000 } });
  for (const [from, to] of [
    ['c0', `c${last}`],
    [`c${last}`, 'c0'],
  ] as const) {
    const query = { measures: [`${from}.count`], dimensions: [`${to}.id`] };
    const { result, longestMs } = await longestBlock(() => schema.generateSql(query));
    expect(result).toMatchObject({ code: 'query/statement-too-large' });
    expect(longestMs).toBeLessThan(mostMs);
  }
});
