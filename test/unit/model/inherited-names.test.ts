import { expect, test } from 'vitest';
import { createDuckDbDriver } from '../../../src/drivers/index.ts';
import { compileSchema } from '../../../src/index.ts';

const files = [
  {
    path: 'a.js',
    content: `
cube('base', {
  sql: 'SELECT * FROM base_rows',
  joins: { other: { relationship: 'many_to_one', sql: \`\${base}.other_id = \${other}.id\` } },
  measures: {
    n: { type: 'count', drillMembers: [base.label] },
    open: { type: 'count', filters: [{ sql: \`\${base}.state = 'open'\` }] },
    share: { type: 'number', sql: \`\${base.open} * 100 / \${base.n}\` },
  },
  dimensions: {
    id: { type: 'number', sql: \`\${base}.id\`, primaryKey: true, shown: true },
    state: { type: 'string', sql: \`\${base}.state\` },
    label: { type: 'string', sql: \`upper(\${base.state})\` },
  },
  segments: { closed: { sql: \`\${base.state} = 'closed'\` } },
});
cube('child', {
  extends: base,
  sql: \`SELECT * FROM child_rows WHERE \${SECURITY_CONTEXT.t.filter('t')}\`,
  dimensions: { own: { type: 'string', sql: \`\${base.state} || \${CUBE}.state\` } },
  joins: { base: { relationship: 'many_to_one', sql: \`\${CUBE}.id = \${base}.id\` } },
});
cube('grandchild', { extends: child, sql: \`SELECT * FROM \${child.sql()} c\` });
cube('other', { sql: 'SELECT 1 AS id', dimensions: { id: { type: 'number', sql: 'id', primaryKey: true, shown: true } }, measures: { n: { type: 'count' } } });
`,
  },
  {
    path: 'b.yml',
    content: `
cubes:
  - name: listed
    sql: SELECT * FROM child_rows
    dimensions:
      - { name: id, type: number, sql: "{listed}.id", primary_key: true, shown: true }
      - { name: t, type: number, sql: "{listed}.t" }
    measures: [{ name: n, type: count }]
    access_policy:
      - role: "*"
        row_level: { filters: [{ member: listed.t, operator: equals, values: ["1"] }] }
  - { name: listed_child, extends: listed }
`,
  },
];

const driver = createDuckDbDriver({
  setup: [
    "CREATE TABLE base_rows AS SELECT * FROM (VALUES (1, 'open', 1)) v(id, state, other_id)",
    "CREATE TABLE child_rows AS SELECT * FROM (VALUES (1, 'open', 1, 1), (2, 'closed', 1, 1), (3, 'open', 1, 2)) v(id, state, other_id, t)",
  ],
});

const cases: readonly (readonly [query: object, rows: unknown])[] = [
  [{ measures: ['child.n'] }, [[2]]],
  [{ measures: ['child.open'] }, [[1]]],
  [{ measures: ['child.n'], segments: ['child.closed'] }, [[1]]],
  [{ dimensions: ['child.label'], order: { 'child.label': 'asc' } }, [['CLOSED'], ['OPEN']]],
  [{ measures: ['child.n'], dimensions: ['other.id'] }, [[1, 2]]],
  [{ measures: ['base.n'] }, [[1]]],
  [
    {
      dimensions: ['child.own'],
      filters: [{ member: 'child.id', operator: 'equals', values: ['1'] }],
    },
    [['openopen']],
  ],
  [{ measures: ['listed_child.n'] }, [[2]]],
];

test.for(cases)(
  'the name of a base in what it hands down means the child: %j',
  async ([query, rows]) => {
    await using schema = await compileSchema({ files });
    const { sql, params } = await schema.generateSql(query, {
      securityContext: { t: 1 },
      dialect: 'duckdb',
    });
    expect((await driver.query(sql, params)).rows, sql).toEqual(rows);
    if (JSON.stringify(query).includes('child.') && !JSON.stringify(query).includes('own')) {
      expect(sql).not.toContain('base_rows');
    }
  },
);

test('drill members are those of the child', async () => {
  await using schema = await compileSchema({ files });
  const child = schema.meta().cubes.find(({ name }) => name === 'child')!;
  expect(child.measures.find(({ name }) => name === 'child.n')!.drillMembers).toEqual([
    'child.label',
  ]);
});
