import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, test } from 'vitest';
import { renderDiagnostics } from '../../src/core/render-diagnostic.ts';
import { buildModel } from '../../src/model/build-model.ts';
import { describeModel } from '../../src/model/metadata.ts';
import { evaluate } from '../../src/sandbox/evaluate.ts';
import { defaultLimits } from '../../src/sandbox/limits.ts';
import { createRunnerPool } from '../../src/sandbox/runner-pool.ts';
import { dialects } from '../../src/sql/dialects/registry.ts';
import { decodeUnit } from '../../src/syntax/decode-unit.ts';
import { caseNow, expectGolden } from '../support/cases.ts';
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
  const request = {
    files,
    entries: files.length,
    packages: [],
    compileContext: '{}',
    others: { paths: [], cubes: [], depend: false },
    now: caseNow,
  };
  const result = await evaluate(request, { limits: defaultLimits, require: [] }, pool);
  if (result.kind === 'failed') throw new Error(result.diagnostic.message);
  const unit = await decodeUnit(result.text, files, defaultLimits);
  const { lexical } = dialects.get('postgres')!;
  const built = await buildModel(unit, { lexical, members: defaultLimits.members });
  const findings = [...unit.diagnostics, ...built.diagnostics];
  const text = findings.length > 0 ? `${renderDiagnostics(findings, files)}\n` : '';
  const meta = `${JSON.stringify(describeModel(built.model), null, 2)}\n`;
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
