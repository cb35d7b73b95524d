import { describe, expect, test } from 'vitest';
import { CompileError, compileSchema } from '../../../src/index.ts';

/** `line:column code` of each error of a measure over one cube and another. */
async function problemsOf(sql: string, more = `type: 'number'`): Promise<string[]> {
  const content = `cube('Orders', { sql_table: 'orders',
  joins: { Shops: { relationship: 'many_to_one', sql: \`\${CUBE}.user_id = \${Shops}.id\` } },
  measures: { amount: { type: 'sum', sql: 'amount' }, count: { type: 'count' }, m: { ${more}, sql:
\`${sql}\` } },
  dimensions: { id: { type: 'number', sql: 'id', primary_key: true }, price: { type: 'number', sql: 'price' } } });
cube('Shops', { sql_table: 'shops', measures: { size: { type: 'sum', sql: 'size' } }, dimensions: { id: { type: 'number', sql: 'id', primary_key: true } } });`;
  try {
    await (await compileSchema({ files: [{ path: 'Orders.js', content }] })).close();
    return [];
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return error.diagnostics.map(({ line, column, code }) => `${line}:${column} ${code}`);
  }
}

describe('a value of one row beside finished measures is refused where it stands', () => {
  test.for([
    ['${amount} / ${price}', '4:0 model/mixed-grain'],
    ['${amount} / ${CUBE.price}', '4:0 model/mixed-grain'],
    ['${amount} / ${CUBE}.price', '4:0 model/mixed-grain'],
    ['${amount} / price', '4:0 model/mixed-grain'],
    ['${amount} / coalesce(price, 1)', '4:0 model/mixed-grain'],
    ['CASE WHEN ${amount} > 0 THEN price END', '4:0 model/mixed-grain'],
  ] as const)('%s', async ([sql, problem]) => {
    const [found, ...others] = await problemsOf(sql);
    expect(others).toEqual([]);
    expect(found).toMatch(new RegExp(`^4:\\d+ ${problem.split(' ')[1]}$`));
  });
});

describe('what is aggregated, or is of no row, is accepted', () => {
  test.for([
    '${amount} / sum(${price})',
    '${amount} / sum(price)',
    '${amount} / count(*) FILTER (WHERE price > 1)',
    '${amount} / my_aggregate(${CUBE}.price)',
    "concat(to_char(${amount}, 'FM9'), lpad(${count}::text, 3, '0'))",
    '${amount} / sum(${amount}) OVER (PARTITION BY ${price})',
    'extract(epoch from now()) * ${amount}',
    '${amount} / (SELECT max(x) FROM y)',
    'max(${price})',
  ])('%s', async (sql) => {
    expect(await problemsOf(sql)).toEqual([]);
  });
});

describe('a filter as an argument of a function that takes no condition is refused', () => {
  test.for([
    "sum(${amount}) + 0 * length(${FILTER_PARAMS.Orders.price.filter('price')})",
    "date_trunc('day', ${FILTER_PARAMS.Orders.price.filter((from) => from)})",
    "lower(${SECURITY_CONTEXT.id.filter('id')})",
  ])('%s', async (sql) => {
    const problems = await problemsOf(
      sql.replace('sum(${amount})', 'sum(amount)'),
      `type: 'number_agg'`,
    );
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('model/filter-as-argument');
  });

  test('but not of one that does', async () => {
    const sql = "sum(CASE WHEN ${FILTER_PARAMS.Orders.price.filter('price')} THEN 1 END)";
    expect(await problemsOf(sql, `type: 'number_agg'`)).toEqual([]);
    expect(
      await problemsOf(
        "bool_and(${FILTER_PARAMS.Orders.price.filter('price')})",
        `type: 'number_agg'`,
      ),
    ).toEqual([]);
  });
});

test('any function over measures of several cubes is planned, and columns beside them are not', async () => {
  const ask = async (sql: string) => {
    const content = `cube('A', { sql_table: 'a', joins: { B: { relationship: 'many_to_one', sql: \`\${CUBE}.b = \${B.id}\` } },
      measures: { m: { type: 'string', sql: \`${sql}\` }, count: { type: 'count' } }, dimensions: { id: { type: 'number', sql: 'id', primary_key: true } } });
      cube('B', { sql_table: 'b', measures: { size: { type: 'sum', sql: 'size' } }, dimensions: { id: { type: 'number', sql: 'id', primary_key: true } } });`;
    const schema = await compileSchema({ files: [{ path: 'A.js', content }] });
    return schema.generateSql({ measures: ['A.m'] }).then(
      () => 'planned',
      (error: unknown) => (error as { code: string }).code,
    );
  };
  for (const sql of [
    "concat(${B.size}, 'x', ${count})",
    "format('%s', ${B.size} + ${count})",
    "to_char(${B.size} + ${count}, 'FM9')",
    'extract(epoch from now()) * ${B.size} * ${count}',
    "E'it\\\\'s' || ${B.size} || ${count}",
  ]) {
    expect(await ask(sql)).toBe('planned');
  }
  expect(await ask('${B.size} + ${count} + sum(x)')).toBe('query/mixed-measure');
  expect(await ask('${B.size} + ${count} + my_function(x)')).toBe('query/mixed-measure');
});
