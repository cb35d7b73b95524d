import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Schema } from '../../src/index.ts';
import {
  compileConvertedTimes,
  convertedTimes,
  rowsOfConverted,
} from '../support/converted-times.ts';
import { openDuckDb, openSqlite, type Engine } from '../support/engines.ts';

describe.for([
  ['duckdb', openDuckDb],
  ['sqlite', openSqlite],
] as const)('a time that its SQL converts, on %s', ([dialect, open]) => {
  let schema: Schema;
  let engine: Engine;
  beforeAll(async () => {
    [schema, engine] = await Promise.all([compileConvertedTimes(dialect), open()]);
  });
  afterAll(() => Promise.all([schema.close(), engine.close()]));

  test.for(convertedTimes)('$name', async (form) => {
    expect(await rowsOfConverted(form, schema, engine)).toEqual(form.rows);
  });
});
