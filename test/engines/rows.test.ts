import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileSchema, type Schema } from '../../src/index.ts';
import { caseNow, loadCases, sampleModels } from '../support/cases.ts';
import type { Engine } from '../support/engines.ts';
import { rowsOfCase } from '../support/rows-of-case.ts';
import { openMariaDb, openMysqlOnMariaDb, openPostgres } from './support.ts';

const folderOf = (model: string) =>
  fileURLToPath(new URL(`../../fixtures/models/${model}`, import.meta.url));

const servers = [
  ['PostgreSQL', openPostgres],
  ['MariaDB', openMariaDb],
  ['the mysql dialect on MariaDB', openMysqlOnMariaDb],
] as const;
const pairs = servers.flatMap(([name, open]) =>
  sampleModels.map((model) => [name, model, open] as const),
);

describe.for(pairs)('rows on %s of %s equal those of DuckDB', ([, model, open]) => {
  let schema: Schema;
  let engine: Engine;
  beforeAll(async () => {
    [schema, engine] = await Promise.all([
      compileSchema(folderOf(model), { now: caseNow }),
      open(),
    ]);
  });
  afterAll(() => Promise.all([schema.close(), engine.close()]));

  test.for(loadCases().filter((item) => item.tables === model))('$name', async (item) => {
    const expected = readFileSync(path.join(item.directory, 'rows.txt'), 'utf8');
    expect(await rowsOfCase(item, schema, engine)).toBe(expected);
  });
});
