import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileSchema, type Schema } from '../../../src/index.ts';

const long = `a${'VeryLongMemberName'.repeat(8)}`;
const content = `cube('Orders', {
  sql: 'SELECT * FROM orders',
  dimensions: {
    fooBar: { type: 'string', sql: 'a' },
    foo_bar: { type: 'string', sql: 'b' },
    HTTPUrl: { type: 'string', sql: 'c' },
    ${long}1: { type: 'string', sql: 'd' },
    ${long}2: { type: 'string', sql: 'e' },
  },
});`;

describe('column aliases', () => {
  let schema: Schema;
  beforeAll(async () => {
    schema = await compileSchema({ files: [{ path: 'Orders.js', content }] });
  });
  afterAll(() => schema.close());
  const aliases = async (...members: string[]) => {
    const query = { dimensions: members.map((member) => `Orders.${member}`) };
    return (await schema.generateSql(query)).columns.map((column) => column.alias);
  };

  test('follow the original', async () => {
    expect(await aliases('fooBar', 'HTTPUrl')).toEqual(['orders.foo_bar', 'orders.h_t_t_p_url']);
  });

  test('never collide', async () => {
    const [first, second] = await aliases('fooBar', 'foo_bar');
    expect(first).toBe('orders.foo_bar');
    expect(second).toMatch(/^orders\.foo_bar_[0-9a-z]{10}$/);
  });

  test('fit the dialect and stay apart', async () => {
    const found = await aliases(`${long}1`, `${long}2`);
    expect(new Set(found).size).toBe(2);
    for (const alias of found) expect(Buffer.byteLength(alias)).toBeLessThanOrEqual(63);
  });
});
