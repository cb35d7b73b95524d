import mysql from 'mysql2/promise';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMysqlDriver, createPostgresDriver, type Driver } from '../../src/drivers/index.ts';
import { compileSchema, type Schema } from '../../src/index.ts';
import {
  allCells,
  claims,
  columns,
  forms,
  isOfPolicy,
  matrixSchema,
  maySee,
  queryOf,
  tableOfCells,
  takesLists,
} from '../support/claim-matrix.ts';
import { mysqlServer, postgresServer } from '../support/database-servers.ts';

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
            const { sql, params } = await schema.generateSql(queryOf(column, form), {
              securityContext: { c, one: claim },
            });
            const rows = (await driver.query(sql, params)).rows.map(([id]) => id);
            for (const item of allCells().filter(({ id }) => rows.includes(id))) {
              // A boolean is a number here: what a policy says of a boolean dimension holds for it.
              const isNumber = item.column === 'flag' && !isOfPolicy(form);
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

// PostgreSQL reads a parameter as a value of the column's type, so these claims are that value for it.
describe('with postgres a claim shows rows of its own value, and of what PostgreSQL reads it as', () => {
  const database = `cubewright_claims_${process.pid}`;
  let driver: Driver;
  let schema: Schema;
  beforeAll(async () => {
    const server = new pg.Client({ ...postgresServer, database: 'postgres' });
    await server.connect();
    await server.query(`CREATE DATABASE ${database}`);
    await server.end();
    const client = new pg.Client({ ...postgresServer, database });
    await client.connect();
    await client.query(
      "CREATE COLLATION folding (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
    );
    const declared = { ...types, ratio: 'DOUBLE PRECISION', folded: 'VARCHAR COLLATE folding' };
    for (const statement of tableOfCells(declared, 'cells')) await client.query(statement);
    await client.end();
    driver = createPostgresDriver({ connection: { ...postgresServer, database } });
    schema = await compileSchema(
      { files: [{ path: 'a.js', content: matrixSchema('cells') }] },
      { dialect: 'postgres', missingContext: 'deny' },
    );
  }, 60_000);
  afterAll(async () => {
    await driver.close();
    await schema.close();
    const server = new pg.Client({ ...postgresServer, database: 'postgres' });
    await server.connect();
    await server.query(`DROP DATABASE ${database}`);
    await server.end();
  });

  test.for(forms)('%s', { timeout: 60_000 }, async (form) => {
    const shown = new Set<string>();
    let seen = 0;
    for (const column of columns) {
      for (const claim of claims) {
        const rows = await schema
          .generateSql(queryOf(column, form), { securityContext: { c: claim, one: claim } })
          .then(({ sql, params }) => driver.query(sql, params))
          .then(
            (result): unknown[] => result.rows.map(([id]) => id),
            (): unknown[] => [],
          );
        for (const item of allCells().filter(({ id }) => rows.includes(id))) {
          if (item.column === column && maySee(claim, item.cell)) seen++;
          else shown.add(`${column} ${item.cell.sql}: ${typeof claim} '${String(claim)}'`);
        }
      }
    }
    expect([...shown].filter((line) => !readAsTheColumn.has(line))).toEqual([]);
    if (form === 'column') expect([...shown].sort()).toEqual([...readAsTheColumn].sort());
    expect(seen).toBeGreaterThan(20);
  });
});

/** What docs/security.md says of PostgreSQL: by column and cell, the claim that is read as it. */
const readAsTheColumn: ReadonlySet<string> = new Set([
  "small 42: string '042'",
  "small 42: string ' 42'",
  "ratio 9007199254740992: string '9007199254740993'",
  "ratio 9007199254740992: bigint '9007199254740993'",
  "ratio 0.5: string '.5'",
  "folded 'acme': string 'ACME'",
  "folded 'ACME': string 'acme'",
  "folded 'ACME ': string 'acme '",
  "flag TRUE: string 'yes'",
  "flag TRUE: string 't'",
  "flag TRUE: string '1'",
  "flag TRUE: number '1'",
  "flag FALSE: string '0'",
  "flag FALSE: number '0'",
  "exact 42: string '4.2e1'",
  "exact 42: string '042'",
  "exact 42: string ' 42'",
  "exact 0.5: string '.5'",
  "day '2024-01-01': string '2024-1-1'",
]);
