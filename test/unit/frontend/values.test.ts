import { expect, test } from 'vitest';
import { compileSchema } from '../../../src/index.ts';

const query = { measures: ['Orders.total'], dimensions: ['Orders.status'] };

async function sqlOf(path: string, content: string): Promise<string> {
  await using schema = await compileSchema({ files: [{ path, content }] });
  return (await schema.generateSql(query)).sql;
}

test.for(['Orders.js', 'Orders.ts'])(
  'brackets around the values of %s change nothing',
  async (path) => {
    const plain = `cube('Orders', {
    sql: \`SELECT * FROM orders\`,
    measures: { total: { type: 'sum', sql: \`\${CUBE}.amount\` } },
    dimensions: { status: { type: 'string', sql: \`\${CUBE}.status\` } },
  });`;
    const bracketed = `cube(('Orders'), ({
    sql: (\`SELECT * FROM orders\`),
    measures: ({ total: ({ type: ('sum'), sql: ((\`\${CUBE}.amount\`)) }) }),
    ['dimensions']: (0, { ['status']: (({ type: 'string', sql: (
      \`\${CUBE}.status\`
    ) })), }),
  }));`;
    expect(await sqlOf(path, bracketed)).toBe(await sqlOf(path, plain));
  },
);

test('an error behind a value in brackets is told in its own line', async () => {
  const content = `cube('Orders', {
  sql: (
    \`SELECT 1\`
  ),
  title: (
    'Orders'
  ),
  measures: undefinedName.measures,
});`;
  await expect(compileSchema({ files: [{ path: 'a.js', content }] })).rejects.toMatchObject({
    diagnostics: [{ code: 'schema/throws', line: 8 }],
  });
});

test.for([
  `\${FILTER_PARAMS.Orders.id.filter('')}`,
  `\${SECURITY_CONTEXT.id.filter('')}`,
  `\${SECURITY_CONTEXT.id.filter(\`\`)}`,
])('a filter without a column is refused: %s', async (filter) => {
  const content = `cube('Orders', {
  sql: \`SELECT * FROM orders WHERE ${filter}\`,
  dimensions: { id: { type: 'number', sql: 'id' } },
});`;
  await expect(compileSchema({ files: [{ path: 'a.js', content }] })).rejects.toMatchObject({
    diagnostics: [{ code: 'schema/bad-filter', file: 'a.js', line: 2 }],
  });
});
