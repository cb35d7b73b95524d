import Ajv from 'ajv';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { jsonSchema } from '../../../src/model/json-schema.ts';

const schema = jsonSchema() as object;
const validator = new Ajv({ allErrors: true, unknownFormats: 'ignore' });
const isValid = validator.compile(schema);

function problemsOf(document: string): string[] {
  return parseAllDocuments(document, { merge: true }).flatMap((item) => {
    isValid(item.toJS());
    return (isValid.errors ?? []).map((error) => `${error.dataPath} ${error.message}`);
  });
}

describe('the JSON Schema of YAML files', () => {
  const twins = path.resolve(import.meta.dirname, '../../../fixtures/twins');

  test.for(readdirSync(twins))('accepts %s, which compiles', (name) => {
    expect(problemsOf(readFileSync(path.join(twins, name, 'model.yml'), 'utf8'))).toEqual([]);
  });

  test('accepts both spellings of a key', () => {
    expect(problemsOf('cubes: [{ name: A, sql_table: a }, { name: B, sqlTable: b }]')).toEqual([]);
  });

  test.for([
    ['cubs: []', ' should NOT have additional properties'],
    ['cubes: { A: {} }', '.cubes should be array'],
    ['cubes: [{ sql_table: a }]', ".cubes[0] should have required property 'name'"],
    ['cubes: [{ name: A, mesures: [] }]', '.cubes[0] should NOT have additional properties'],
    [
      'cubes: [{ name: A, measures: [{ name: n, type: cuont }] }]',
      '.cubes[0].measures[0].type should be equal to one of the allowed values',
    ],
    [
      'cubes: [{ name: A, segments: [{ name: n }] }]',
      ".cubes[0].segments[0] should have required property 'sql'",
    ],
    [
      'cubes: [{ name: A, dimensions: [{ name: n, type: string, primary_key: "yes" }] }]',
      '.cubes[0].dimensions[0].primary_key should be boolean',
    ],
  ] as const)('refuses %s', ([document, problem]) => {
    expect(problemsOf(document)).toContain(problem);
  });
});
