import { createHash } from 'node:crypto';
import knex from 'knex';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileSchema, type Schema } from '../../../src/index.ts';

const content = `cube(\`Orders\`, {
  sql: \`SELECT * FROM public.orders WHERE \${USER_CONTEXT.id.filter('user_id')}\`,
  measures: { count: { type: \`count\` } },
  dimensions: { question: { type: 'string', sql: \`\${CUBE}.data ? 'a?b'\` } },
});
`;

const expected = `SELECT
  count(*) "orders.count"
FROM (
  SELECT * FROM public.orders WHERE user_id = $1
) AS "orders"
LIMIT 10000`;

const query = { measures: ['Orders.count'] };

describe('generateSql', () => {
  let schema: Schema;
  beforeAll(async () => {
    schema = await compileSchema({ files: [{ path: 'Orders.js', content }] });
  });
  afterAll(() => schema.close());

  test('gives the documented statement byte for byte', async () => {
    const generated = await schema.generateSql(query, {
      securityContext: { id: 42 },
      dialect: 'postgres',
    });
    expect(generated.sql).toBe(expected);
    expect(generated.params).toEqual([42]);
    expect(generated.hash).toBe(createHash('sha256').update(expected).digest('hex'));
    expect(generated.columns).toEqual([
      { member: 'Orders.count', granularity: null, alias: 'orders.count', type: 'number' },
    ]);
    expect(generated.security).toEqual([
      {
        member: 'Orders',
        property: 'sql',
        position: 'source',
        claim: 'id',
        required: false,
        applied: 'bound',
        warning: null,
        status: 'ok',
      },
    ]);
  });

  test('keeps users apart: one text, their own values', async () => {
    const [first, second] = await Promise.all([
      schema.generateSql(query, { securityContext: { id: 1 } }),
      schema.generateSql(query, { securityContext: { id: '1 OR 1=1' } }),
    ]);
    expect(second.sql).toBe(first.sql);
    expect(first.params).toEqual([1]);
    expect(second.params).toEqual(['1 OR 1=1']);
  });

  test('answers a changed query object anew', async () => {
    const live = { measures: ['Orders.count'], limit: 5 };
    const before = await schema.generateSql(live, { securityContext: {} });
    live.limit = 6;
    const after = await schema.generateSql(live, { securityContext: {} });
    expect(before.sql).toMatch(/LIMIT 5$/);
    expect(after.sql).toMatch(/LIMIT 6$/);
  });

  test('writes values into the text for logs, escaped', async () => {
    const { inlined } = {
      inlined: await schema.generateSql(query, { securityContext: { id: "it's" } }),
    };
    expect(inlined.inlined()).toContain("user_id = 'it''s'");
  });

  test('refuses what no caller may change', async () => {
    const generated = await schema.generateSql(query, { securityContext: { id: 1 } });
    expect(Object.isFrozen(generated.columns)).toBe(true);
    expect(Object.isFrozen(generated.security)).toBe(true);
  });

  test('composes with knex, its literals untouched', async () => {
    const generated = await schema.generateSql(
      { dimensions: ['Orders.question'] },
      { securityContext: { id: 7 } },
    );
    const postgres = knex({ client: 'pg' });
    const { sql, bindings } = generated
      .toKnex(postgres)
      .where(postgres.raw('"orders.question"'), '=', 'x')
      .toSQL()
      .toNative();
    expect(sql).toContain(`"orders".data ? 'a?b'`);
    expect(sql).toContain('user_id = $1');
    expect(sql).toMatch(/where "orders\.question" = \$2$/);
    expect(bindings).toEqual([7, 'x']);
    expect(() => generated.toKnex(knex({ client: 'mysql2' }))).toThrow(/speaks mysql/);
  });

  test('names a wrong option', async () => {
    const call = (options: object) => schema.generateSql(query, options);
    await expect(call({ securityContxt: {} })).rejects.toThrow(/did you mean 'securityContext'/);
    await expect(call({ dialect: 'postgre' })).rejects.toThrow(/did you mean 'postgres'/);
    await expect(call({ missingContext: 'maybe' })).rejects.toThrow(/'allow', 'deny' or 'error'/);
  });

  test('stops when its signal has been aborted', async () => {
    const signal = AbortSignal.abort(new Error('gone'));
    await expect(schema.generateSql(query, { signal })).rejects.toThrow('gone');
    await expect(compileSchema({ files: [{ path: 'a.js', content }] }, { signal })).rejects.toThrow(
      'gone',
    );
  });
});
