import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, test } from 'vitest';
import { renderDiagnostics } from '../../src/core/render-diagnostic.ts';
import { describeModel } from '../../src/model/metadata.ts';
import { UserNames } from '../../src/planner/user-names.ts';
import { createRunnerPool } from '../../src/sandbox/runner-pool.ts';
import { expectGolden } from '../support/cases.ts';
import { compileStages } from '../support/compile-stages.ts';
import { dump } from '../support/dump.ts';

const features = path.resolve(import.meta.dirname, '../../fixtures/models/features');
const pool = createRunnerPool();
afterAll(() => pool.close());

interface Compiled {
  readonly model: string;
  readonly meta: string;
  readonly findings: string;
}

/** What a file compiles to, as text: its model, what the API tells of it, and its findings. */
async function compile(file: string): Promise<Compiled> {
  const files = [{ path: path.basename(file), content: readFileSync(file, 'utf8') }];
  const { unit, ...built } = await compileStages(files, pool);
  const findings = [...unit.diagnostics, ...built.diagnostics];
  const text = findings.length > 0 ? `${renderDiagnostics(findings, files)}\n` : '';
  const meta = `${JSON.stringify(describeModel(built.model, new UserNames(built.model, null)), null, 2)}\n`;
  return { model: dump(built.model), meta, findings: text };
}

describe.for(readdirSync(features))('the feature %s', (name) => {
  const folder = path.join(features, name);
  for (const file of readdirSync(folder).filter((item) => item.endsWith('.js'))) {
    const base = path.join(folder, path.basename(file, '.js'));
    test(file, async () => {
      const { model, meta, findings } = await compile(path.join(folder, file));
      const isMisuse = file.startsWith('misuse');
      expectGolden(`${base}.txt`, isMisuse ? findings : findings + model);
      if (!isMisuse) expectGolden(`${base}.meta.json`, meta);
    });
  }
});
