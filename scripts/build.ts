import { execFileSync } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { jsonSchema } from '../src/model/json-schema.ts';

/**
 * Emits `dist` with declarations, copies the guest's files, which no compiler may touch, and writes
 * what editors check YAML schema files by.
 */
const root = path.resolve(import.meta.dirname, '..');
const dist = path.join(root, 'dist');
rmSync(dist, { recursive: true, force: true });
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
for (const folder of ['sandbox/guest', 'sandbox/extensions']) {
  cpSync(path.join(root, 'src', folder), path.join(dist, folder), { recursive: true });
}
writeFileSync(path.join(dist, 'yaml-schema.json'), JSON.stringify(jsonSchema(), null, 2));
