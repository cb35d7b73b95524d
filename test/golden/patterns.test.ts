import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'vitest';
import {
  CompileError,
  compileSchema,
  QueryError,
  SecurityContextError,
  type Schema,
} from '../../src/index.ts';
import { expectGolden, show } from '../support/cases.ts';

const folder = path.resolve(import.meta.dirname, '../../fixtures/patterns');
const user = {
  id: 7,
  ids: [1, 2],
  tenant: 't',
  tenantId: 't',
  region: 'north',
  role: 'employee',
  user: { id: 8 },
  'custom:orgId': 'acme',
};

describe('what real schema files contain', () => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.js'));
  test.for(names)('%s', async (name) => {
    const content = readFileSync(path.join(folder, name), 'utf8');
    const text = await compileSchema({ files: [{ path: name, content }] }).then(
      describeSchema,
      (error: unknown) => {
        if (error instanceof CompileError) return `${error.message}\n`;
        throw error;
      },
    );
    expectGolden(path.join(folder, name.replace('.js', '.txt')), text);
  });
});

/** Each member alone, for one user. */
async function describeSchema(schema: Schema): Promise<string> {
  await using compiled = schema;
  const sections = compiled.audit().warnings.map((warning) => `warning ${warning.code}`);
  for (const { measures, dimensions } of compiled.meta().cubes) {
    const queries = [
      ...measures.map(({ name }) => ({ measures: [name] })),
      ...dimensions.map(({ name }) => ({ dimensions: [name] })),
    ];
    for (const query of queries) sections.push(`=== ${show(query)}`, await answer(compiled, query));
  }
  return `${sections.join('\n')}\n`;
}

async function answer(schema: Schema, query: object): Promise<string> {
  try {
    const { sql, params } = await schema.generateSql(query, { securityContext: user });
    return `${sql}\nparams ${show(params)}`;
  } catch (error) {
    if (error instanceof QueryError || error instanceof SecurityContextError) return error.message;
    throw error;
  }
}
