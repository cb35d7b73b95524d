import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileSchema, OptionError } from '../../src/index.ts';

const root = path.resolve(import.meta.dirname, '../..');
const read = (name: string) => readFileSync(path.join(root, name), 'utf8');
const readme = read('README.md');
const documents = [
  'README.md',
  'CHANGELOG.md',
  'bench/README.md',
  ...readdirSync(path.join(root, 'docs')).map((name) => `docs/${name}`),
];

/** The code blocks of a language, in order. */
function blocks(text: string, language: string): string[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
    .filter((match) => match[1] === language)
    .map((match) => match[2]!);
}

test('the README says how to run the demo and the tests', () => {
  const commands = blocks(readme, 'bash').map((block) => block.trim());
  expect(commands).toContain('npm ci && npm run demo');
  expect(commands).toContain('npm ci && npm test');
});

test("the README's example gives the SQL that stands below it", async () => {
  const content = blocks(readme, 'js').find((block) => block.startsWith('cube(`Orders`'))!;
  await using schema = await compileSchema({ files: [{ path: 'Orders.js', content }] });
  const { sql, params } = await schema.generateSql(
    { measures: ['Orders.count'] },
    { securityContext: { id: 42 }, dialect: 'postgres' },
  );
  expect(`${sql}\n`).toBe(blocks(readme, 'sql')[0]);
  expect(params).toEqual([42]);
});

test('the README lists every option of compileSchema, and no other', async () => {
  const refused = compileSchema({ files: [] }, { quiteUnknown: 1 } as object);
  const error = await refused.catch((caught: unknown) => caught);
  if (!(error instanceof OptionError)) throw error;
  const known = /; known are (.*)$/.exec(error.message)![1]!.split(', ');
  const table = readme.slice(readme.indexOf('| option'), readme.indexOf('## The context table'));
  const listed = [...table.matchAll(/^\| `(\w+)`/gm)].map((match) => match[1]!);
  expect(listed.sort()).toEqual(known.sort());
});

describe.for(documents)('%s', (name) => {
  const text = read(name);

  test('links to files that are there', () => {
    const links = [...text.matchAll(/\]\(([^)#\s]+)/g)].map((match) => match[1]!);
    const local = links.filter((link) => !/^[a-z]+:/.test(link));
    const missing = local.filter((link) => !existsSync(path.join(root, path.dirname(name), link)));
    expect(missing).toEqual([]);
  });

  test('names scripts that are there', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...text.matchAll(/\bnpm run ([a-z][\w:-]*)/g)].map((match) => match[1]!);
    expect(named.filter((script) => !(script in scripts))).toEqual([]);
  });
});
