import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileSchema, OptionError } from '../../src/index.ts';
import { defaultLimits } from '../../src/sandbox/limits.ts';

const root = path.resolve(import.meta.dirname, '../..');
const read = (name: string) => readFileSync(path.join(root, name), 'utf8');
const readme = read('README.md');
const documents = [
  'README.md',
  'CHANGELOG.md',
  'bench/README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CODE_OF_CONDUCT.md',
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

/** What compileSchema says that it knows, when it is given something else. */
async function knownOptions(options: object): Promise<string[]> {
  const error = await compileSchema({ files: [] }, options).catch((caught: unknown) => caught);
  if (!(error instanceof OptionError)) throw error;
  return /; known are (.*)$/.exec(error.message)![1]!.split(', ');
}

test('the README lists every option of compileSchema, and no other', async () => {
  const known = await knownOptions({ quiteUnknown: 1 });
  const table = readme.slice(readme.indexOf('| option'), readme.indexOf('## The context table'));
  const listed = [...table.matchAll(/^\| `(\w+)`/gm)].map((match) => match[1]!);
  expect(listed.sort()).toEqual(known.sort());
});

test('docs/security.md lists every option of the sandbox with its default, and no other', async () => {
  const known = await knownOptions({ sandbox: { quiteUnknown: 1 } });
  const text = read('docs/security.md');
  const table = text.slice(text.indexOf('## Options of the sandbox'), text.indexOf('## Claims'));
  const rows = [...table.matchAll(/^\| `(\w+)` +\| ([\d,]+|none) +\|/gm)];
  const limits = Object.entries(defaultLimits).map(([name, value]) => [name, String(value)]);
  const others = known.filter((name) => !(name in defaultLimits)).map((name) => [name, 'none']);
  const listed = rows.map(([, name, value]) => [name, value!.replaceAll(',', '')]);
  expect(listed.sort()).toEqual([...limits, ...others].sort());
});

test('the README and docs/schema-files.md say what schema files may reach', () => {
  for (const option of ['include', 'modules', 'functions']) {
    expect(readme).toContain(`\`${option}\``);
    expect(read('docs/schema-files.md')).toContain(`sandbox: { ${option}: `);
  }
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
