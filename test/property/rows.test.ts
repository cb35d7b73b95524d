import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileSchema, type Schema } from '../../src/index.ts';
import { openDuckDb, openSqlite, type Engine } from '../support/engines.ts';
import { evaluateNaively, type Row } from './naive-evaluator/shop.ts';
import { naiveQueries, plainRows, toQuery } from './shop-queries.ts';

const shop = fileURLToPath(new URL('../../fixtures/models/shop', import.meta.url));

/** Contexts, with the rows that each of them may see. */
const users: readonly (readonly [object, (row: Row) => boolean])[] = [
  [{}, () => true],
  [{ id: 42 }, (row) => row['user_id'] === 42],
  [{ id: 0 }, (row) => row['user_id'] === 0],
  [{ id: null }, () => false],
  [{ id: [] }, () => false],
  [{ id: [7, null, 0] }, (row) => row['user_id'] === 7 || row['user_id'] === 0],
];

describe('rows equal what nested loops over the data give', () => {
  let schema: Schema;
  let engines: Engine[];
  beforeAll(async () => {
    schema = await compileSchema(shop);
    engines = [await openDuckDb(), await openSqlite()];
  });
  afterAll(() => Promise.all([schema.close(), ...engines.map((engine) => engine.close())]));

  test('any query, any user, on DuckDB and sqlite', async () => {
    await fc.assert(
      fc.asyncProperty(naiveQueries, fc.constantFrom(...users), async (query, [context, sees]) => {
        const expected = plainRows(query, evaluateNaively(query, sees));
        for (const engine of engines) {
          const { sql, params } = await schema.generateSql(toQuery(query), {
            securityContext: context,
            dialect: engine.dialect,
          });
          expect(plainRows(query, await engine.query(sql, params)), sql).toEqual(expected);
        }
      }),
      { numRuns: 300 },
    );
  });
});
