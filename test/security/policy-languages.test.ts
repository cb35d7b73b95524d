import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDuckDbDriver, createSqliteDriver, type Driver } from '../../src/drivers/index.ts';
import { compileSchema, type Schema } from '../../src/index.ts';

const setup = [
  'CREATE TABLE orders (id INTEGER, region VARCHAR(10), level INTEGER)',
  "INSERT INTO orders VALUES (1, 'EU', 1), (2, 'US', 2), (3, 'USA', 3), (4, NULL, NULL)",
];
/** Spellings of a claim at one path: in YAML, in JavaScript. */
const spellings = [
  ['{ security_context.x }', 'security_context.x'],
  ['{security_context.x}', 'security_context.x'],
  ['{securityContext.x}', 'securityContext.x'],
  ['{SECURITY_CONTEXT.x}', 'SECURITY_CONTEXT.x'],
  ['{ userAttributes.x }', 'userAttributes.x'],
  ['{ user_attributes.a.b }', 'user_attributes.a.b'],
] as const;
const operators = [
  ['region', 'equals'],
  ['region', 'notEquals'],
  ['region', 'contains'],
  ['region', 'notContains'],
  ['level', 'gt'],
  ['region', 'set'],
] as const;
/** Claims, and the rows that each operator shows. */
const claims: readonly (readonly [unknown, readonly (readonly number[] | 'refused')[]])[] = [
  ['US', [[2], [1, 3, 4], [2, 3], [1, 4], 'refused', [1, 2, 3]]],
  [
    ['US', 'EU'],
    [[1, 2], [3, 4], [1, 2, 3], [4], 'refused', [1, 2, 3]],
  ],
  [undefined, [[], [], [], [], [], [1, 2, 3]]],
  [null, [[], [], [], [], [], [1, 2, 3]]],
  [[], [[], [], [], [], [], [1, 2, 3]]],
  [1, [[], [1, 2, 3, 4], [], [1, 2, 3, 4], [2, 3], [1, 2, 3]]],
  [0, [[], [1, 2, 3, 4], [], [1, 2, 3, 4], [1, 2, 3], [1, 2, 3]]],
];

const cubes: { yaml: string; js: string }[] = [];
function addCube(name: string, yaml: string, js: string): void {
  const dimensions =
    "id: { sql: 'id', type: 'number', primary_key: true, public: true }, region: { sql: 'region', type: 'string' }, level: { sql: 'level', type: 'number' }";
  cubes.push({
    yaml: `  - name: ${name}_yaml
    sql_table: orders
    dimensions:
      - { name: id, sql: id, type: number, primary_key: true, public: true }
      - { name: region, sql: region, type: string }
      - { name: level, sql: level, type: number }
    access_policy:
      - group: "*"
${yaml.replace(/^/gm, '        ')}`,
    js: `cube('${name}_js', { sql_table: 'orders', dimensions: { ${dimensions} }, access_policy: [{ group: '*', ${js} }] });`,
  });
}
for (const [index, [yaml, js]] of spellings.entries()) {
  for (const [member, operator] of operators) {
    const values =
      operator === 'set' ? ['', ''] : [`\n      values: ["${yaml}"]`, `, values: [${js}]`];
    addCube(
      `${operator}_${index}`,
      `row_level:\n  filters:\n    - member: "{CUBE}.${member}"\n      operator: ${operator}${values[0]}`,
      `row_level: { filters: [{ member: CUBE.${member}, operator: '${operator}'${values[1]} }] }`,
    );
  }
  addCube(`if_${index}`, `conditions:\n  - if: "${yaml}"`, `conditions: [{ if: ${js} }]`);
}
addCube(
  'escaped',
  "row_level:\n  filters:\n    - member: region\n      operator: notEquals\n      values: ['\\{ security_context.x \\}']",
  "row_level: { filters: [{ member: region, operator: 'notEquals', values: ['US'] }] }",
);

const files = [
  { path: 'a.yml', content: `cubes:\n${cubes.map(({ yaml }) => yaml).join('\n')}\n` },
  { path: 'a.js', content: cubes.map(({ js }) => js).join('\n') },
];
const engines = [
  ['duckdb', createDuckDbDriver],
  ['sqlite', createSqliteDriver],
] as const;

describe.for(engines)(
  'on %s policies in YAML show the rows of those in JavaScript',
  ([dialect, open]) => {
    let driver: Driver;
    let schema: Schema;
    beforeAll(async () => {
      driver = open({ path: ':memory:', setup });
      schema = await compileSchema({ files }, { dialect });
    }, 60_000);
    afterAll(() => Promise.all([driver.close(), schema.close()]));

    async function answer(
      cube: string,
      claim: unknown,
    ): Promise<{ rows: unknown; security: unknown }> {
      const securityContext = claim === undefined ? {} : { x: claim, a: { b: claim } };
      const query = { dimensions: [`${cube}.id`], order: { [`${cube}.id`]: 'asc' } } as const;
      try {
        const { sql, params, security } = await schema.generateSql(query, { securityContext });
        const { rows } = await driver.query(sql, params);
        return {
          rows: rows.map(([id]) => Number(id)),
          security: security.map((entry) => ({ ...entry, member: null })),
        };
      } catch (error) {
        return { rows: (error as { code: string }).code, security: null };
      }
    }

    test.for(claims)('for the claim %j', async ([claim, expected]) => {
      for (const index of spellings.keys()) {
        for (const [at, [, operator]] of operators.entries()) {
          const yaml = await answer(`${operator}_${index}_yaml`, claim);
          expect(yaml).toEqual(await answer(`${operator}_${index}_js`, claim));
          const rows = expected[at] === 'refused' ? 'context/bad-policy-value' : expected[at];
          expect([operator, yaml.rows]).toEqual([operator, rows]);
        }
      }
    });

    test.for([true, 'no', 1, [1], false, 0, '', [], null, undefined])('if %j', async (claim) => {
      const holds =
        claim === true ||
        claim === 'no' ||
        claim === 1 ||
        (Array.isArray(claim) && claim.length > 0);
      for (const index of spellings.keys()) {
        const yaml = await answer(`if_${index}_yaml`, claim);
        const js = await answer(`if_${index}_js`, claim);
        expect(yaml).toEqual(js);
        expect(yaml.rows).toEqual(holds ? [1, 2, 3, 4] : 'query/unknown-cube');
      }
    });

    test('escaped braces are text', async () => {
      expect((await answer('escaped_yaml', 'US')).rows).toEqual([1, 2, 3, 4]);
    });

    test('audit lists the same claims', () => {
      const { policies } = schema.audit();
      const of = (ending: string) =>
        policies
          .filter(({ owner }) => owner.endsWith(ending) && !owner.startsWith('escaped'))
          .map(
            (policy) =>
              JSON.parse(
                JSON.stringify(policy)
                  .replaceAll(ending, '')
                  .replace(/"a\.(?:yml|js)"/g, '"a"'),
              ) as object,
          );
      expect(of('_yaml').length).toBe(spellings.length * (operators.length + 1));
      expect(of('_yaml')).toEqual(of('_js'));
    });
  },
);

test.for([
  'prefix-{ security_context.x }',
  '{ security_context.x }-suffix',
  '{ security_context.x }{ security_context.y }',
  '{ security_context.x or "a" }',
  '{ security_context }',
  '{ security_context.x.filter("a") }',
  '{ (() => 1)() }',
  '{{ security_context.x }}',
])('a text that is more than a claim is refused with its place: %s', async (text) => {
  const content = `cubes:
  - name: o
    sql_table: orders
    dimensions: [{ name: region, sql: region, type: string }]
    access_policy:
      - group: "*"
        row_level:
          filters:
            - { member: region, operator: notEquals, values: ['${text}'] }
`;
  const failure = await compileSchema({ files: [{ path: 'a.yml', content }] }).catch(
    (error: unknown) => error,
  );
  const { diagnostics } = failure as {
    diagnostics: { line: number; help?: string; severity: string }[];
  };
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  expect(errors[0]).toMatchObject({ line: 9 });
  expect(errors.some(({ help }) => help !== undefined)).toBe(true);
});
