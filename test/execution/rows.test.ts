import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileSchema, type Schema } from '../../src/index.ts';
import { caseNow, expectGolden, loadCases, sampleModels } from '../support/cases.ts';
import { openDuckDb, openSqlite, type Engine } from '../support/engines.ts';
import { fileURLToPath } from 'node:url';
import { rowsOfCase } from '../support/rows-of-case.ts';

const folderOf = (model: string) =>
  fileURLToPath(new URL(`../../fixtures/models/${model}`, import.meta.url));

describe.for(sampleModels)('rows of %s on the embedded engines', (model) => {
  let schema: Schema;
  let duckdb: Engine;
  let sqlite: Engine;
  beforeAll(async () => {
    [schema, duckdb, sqlite] = await Promise.all([
      compileSchema(folderOf(model), { now: caseNow }),
      openDuckDb(),
      openSqlite(),
    ]);
  });
  afterAll(() => Promise.all([schema.close(), duckdb.close(), sqlite.close()]));

  test.for(loadCases().filter((item) => item.tables === model))('$name', async (item) => {
    const rows = await rowsOfCase(item, schema, duckdb);
    expectGolden(path.join(item.directory, 'rows.txt'), rows);
    expect(await rowsOfCase(item, schema, sqlite)).toBe(rows);
  });
});
