import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { shapes, type Property } from '../../src/model/properties.data.ts';
import { spellingsOf } from '../../src/model/shapes.ts';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures');

/** The text of every fixture whose path, below `fixtures`, is of a kind. */
function textsOf(kind: RegExp): string {
  return readdirSync(fixtures, { recursive: true, encoding: 'utf8' })
    .map((name) => name.split(path.sep).join('/'))
    .filter((name) => kind.test(name))
    .map((name) => readFileSync(path.join(fixtures, name), 'utf8'))
    .join('\n');
}

const properties = Object.entries(shapes).flatMap(([shape, table]) =>
  Object.entries(table).map(([key, property]: [string, Property]) => ({
    name: `${shape}.${key}`,
    spellings: spellingsOf(key, property),
  })),
);

test.for([
  [
    'a file that compiles',
    /^(models|twins|patterns|cases\/(?!schema-errors))(?!.*misuse).*\.(js|ts|yml)$/,
  ],
  ['the text of an error', /misuse[^/]*\.txt$|schema-errors\/.*expected\.txt$/],
] as const)('every property of the language stands in %s', ([, kind]) => {
  const words = new Set(textsOf(kind).match(/\w+/g));
  const without = properties.filter(({ spellings }) => !spellings.some((word) => words.has(word)));
  expect(without.map(({ name }) => name)).toEqual([]);
});
