import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Schema } from '../../src/index.ts';
import type { Engine } from '../support/engines.ts';
import { compileQueryForms, queryForms, rowsOfForm } from '../support/query-forms.ts';
import { openMariaDb, openPostgres } from './support.ts';

describe.for([
  ['PostgreSQL', openPostgres],
  ['MariaDB', openMariaDb],
] as const)('the rows of a form of query on %s', ([, open]) => {
  let schema: Schema;
  let engine: Engine;
  beforeAll(async () => {
    [schema, engine] = await Promise.all([compileQueryForms(), open()]);
  });
  afterAll(() => Promise.all([schema.close(), engine.close()]));

  test.for(queryForms)('$name', async (form) => {
    expect(await rowsOfForm(form, schema, engine)).toEqual(form.rows);
  });
});
