import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileSchema, type Schema } from '../../src/index.ts';
import { openDuckDb, type Engine } from '../support/engines.ts';

const members = `dimensions: { id: { sql: 'id', type: 'number', primary_key: true, public: true } }`;
const content = `
  cube('Orders', {
    sql: \`SELECT * FROM store_orders WHERE \${FILTER_PARAMS.Shipping.status.filter('status')} AND \${FILTER_PARAMS.Orders.shop.filter('shop')} AND \${FILTER_PARAMS.Shipping.Home_name.filter((name) => \`\${name} <> 'nowhere'\`)}\`,
    joins: {
      Customers: { relationship: 'many_to_one', sql: \`\${CUBE}.customer_id = \${Customers.id}\` },
      Regions: { relationship: 'many_to_one', sql: \`'north' = \${Regions}.name\` },
    },
    measures: { count: { type: 'count' } },
    dimensions: {
      id: { sql: 'id', type: 'number', primary_key: true, public: true },
      status: { sql: 'status', type: 'string' },
      shop: { sql: 'shop', type: 'string' },
      latest: { sql: \`(SELECT max(o.id) FROM \${Customers.sql()} AS c INNER JOIN store_orders AS o ON o.customer_id = c.id)\`, type: 'number' },
    },
  });
  cube('Customers', {
    sql: \`SELECT * FROM store_customers WHERE \${SECURITY_CONTEXT.region.filter('region')}\`,
    joins: { Regions: { relationship: 'many_to_one', sql: \`\${CUBE}.region = \${Regions}.name\` } },
    dimensions: {
      id: { sql: 'id', type: 'number', primary_key: true },
      name: { sql: 'name', type: 'string' },
      country: { sql: \`\${Regions.country}\`, type: 'string' },
    },
  });
  cube('Regions', {
    sql: \`SELECT * FROM store_regions WHERE \${FILTER_PARAMS.Regions.name.filter('name')} AND \${FILTER_PARAMS.Shipping.Home_name.filter('name')}\`,
    dimensions: {
      name: { sql: 'name', type: 'string', primary_key: true, public: true },
      country: { sql: 'country', type: 'string' },
    },
  });
  view('Shipping', { cubes: [
    { join_path: 'Orders', includes: ['id', 'status', 'count', { name: 'shop', alias: 'store' }] },
    { join_path: 'Orders.Customers', includes: ['name'], prefix: true },
    { join_path: 'Orders.Regions', includes: ['country'], prefix: true },
    { join_path: 'Orders.Customers.Regions', includes: ['name'], alias: 'Home', prefix: true },
  ] });`;

const equals = (member: string, value: string) => [{ member, operator: 'equals', values: [value] }];

describe('a filter that is pushed into a source', () => {
  let schema: Schema;
  let duckdb: Engine;
  beforeAll(async () => {
    [schema, duckdb] = await Promise.all([
      compileSchema({ files: [{ path: 'Orders.js', content }] }),
      openDuckDb(),
    ]);
  });
  afterAll(() => Promise.all([schema.close(), duckdb.close()]));

  async function ask(query: object, securityContext: object = {}) {
    const { sql, params } = await schema.generateSql(query, { dialect: 'duckdb', securityContext });
    return { sql, rows: await duckdb.query(sql, params) };
  }

  test('is that of a view, by its own name and by that of the member behind it', async () => {
    const { sql, rows } = await ask({
      measures: ['Shipping.count'],
      filters: [...equals('Shipping.status', 'open'), ...equals('Shipping.store', 'web')],
    });
    expect(sql).toMatch(/FROM store_orders WHERE status = \$1 AND shop = \$2/);
    const [expected] = await duckdb.query(
      "SELECT count(*) FROM store_orders WHERE status = 'open' AND shop = 'web'",
      [],
    );
    expect(rows.map((row) => row.map(Number))).toEqual([expected!.map(Number)]);
  });

  test('is no filter of the cube on another path than the one that is compared', async () => {
    const dimensions = ['Orders.id', 'Customers.country'];
    const { sql, rows } = await ask({ dimensions, filters: equals('Regions.name', 'north') });
    expect(sql).toContain('FROM store_regions WHERE 1=1 AND 1=1');
    const expected = await duckdb.query(
      `SELECT o.id, r.country FROM store_orders AS o
       LEFT JOIN store_customers AS c ON c.id = o.customer_id
       LEFT JOIN store_regions AS r ON r.name = c.region ORDER BY 1`,
      [],
    );
    expect(rows).toEqual(expected);
  });

  test('of a path that a view has is pushed there, and into cubes that stand once', async () => {
    const { sql, rows } = await ask({
      dimensions: ['Shipping.id', 'Shipping.Regions_country'],
      filters: equals('Shipping.Home_name', 'south'),
    });
    expect(sql).toMatch(/FROM store_orders WHERE 1=1 AND 1=1 AND \(?\$1 <> 'nowhere'/);
    expect(sql).toMatch(/FROM store_regions WHERE name = \$\d AND name = \$\d/);
    expect(sql).toMatch(/FROM store_regions WHERE 1=1 AND 1=1/);
    const expected = await duckdb.query(
      `SELECT o.id, 'NO' FROM store_orders AS o
       INNER JOIN store_customers AS c ON c.id = o.customer_id AND c.region = 'south' ORDER BY 1`,
      [],
    );
    expect(rows).toEqual(expected);
  });

  test('is pushed where the source stands once', async () => {
    const { sql } = await ask({
      dimensions: ['Customers.name'],
      filters: equals('Regions.name', 'north'),
    });
    expect(sql).toContain('FROM store_regions WHERE name = $1 AND 1=1');
  });

  test("a source inside a member's SQL keeps its row filter", async () => {
    const { sql, rows } = await ask({ dimensions: ['Orders.latest'] }, { region: 'south' });
    expect(sql).toContain('FROM store_customers WHERE (region = $1 AND ');
    const expected = await duckdb.query(
      "SELECT max(o.id) FROM store_customers AS c INNER JOIN store_orders AS o ON o.customer_id = c.id WHERE c.region = 'south'",
      [],
    );
    expect(rows).toEqual(expected);
  });
});

test.for([
  ['typo', /Sales has no member 'typo'/],
  ['count', /FILTER_PARAMS reads the query's filters on dimensions, and Sales\.count is none/],
] as const)('FILTER_PARAMS.Sales.%s is refused with its place', async ([name, message]) => {
  const schema = `
    cube('A', { sql: \`SELECT * FROM a WHERE \${FILTER_PARAMS.Sales.${name}.filter('x')}\`, measures: { count: { type: 'count' } }, ${members} });
    view('Sales', { cubes: [{ join_path: 'A', includes: '*' }] });`;
  await expect(compileSchema({ files: [{ path: 'A.js', content: schema }] })).rejects.toThrow(
    message,
  );
});
