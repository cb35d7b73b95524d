import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { compileFile } from '../../src/frontend/compile-file.ts';
import { decodeQuery } from '../../src/planner/decode-query.ts';
import { explainPlan } from '../../src/planner/explain/explain-plan.ts';
import { planQuery } from '../../src/planner/plan-query.ts';
import { QueryError } from '../../src/planner/query-error.ts';
import { dialects } from '../../src/sql/dialects/registry.ts';
import { createRunnerPool } from '../../src/sandbox/runner-pool.ts';
import { caseNow, expectGolden, loadCases } from '../support/cases.ts';
import { compileStages } from '../support/compile-stages.ts';
import { dump } from '../support/dump.ts';

const models = path.resolve(import.meta.dirname, '../../fixtures/models');
const pool = createRunnerPool();
afterAll(() => pool.close());

function filesOf(folder: string) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .sort()
    .map((name) => ({ path: name, content: readFileSync(path.join(folder, name), 'utf8') }));
}

describe.for(readdirSync(models).filter((name) => name !== 'features'))(
  'the stages of %s',
  (name) => {
    const folder = path.join(models, name);
    const golden = (stage: string) => path.resolve(models, `../stages/${name}.${stage}.txt`);

    test('frontend: the guest program and its sites', () => {
      const texts = filesOf(folder).map((file, index) => {
        const { program, sites, diagnostics } = compileFile(file, index);
        const lines = sites.map((site, number) => `${number} ${JSON.stringify(site)}`);
        return [
          `=== ${file.path}`,
          program,
          '--- sites',
          ...lines,
          '--- diagnostics',
          ...diagnostics.map((item) => JSON.stringify(item)),
        ];
      });
      expectGolden(golden('program'), `${texts.flat().join('\n')}\n`);
    });

    test('syntax: what the files declare', async () => {
      const { unit } = await compileStages(filesOf(folder), pool);
      const short = unit.definitions.map(({ kind, name: cube, body }) => ({
        kind,
        cube,
        body: withoutPlaces(body),
      }));
      expectGolden(golden('declarations'), dump(short));
    });

    test('model: linked data', async () => {
      const { model } = await compileStages(filesOf(folder), pool);
      expectGolden(golden('model'), dump(model));
    });
  },
);

describe('planner: the plan of every query', () => {
  test.for(loadCases().filter((item) => !existsSync(path.join(item.directory, 'schema'))))(
    '$name',
    async (item) => {
      const { model } = await compileStages(filesOf(item.schema), pool);
      const texts = item.runs.map((run) => {
        try {
          const plan = planQuery(model, decodeQuery(run.query), {
            access: null,
            now: caseNow,
            joinTies: 'error',
            lexical: dialects.get('postgres')!.lexical,
            allowUngroupedWithoutPrimaryKey: false,
          });
          return `=== ${run.title}\n${explainPlan(plan)}`;
        } catch (error) {
          expect(error).toBeInstanceOf(QueryError);
          return `=== ${run.title}\n${(error as QueryError).problems.map((problem) => problem.code).join(' ')}\n`;
        }
      });
      // Contexts are no part of a plan: runs that differ in them alone share one.
      expectGolden(path.join(item.directory, 'plan.txt'), shared(texts));
    },
  );
});

function shared(texts: readonly string[]): string {
  const seen = new Map<string, string>();
  return texts
    .map((text) => {
      const [title, ...body] = text.split('\n');
      const plan = body.join('\n');
      const first = seen.get(plan);
      if (first !== undefined) return `${title} (as ${first.slice(4)})\n`;
      seen.set(plan, title!);
      return text;
    })
    .join('\n');
}

function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (value instanceof Map)
    return new Map([...value].map(([key, item]) => [key as unknown, withoutPlaces(item)]));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== 'place');
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutPlaces(item)]));
}
