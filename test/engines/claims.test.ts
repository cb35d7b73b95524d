import mysql from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMysqlDriver, type Driver } from '../../src/drivers/index.ts';
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
import { mysqlServer } from '../support/database-servers.ts';

const types = {
  note: 'VARCHAR(20)',
  folded: 'VARCHAR(20) COLLATE utf8mb4_unicode_ci',
  small: 'INTEGER',
  large: 'BIGINT',
  ratio: 'DOUBLE',
  exact: 'DECIMAL(10, 2)',
  flag: 'BOOLEAN',
  day: 'DATE',
} as const;
const database = `cubewright_claims_${process.pid}`;

beforeAll(async () => {
  const connection = await mysql.createConnection({ ...mysqlServer, charset: 'utf8mb4' });
  await connection.query(
    `CREATE DATABASE ${database} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci`,
  );
  await connection.query(`USE ${database}`);
  for (const statement of tableOfCells(types, 'cells')) await connection.query(statement);
  await connection.end();
});
afterAll(async () => {
  const connection = await mysql.createConnection(mysqlServer);
  await connection.query(`DROP DATABASE ${database}`);
  await connection.end();
});

describe.for(['mariadb', 'mysql'] as const)(
  'with %s a claim shows rows of its own value alone',
  (dialect) => {
    let driver: Driver;
    let schema: Schema;
    beforeAll(async () => {
      driver = createMysqlDriver({ dialect, connection: { ...mysqlServer, database } });
      schema = await compileSchema(
        { files: [{ path: 'a.js', content: matrixSchema('cells') }] },
        { dialect, missingContext: 'deny' },
      );
    }, 60_000);
    afterAll(() => Promise.all([driver.close(), schema.close()]));

    test.for(forms)('%s', { timeout: 60_000 }, async (form) => {
      const shown: string[] = [];
      let seen = 0;
      for (const column of columns) {
        for (const claim of claims) {
          for (const c of takesLists(form) ? [claim, [claim, 'none-of-them']] : [claim]) {
            const { sql, params } = await schema.generateSql(
              { dimensions: [`${column}_${form}.id`] },
              { securityContext: { c, one: claim } },
            );
            const rows = (await driver.query(sql, params)).rows.map(([id]) => id);
            for (const item of allCells().filter(({ id }) => rows.includes(id))) {
              // A boolean is a number here: what a policy says of a boolean dimension holds for it.
              const isNumber = item.column === 'flag' && form !== 'policy';
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
  },
);
