import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  files,
  folderOf,
  importsOf,
  parse,
  root,
  source,
  targetOf,
  textOf,
} from './source-files.ts';

/** What each folder may import beside itself: folders or files of `src`, and packages. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  core: [],
  schema: [],
  syntax: ['core'],
  sql: ['core'],
  frontend: [
    'core',
    'syntax',
    'model/properties.data.ts',
    'model/shapes.ts',
    'acorn',
    'yaml',
    'node:module',
  ],
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
  model: [
    'core',
    'syntax',
    'sql/raw-text.ts',
    'sql/own-words.ts',
    'sql/dialects/dialect.ts',
    'sql/ast.ts',
  ],
  artifact: ['core', 'model', 'sql/dialects/dialect.ts', 'node:crypto'],
  planner: [
    'core',
    'model',
    'sql/ast.ts',
    'sql/time-ast.ts',
    'sql/own-words.ts',
    'sql/dialects/dialect.ts',
    'node:util',
  ],
  lower: ['core', 'model', 'planner', 'sql'],
  pipeline: [
    'core',
    'syntax',
    'sandbox',
    'model',
    'planner',
    'lower',
    'sql',
    'artifact',
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
    'core/render-diagnostic.ts',
    'sql/dialects/dialect.ts',
    'planner/query.ts',
    'sandbox/limits.ts',
    'planner/query-error.ts',
    'planner/security-context-error.ts',
    'pipeline',
    'server',
    'jose',
    'node:child_process',
    'node:crypto',
    'node:fs',
    'node:path',
    'node:util',
  ],
  drivers: [
    'node:events',
    'node:net',
    'node:tls',
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

/** Files that load a package by a name that they are given. */
const computed = new Set(['drivers/knex-pool.ts']);

function targetsOf(file: string): string[] {
  return importsOf(parse(file, textOf(file))).flatMap((specifier) => {
    if (specifier !== null) return [targetOf(file, specifier)];
    if (computed.has(file)) return [];
    throw new Error(`${file} computes what it imports`);
  });
}

describe('what a folder may import', () => {
  test.for(files.filter((file) => file.includes('/')))('%s', (file) => {
    const folder = folderOf(file);
    const list = allowed[folder];
    expect(list, `the folder ${folder} has no list`).toBeDefined();
    for (const target of targetsOf(file)) {
      const isOwn = files.includes(target) && folderOf(target) === folder;
      const isAllowed = list!.some((item) => target === item || target.startsWith(`${item}/`));
      const isRunner = target.startsWith('sandbox/runner/') && folder !== 'sandbox/runner';
      expect(isOwn || (isAllowed && !isRunner), `${file} imports ${target}`).toBe(true);
    }
  });
});

test('no stage needs itself through others', () => {
  const edges = new Map<string, Set<string>>();
  for (const file of files.filter((name) => name.includes('/'))) {
    const from = folderOf(file);
    if (!edges.has(from)) edges.set(from, new Set());
    for (const target of targetsOf(file)) {
      if (files.includes(target) && folderOf(target) !== from)
        edges.get(from)!.add(folderOf(target));
    }
  }
  expect(cycleIn(edges)).toBeNull();
});

/** The folders of a cycle, in order, the first once more at the end. */
function cycleIn(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] | null {
  const done = new Set<string>();
  const visit = (folder: string, above: readonly string[]): string[] | null => {
    if (above.includes(folder)) return [...above.slice(above.indexOf(folder)), folder];
    if (done.has(folder)) return null;
    for (const next of edges.get(folder) ?? []) {
      const cycle = visit(next, [...above, folder]);
      if (cycle) return cycle;
    }
    done.add(folder);
    return null;
  };
  for (const folder of edges.keys()) {
    const cycle = visit(folder, []);
    if (cycle) return cycle;
  }
  return null;
}

test('a cycle of folders is found, and a diamond is none', () => {
  const edges = (...pairs: [string, string[]][]) =>
    new Map(pairs.map(([from, to]) => [from, new Set(to)]));
  expect(cycleIn(edges(['a', ['b', 'c']], ['b', ['d']], ['c', ['d']], ['d', []]))).toBeNull();
  expect(cycleIn(edges(['a', ['b']], ['b', ['c']], ['c', ['b']]))).toEqual(['b', 'c', 'b']);
});

test('an import is found however it is written', () => {
  const text = `import './a.ts'; import type { B } from "./b.ts"; export { c } from './c.ts';
    type D = import('./d.ts').D; const e = await import(\`./e.ts\`); require('./f.ts'); import(g);`;
  expect(importsOf(parse('planted.ts', text))).toEqual([
    './a.ts',
    './b.ts',
    './c.ts',
    './d.ts',
    './e.ts',
    './f.ts',
    null,
  ]);
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

test('docs/errors.md lists every code, and no other', () => {
  const codes = new Set<string>();
  const stages =
    'artifact|schema|sandbox|source|syntax|frontend|model|query|planner|context|lower|sql|option|compile|driver|knex|internal|server|cli';
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
