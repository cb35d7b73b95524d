import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDuckDbDriver, createSqliteDriver, type Driver } from '../../src/drivers/index.ts';
import { compileSchema, type Schema } from '../../src/index.ts';
import {
  allCells,
  claims,
  columns,
  forms,
  isOfPolicy,
  listForms,
  longListWith,
  matrixSchema,
  maySee,
  queryOf,
  tableOfCells,
  takesLists,
} from '../support/claim-matrix.ts';

const types = {
  note: 'VARCHAR',
  folded: 'VARCHAR COLLATE NOCASE',
  small: 'INTEGER',
  large: 'BIGINT',
  ratio: 'DOUBLE',
  exact: 'DECIMAL(10, 2)',
  flag: 'BOOLEAN',
  day: 'DATE',
} as const;
const engines = [
  ['duckdb', createDuckDbDriver],
  ['sqlite', createSqliteDriver],
] as const;

describe.for(engines)('on %s a claim shows rows of its own value alone', ([dialect, open]) => {
  let driver: Driver;
  let schema: Schema;
  beforeAll(async () => {
    driver = open({ path: ':memory:', setup: tableOfCells(types, 'cells') });
    schema = await compileSchema(
      { files: [{ path: 'a.js', content: matrixSchema('cells') }] },
      { dialect, missingContext: 'deny' },
    );
  }, 60_000);
  afterAll(() => Promise.all([driver.close(), schema.close()]));

  test.for(forms)('%s', async (form) => {
    const shown: string[] = [];
    let seen = 0;
    for (const column of columns) {
      for (const claim of claims) {
        const lists = takesLists(form) ? [claim, [claim, 'none-of-them']] : [claim];
        for (const c of lists) {
          const { sql, params } = await schema.generateSql(queryOf(column, form), {
            securityContext: { c, one: claim },
          });
          const rows = await driver.query(sql, params).then(
            (result): unknown[] => result.rows.map(([id]) => id),
            (): unknown[] => [],
          );
          for (const item of allCells().filter(({ id }) => rows.includes(id))) {
            // SQLite stores a boolean as a number: what a policy says of a boolean dimension holds for it.
            const isNumber = dialect === 'sqlite' && column === 'flag' && !isOfPolicy(form);
            const value = isNumber ? Number(item.cell.value) : item.cell.value;
            if (item.column === column && maySee(claim, { ...item.cell, value })) seen++;
            else shown.push(`${column}: ${typeof claim} ${String(claim)} shows ${item.cell.sql}`);
          }
        }
      }
    }
    expect([...new Set(shown)]).toEqual([]);
    expect(seen).toBeGreaterThan(20);
  });

  test.for(listForms)('%s with a list of 1,201 items', async (form) => {
    const shown: string[] = [];
    let seen = 0;
    for (const column of columns) {
      for (const claim of claims) {
        const list = longListWith(claim);
        if (!list) continue;
        const { sql, params } = await schema.generateSql(queryOf(column, form), {
          securityContext: { c: list },
        });
        const rows = await driver.query(sql, params).then(
          (result): unknown[] => result.rows.map(([id]) => id),
          (): unknown[] => [],
        );
        for (const item of allCells().filter(({ id }) => rows.includes(id))) {
          const isNumber = dialect === 'sqlite' && column === 'flag' && !isOfPolicy(form);
          const value = isNumber ? Number(item.cell.value) : item.cell.value;
          if (item.column === column && maySee(claim, { ...item.cell, value })) seen++;
          else shown.push(`${column}: ${typeof claim} ${String(claim)} shows ${item.cell.sql}`);
        }
      }
    }
    expect([...new Set(shown)]).toEqual([]);
    expect(seen).toBeGreaterThan(10);
  });
});

/** Equalities that leave no place for a second comparison; C is the column. */
const loose = [
  '${v} = ANY (SELECT C)',
  'CASE ${v} WHEN C THEN 1=1 ELSE 1=0 END',
  'CASE C WHEN ${v} THEN 1=1 ELSE 1=0 END',
  "CASE C WHEN 'other' THEN 1=0 WHEN ${v} THEN 1=1 END",
  'C IS NOT DISTINCT FROM ${v}',
  '${v} IS NOT DISTINCT FROM C',
  'NOT (C IS DISTINCT FROM ${v})',
  'C IS ${v}',
  'C <=> ${v}',
  '(C, 1) = (${v}, 1)',
  '(1, C) IN ((1, ${v}))',
  "C || '' = ${v}",
  'lower(C) = lower(${v})',
  "C = coalesce(${v}, 'none')",
  'C = CAST(${v} AS INTEGER)',
  'C + 0 = ${v}',
  'C = (${v})',
  "C IN (${v}, 'none')",
  'C IN (SELECT ${v})',
  'C IN (VALUES (${v}))',
  '${v} IN (SELECT C)',
  'NOT C <> ${v}',
  'NOT (C <> ${v})',
  'CASE WHEN C <> ${v} THEN 1=0 ELSE 1=1 END',
  'NOT (C NOT IN (${v}))',
  'nullif(C, ${v}) IS NULL',
  'list_contains((C), ${v})',
  "{'b': 1, 'a': ${v}} = {'b': 1, 'a': C}",
  'EXISTS (SELECT C INTERSECT SELECT ${v})',
  'EXISTS (SELECT 1 FROM (SELECT C AS k) AS a JOIN (SELECT ${v} AS k) AS b USING (k))',
  'greatest(C, ${v}) = least(C, ${v})',
];
/** What MySQL and MariaDB fold besides. */
const folded = [
  'C LIKE ${v}',
  'C NOT LIKE ${v}',
  'C RLIKE ${v}',
  'C <> ${v}',
  'C != ${v}',
  'C NOT IN (${v})',
  'strcmp(C, ${v}) = 0',
  'find_in_set(C, ${v})',
  'field(C, ${v}) > 0',
  'locate(C, ${v})',
];
/** What is compared exactly, what is no equality, and what can only hide more rows. */
const exact = [
  'C = ${v}',
  '${v} = C',
  'lower(C) = ${v}',
  'EXISTS (SELECT 1 WHERE C = ${v})',
  "(${v} IS NULL OR C = ${v} OR C = 'all')",
  'C IN (SELECT k FROM cells WHERE C = ${v})',
  'C >= ${v}',
  "coalesce(${v}, 'none') IS NOT NULL AND 1=0",
];
const onlyConverted = ['C <> ${v}', 'C NOT IN (${v})', 'C LIKE ${v}'];

describe.for(['duckdb', 'sqlite', 'mysql', 'mariadb'] as const)('with %s', (dialect) => {
  const folds = dialect === 'mysql' || dialect === 'mariadb';

  test.for(['function', 'bare'] as const)(
    'a claim in any other equality is refused: %s',
    async (form) => {
      const outcome = async (texts: readonly string[]): Promise<string[]> => {
        const where = (text: string): string => {
          const sql = text.replace(/\bC\b/g, 'note');
          return form === 'bare'
            ? sql.replaceAll('${v}', '${SECURITY_CONTEXT.c}')
            : `\${SECURITY_CONTEXT.c.filter((v) => \`${sql}\`)}`;
        };
        const content = texts.map(
          (text, index) =>
            `cube('c${index}', { sql: \`SELECT * FROM cells WHERE ${where(text)}\`, dimensions: { id: { sql: 'id', type: 'number' } } });`,
        );
        await using schema = await compileSchema(
          { files: [{ path: 'a.js', content: content.join('\n') }] },
          { dialect },
        );
        return Promise.all(
          texts.map(async (text, index) => {
            const made = schema.generateSql(
              { dimensions: [`c${index}.id`] },
              { securityContext: { c: 'acme' } },
            );
            return made.then(
              () => `made: ${text}`,
              ({ code }: { code: string }) => `${code}: ${text}`,
            );
          }),
        );
      };
      const brackets = dialect === 'duckdb' ? ["['none', ${v}] = ['none', C]", 'C IN [${v}]'] : [];
      const refused = [...loose, ...(folds ? folded : brackets)];
      expect(await outcome(refused)).toEqual(
        refused.map((text) => `context/loose-comparison: ${text}`),
      );
      const made = folds ? [...exact, 'C LIKE BINARY ${v}'] : [...exact, ...onlyConverted];
      expect(await outcome(made)).toEqual(made.map((text) => `made: ${text}`));
    },
  );
});
