import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { watchFolder } from '../../src/cli/watch-folder.ts';
import { sign, start } from '../server/support.ts';
import { ordersDriver } from '../server/support.ts';

let folder: string;
const before = process.cwd();
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cubewright-serving-'));
  mkdirSync(path.join(folder, 'schema'));
});
afterEach(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
  vi.restoreAllMocks();
});

function errors(): string[] {
  const lines: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  return lines;
}

test.for(['cube.js', 'cube.ts', 'cube.mjs', 'cube.cjs', 'cube.py'])(
  'nothing is served beside a %s that is not read',
  async (name) => {
    writeFileSync(path.join(folder, name), 'module.exports = { queryRewrite: (query) => query };');
    process.chdir(folder);
    for (const command of ['serve', 'dev']) {
      const lines = errors();
      expect(await main([command])).toBe(1);
      expect(lines.join('')).toContain(name);
      expect(lines.join('')).toContain('createServer');
    }
  },
);

test.for([
  ['serve', 'schema'],
  ['serve', '--port', '1'],
  ['dev', '--prot', '1'],
  ['token', 'x'],
  ['check', 'a', 'b'],
  ['meta', 'a', 'b'],
  ['dev', '--port', 'abc'],
])('a command line with what has no effect is refused: %s', async (argv) => {
  process.chdir(folder);
  errors();
  expect(await main(argv)).toBeGreaterThan(0);
});

const content = (name: string) =>
  `cube('${name}', { sql: 'SELECT 1 AS x', measures: { count: { type: 'count' } } });`;

test('a server is ready while its schema compiles', async () => {
  const schemaPath = path.join(folder, 'none');
  const options = { schemaPath, repositoryFactory: undefined, driverFactory: ordersDriver };
  const running = await start(options as object);
  const ready = async () => (await running.get('/readyz', await sign({}))).status;
  expect(await ready()).toBe(503);
  mkdirSync(schemaPath);
  expect(await ready()).toBe(503);
  writeFileSync(path.join(schemaPath, 'A.js'), "cube('A', {");
  expect(await ready()).toBe(503);
  writeFileSync(path.join(schemaPath, 'A.js'), content('A'));
  expect(await ready()).toBe(200);
  await running.server.close();
});

test('a folder is watched through renames, replacements and removals', async () => {
  const place = path.join(folder, 'schema');
  let changes = 0;
  const watcher = watchFolder(place, () => changes++);
  const seen = async (change: () => void) => {
    const old = changes;
    change();
    await vi.waitFor(() => expect(changes).toBeGreaterThan(old), { timeout: 5_000, interval: 20 });
  };
  await new Promise((resolve) => setTimeout(resolve, 500));
  const file = path.join(place, 'sub', 'A.js');
  await seen(() => mkdirSync(path.dirname(file)));
  for (let round = 0; round < 5; round++) {
    await seen(() => {
      writeFileSync(`${file}.tmp`, content(`A${round}`));
      renameSync(`${file}.tmp`, file);
    });
  }
  await seen(() => rmSync(file));
  await seen(() => writeFileSync(file, content('B')));
  await seen(() => {
    mkdirSync(`${place}2/sub`, { recursive: true });
    writeFileSync(`${place}2/sub/A.js`, content('C'));
    rmSync(place, { recursive: true });
    renameSync(`${place}2`, place);
  });
  await seen(() => writeFileSync(file, content('D')));
  watcher.close();
});

test('init ends where a folder cannot be made, or the file system never answers', async () => {
  writeFileSync(path.join(folder, 'file'), '');
  const lines = errors();
  expect(await main(['init', path.join(folder, 'file', 'shop')])).toBe(1);
  expect(lines.join('')).toContain('cannot be made');
  // Node's own mkdir goes round for ever there: the parent exists, and the folder never does.
  expect(await main(['init', '/proc/cubewright/shop'])).toBe(1);
}, 30_000);
