import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDuckDbDriver, createSqliteDriver, type Driver } from '../../src/drivers/index.ts';
import { compileSchema, type Schema } from '../../src/index.ts';
import {
  allCells,
  claims,
  columns,
  forms,
  matrixSchema,
  maySee,
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
          const { sql, params } = await schema.generateSql(
            { dimensions: [`${column}_${form}.id`] },
            { securityContext: { c, one: claim } },
          );
          const rows = await driver.query(sql, params).then(
            (result): unknown[] => result.rows.map(([id]) => id),
            (): unknown[] => [],
          );
          for (const item of allCells().filter(({ id }) => rows.includes(id))) {
            // SQLite stores a boolean as a number: what a policy says of a boolean dimension holds for it.
            const isNumber = dialect === 'sqlite' && column === 'flag' && form !== 'policy';
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
});
