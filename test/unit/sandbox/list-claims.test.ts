import { describe, expect, test } from 'vitest';
import { compileSchema } from '../../../src/index.ts';

async function filterOf(body: string, t: unknown): Promise<[sql: string, params: unknown]> {
  const content = `cube('a', { sql: \`SELECT * FROM t WHERE \${SECURITY_CONTEXT.t.filter((v) => ${body})}\`, measures: { n: { type: 'count' } } });`;
  await using schema = await compileSchema({ files: [{ path: 'a.js', content }] });
  const { sql, params } = await schema.generateSql(
    { measures: ['a.n'] },
    { securityContext: { t } },
  );
  return [/WHERE (.*)\n/.exec(sql)![1]!, params];
}

const three = ['p', 'q', 'r'];

describe('a filter function takes a list claim as an array', () => {
  test.for([
    ["`x IN (${v.join(', ')})`", 'x IN ($1, $2, $3)', 'x IN ($1)'],
    ["`x IN (${[].concat(v).join(',')})`", 'x IN ($1,$2,$3)', 'x IN ($1)'],
    ["`x IN (${Array.from(v).join(', ')})`", 'x IN ($1, $2, $3)', 'x IN ($1)'],
    ['`x IN (${v.slice().join()})`', 'x IN ($1,$2,$3)', 'x IN ($1)'],
    ['`x IN (${v.flat().join()})`', 'x IN ($1,$2,$3)', 'x IN ($1)'],
    [
      "[].concat(v).map((x) => `x = ${x}`).join(' OR ')",
      '((x = $1) OR (x = $2) OR (x = $3))',
      'x = $1',
    ],
    [
      "Array.from(v, (x) => `x = ${x}`).join(' OR ')",
      '((x = $1) OR (x = $2) OR (x = $3))',
      '(x = $1)',
    ],
  ] as const)('%s', async ([body, list, scalar]) => {
    expect(await filterOf(body, three)).toEqual([list, three]);
    expect(await filterOf(body, 'p')).toEqual([scalar, ['p']]);
  });
});

describe('what depends on how long a list is, or on the letters of a value, makes no text', () => {
  test.for([
    "`x IN (${[...v].join(',')})`",
    '`x = ${v[0]}`',
    '`x IN (${v.slice(0, 1)})`',
    "v.map((x, i) => (i > 5 ? '1=1' : `x = ${x}`)).join(' OR ')",
    "v.map((...all) => (all[1] > 5 ? '1=1' : `x = ${all[0]}`)).join(' OR ')",
    "`x IN (${Array.from(v, (x, i) => i).join(',')})`",
  ])('%s', async (body) => {
    for (const claim of ['p', three]) {
      await expect(filterOf(body, claim)).rejects.toThrow(
        /schema\/filter-function|cannot take|not-supported/,
      );
    }
  });
});
