import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'vitest/config';

const root = path.resolve(import.meta.dirname, '../..');
const built = path.join(root, 'node_modules/.cache/built-runner');
const relativeImport = /(\bfrom\s*|\bimport\s*\(?\s*)(['"])(\.[^'"]+)\.ts\2/g;

/**
 * Starts the runners of tests from JavaScript, as in the package: a process that first strips the types
 * of its own sources takes twice as long to start, and the tests start thousands.
 */
export function builtRunner(): Plugin {
  return {
    name: 'built-runner',
    enforce: 'pre',
    buildStart: buildRunner,
    transform: (code, id) =>
      id.endsWith('/src/sandbox/launch.ts')
        ? code.replaceAll(
            'import.meta.url',
            JSON.stringify(pathToFileURL(path.join(built, 'sandbox/launch.js')).href),
          )
        : null,
  };
}

function buildRunner(): void {
  const sources = globSync(
    ['{core,syntax,frontend,sandbox}/**/*.ts', 'model/{properties.data,shapes}.ts'],
    {
      cwd: path.join(root, 'src'),
    },
  );
  for (const source of sources) {
    const text = stripTypeScriptTypes(readFileSync(path.join(root, 'src', source), 'utf8'));
    write(source.replace(/\.ts$/, '.js'), text.replaceAll(relativeImport, '$1$2$3.js$2'));
  }
  write('package.json', '{ "type": "module" }');
  for (const name of globSync('sandbox/guest/*.js', { cwd: path.join(root, 'src') })) {
    write(name, readFileSync(path.join(root, 'src', name), 'utf8'));
  }
}

/** Another run of tests may be using the files: each is replaced at once, and only when it differs. */
function write(name: string, text: string): void {
  const file = path.join(built, name);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, text);
  renameSync(`${file}.${process.pid}`, file);
}
