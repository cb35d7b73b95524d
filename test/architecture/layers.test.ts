import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const source = path.join(root, 'src');

/** What each folder may import beside itself: folders or files of `src`, and packages. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  core: [],
  syntax: ['core'],
  sql: ['core'],
  frontend: ['core', 'syntax', 'acorn'],
  sandbox: [
    'core',
    'syntax',
    'node:child_process',
    'node:fs',
    'node:module',
    'node:net',
    'node:os',
    'node:path',
    'node:url',
  ],
  'sandbox/runner': ['core', 'frontend', 'sandbox', 'isolated-vm', 'node:crypto', 'node:fs'],
  model: ['core', 'syntax', 'sql/raw-text.ts', 'sql/dialects/dialect.ts', 'sql/ast.ts'],
  planner: ['core', 'model', 'sql/ast.ts', 'node:util'],
  lower: ['core', 'model', 'planner', 'sql'],
  pipeline: [
    'core',
    'syntax',
    'sandbox',
    'model',
    'planner',
    'lower',
    'sql',
    'knex',
    'node:crypto',
    'node:fs',
    'node:fs/promises',
    'node:path',
  ],
  server: [
    'core',
    'sql/ast.ts',
    'sql/dialects/dialect.ts',
    'sandbox/limits.ts',
    'model/metadata.ts',
    'planner/query-error.ts',
    'planner/security-context-error.ts',
    'lower/lowering.ts',
    'lower/lower-plan.ts',
    'pipeline',
    'drivers',
    'express',
    'express-rate-limit',
    'helmet',
    'jose',
    'pino',
    'prom-client',
    'selfsigned',
    'node:crypto',
    'node:fs',
    'node:http',
    'node:https',
    'node:net',
    'node:tls',
  ],
  cli: [
    'sql/dialects/dialect.ts',
    'planner/query-error.ts',
    'planner/security-context-error.ts',
    'pipeline',
    'server',
    'jose',
    'node:crypto',
    'node:fs',
    'node:path',
    'node:util',
  ],
  drivers: [
    'knex',
    'pg',
    'mysql2',
    'core',
    'sql',
    'node:sqlite',
    'node:fs',
    'node:path',
    '@duckdb/node-api',
  ],
};

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .map((name) => name.split(path.sep).join('/'))
  .filter((name) => name.endsWith('.ts'));

/** `import`, `export ... from`, and dynamic imports, of types too. */
function importsOf(file: string): string[] {
  const text = readFileSync(path.join(source, file), 'utf8');
  const found = [...text.matchAll(/(?:\bfrom\s+|\bimport\s*\(\s*|\bimport\s+)'([^']+)'/g)];
  return found.map((match) => match[1]!);
}

function folderOf(file: string): string {
  if (file.startsWith('sandbox/runner/')) return 'sandbox/runner';
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : '';
}

describe('what a folder may import', () => {
  test.for(files.filter((file) => file.includes('/')))('%s', (file) => {
    const folder = folderOf(file);
    const list = allowed[folder];
    expect(list, `the folder ${folder} has no list`).toBeDefined();
    for (const specifier of importsOf(file)) {
      const target = specifier.startsWith('.')
        ? path.posix.join(path.posix.dirname(file), specifier)
        : specifier;
      const isOwn = folderOf(target) === folder && specifier.startsWith('.');
      const isAllowed = list!.some((item) => target === item || target.startsWith(`${item}/`));
      const isRunner = target.startsWith('sandbox/runner/') && folder !== 'sandbox/runner';
      expect(isOwn || (isAllowed && !isRunner), `${file} imports ${specifier}`).toBe(true);
    }
  });
});

describe('how files are written', () => {
  test.for(files)('%s', (file) => {
    const text = readFileSync(path.join(source, file), 'utf8');
    if (!file.endsWith('.data.ts'))
      expect(text.split('\n').length, 'lines').toBeLessThanOrEqual(301);
    expect(text).not.toMatch(/(:|<|as)\s*any\b/);
    expect(text).not.toMatch(/^export default|^export \*/m);
    expect(text).not.toMatch(/^await /m);
    expect(text).not.toMatch(/dialect\.name\s*[!=]==/);
    expect(path.basename(file)).not.toMatch(/^(utils?|helpers?|common|misc|types)\./);
    expect(path.basename(file)).toMatch(/^[a-z0-9-]+(\.data)?\.ts$/);
  });
});

test('every stage says in its README what comes in and what goes out', () => {
  const folders = readdirSync(source).filter((name) =>
    statSync(path.join(source, name)).isDirectory(),
  );
  for (const folder of folders) {
    expect(existsSync(path.join(source, folder, 'README.md')), folder).toBe(true);
  }
});

test('the guest has no imports: it is one text in an isolate', () => {
  const guest = path.join(source, 'sandbox/guest');
  for (const name of readdirSync(guest)) {
    const text = readFileSync(path.join(guest, name), 'utf8');
    expect(text).not.toMatch(/^\s*(import|export)\b|\brequire\(/m);
    expect(text.split('\n').length).toBeLessThanOrEqual(301);
  }
});

test('the package exports exactly this', async () => {
  const index = (await import('../../src/index.ts')) as Record<string, unknown>;
  expect(Object.keys(index).sort()).toEqual([
    'CompileError',
    'OptionError',
    'QueryError',
    'SecurityContextError',
    'compileSchema',
  ]);
});

test('docs/errors.md lists every code, and no other', () => {
  const codes = new Set<string>();
  const stages =
    'schema|sandbox|source|model|query|context|option|compile|driver|knex|internal|server';
  const pattern = new RegExp(`['"\`]((?:${stages})/[a-z]+(?:-[a-z]+)*)['"\`]`, 'g');
  const guest = readdirSync(path.join(source, 'sandbox/guest')).map(
    (name) => `sandbox/guest/${name}`,
  );
  for (const file of [...files, ...guest]) {
    const text = readFileSync(path.join(source, file), 'utf8');
    for (const match of text.matchAll(pattern)) codes.add(match[1]!);
  }
  codes.add('query/bad-limit').add('query/bad-offset');
  const listed = readFileSync(path.join(root, 'docs/errors.md'), 'utf8').matchAll(
    /^\| `([a-z]+\/[a-z-]+)`/gm,
  );
  expect([...listed].map((match) => match[1]!).sort()).toEqual([...codes].sort());
});
