import { afterAll, describe, expect, test } from 'vitest';
import { createDuckDbDriver } from '../../../src/drivers/index.ts';
import { compileSchema } from '../../../src/index.ts';

const letters = ['a', 'b', 'c', 'd', 'e', 'f'];
const driver = createDuckDbDriver({
  setup: [`CREATE TABLE t AS SELECT unnest(['${letters.join("','")}', '', 'it''s']) AS x`],
});

afterAll(() => driver.close());

async function statement(body: string, t: unknown) {
  const content = `cube('a', { sql: \`SELECT * FROM t WHERE \${SECURITY_CONTEXT.t.filter((v) => ${body})}\`,
    measures: { n: { type: 'count' } }, dimensions: { x: { type: 'string', sql: 'x' } } });`;
  await using schema = await compileSchema({ files: [{ path: 'a.js', content }] });
  const query = { dimensions: ['a.x'], order: { 'a.x': 'asc' } } as const;
  return await schema.generateSql(query, { securityContext: { t }, dialect: 'duckdb' });
}

async function shown(body: string, t: unknown): Promise<unknown[]> {
  const { sql, params, security } = await statement(body, t);
  for (const value of [t].flat()) {
    if (typeof value === 'string' && value !== '') expect(sql).not.toContain(`'${value}'`);
  }
  expect(security).toHaveLength(1);
  const { rows } = await driver.query(sql, params);
  return rows.flat();
}

const all = (body: string): [string, (list: readonly string[]) => readonly string[]] => [
  body,
  (list) => list,
];
const first = (body: string): [string, (list: readonly string[]) => readonly string[]] => [
  body,
  (list) => list.slice(0, 1),
];

/** What an ordinary array would give. */
const uses = [
  all("`x IN (${v.join(', ')})`"),
  all("`x IN (${[].concat(v).join(',')})`"),
  all("`x IN (${Array.from(v).join(', ')})`"),
  all('`x IN (${v.slice().join()})`'),
  all('`x IN (${v.flat().join()})`'),
  all("[].concat(v).map((x) => `x = ${x}`).join(' OR ')"),
  all("Array.from(v, (x) => `x = ${x}`).join(' OR ')"),
  all('`x IN (${v})`'),
  all('`x IN ( ${v} )`'),
  all("'x IN (' + v + ')'"),
  all('`x IN (${String(v)})`'),
  all('`x IN (${v.toString()})`'),
  all("`x IN (${[...v].join(',')})`"),
  all('`x IN (${[...v]})`'),
  all("`x IN (${[...new Set(v)].join(',')})`"),
  all("`x IN (${[...v].sort().reverse().join(',')})`"),
  all(
    "{ const found = []; for (const x of v) found.push(`x = ${x}`); return found.join(' OR '); }",
  ),
  all(
    "{ let text = ''; v.forEach((x, i) => { text += (i ? ' OR ' : '') + `x = ${x}`; }); return text; }",
  ),
  all("v.reduce((text, x) => `${text} OR x = ${x}`, '1=0')"),
  all(
    '{ const parts = []; for (let i = 0; i < v.length; i++) parts.push(v[i]); return `x IN (${parts})`; }',
  ),
  all("v.length > 1 ? `x IN (${v.join(',')})` : `x = ${v[0]}`"),
  all('(v.length === 1 ? `x = ${v[0]}` : `x IN (${v})`)'),
  all("`x IN (${((...items) => items.join(','))(...v)})`"),
  all("`x IN (${v.map((x, i) => `${x}`).join(',')})`"),
  all('`x IN (${[...v.entries()].map(([, x]) => x)})`'),
  all('Array.isArray(v) ? `x IN (${[...v]})` : `x = ${v}`'),
  all("`x IN (${v.filter((x) => x !== 'z').join(',')})`"),
  all("`x IN (${v.concat([]).join(',')})`"),
  all("v.some((x) => x === 'z') ? '1=1' : `x IN (${v})`"),
  all("v.includes('z') ? '1=1' : `x IN (${v})`"),
  first('`x = ${v[0]}`'),
  first('`x = ${v.at(0)}`'),
  first('{ const [a] = v; return `x = ${a}`; }'),
  first('{ const [a, ...others] = v; return `x = ${a}`; }'),
  first('`x IN (${v.slice(0, 1)})`'),
  [
    '{ const [a, b] = v; return b === undefined ? `x = ${a}` : `x BETWEEN ${a} AND ${b}`; }',
    (list) => list.slice(0, 2),
  ],
  ['`x IN (${v.slice(-1)})`', (list) => list.slice(-1)],
] satisfies [string, (list: readonly string[]) => readonly string[]][];

describe('a filter function takes a list claim as an array', () => {
  test.for(uses)('%s', async ([body, right]) => {
    const written = body.startsWith('{') ? body : `(${body})`;
    for (const length of [1, 2, 5]) {
      const list = letters.slice(0, length);
      expect(await shown(written, list)).toEqual([...right(list)].sort());
    }
    expect(await shown(written, [])).toEqual([]);
    expect(await shown(written, [null])).toEqual([]);
    expect(await shown(written, null)).toEqual([]);
    expect(await shown(written, [null, 'b', null])).toEqual(['b']);
    expect(await shown(written, ['b', 'b'])).toEqual(['b']);
    expect(await shown(written, "it's")).toEqual(["it's"]);
    expect(await shown(written, 'c')).toEqual(['c']);
  });
});

describe('a text that the values themselves would not give is refused', () => {
  test.for([
    ["v === 'a' ? '1=1' : `x = ${v}`", 'a', 'b'],
    ["[].concat(v).includes('a') ? '1=1' : `x IN (${v})`", ['a'], ['b']],
    ['`x IN (${[...v].filter(Boolean)})`', ['', 'a'], ['b']],
    ["v.substring(0, 1) === 'a' ? '1=1' : `x = ${v}`", 'ab', 'b'],
    ["v.some((x) => x === 'a') ? '1=1' : `x IN (${v})`", ['a', 'b'], ['b']],
    ['`x = ${v.toUpperCase()}`', 'b', 'B'],
    ['`x IN (${v.map((x) => x.toUpperCase())})`', ['b'], ['B']],
    ['/a/.test(v) ? `1=1` : `x = ${v}`', 'a', 'b'],
    ["v[0] === 'a' ? `x = ${v}` : '1=1'", 'ab', 'b'],
    ["({ a: '1=1' })[v] ?? `x = ${v}`", 'a', 'b'],
    ['`x = ${v}`', ['a', 'b'], ['b']],
    ['`(x = ${v})`', ['a', 'b'], ['b']],
    ['`x = ${v.trim()}`', ['a'], 'b'],
  ] as const)('%s', async ([body, refused, taken]) => {
    await expect(statement(`(${body})`, refused)).rejects.toThrow(/cannot take/);
    await expect(statement(`(${body})`, taken)).resolves.toBeDefined();
  });
});
