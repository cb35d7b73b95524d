import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Model } from '../../src/model/model.ts';
import { createRunnerPool } from '../../src/sandbox/runner-pool.ts';
import { compileStages } from '../support/compile-stages.ts';
import { dump } from '../support/dump.ts';

const twins = path.resolve(import.meta.dirname, '../../fixtures/twins');
const pool = createRunnerPool();
afterAll(() => pool.close());

async function modelOf(file: string): Promise<Model> {
  const files = [{ path: path.basename(file), content: readFileSync(file, 'utf8') }];
  const { unit, ...built } = await compileStages(files, pool);
  expect([...unit.diagnostics, ...built.diagnostics]).toEqual([]);
  return built.model;
}

/**
 * A model without what only says where its text stands: file names, offsets, and where a text is cut
 * because its parts stand in different lines.
 */
function withoutPlaces(value: unknown): unknown {
  if (value instanceof Map)
    return new Map([...value].map(([key, item]) => [key as unknown, withoutPlaces(item)]));
  if (Array.isArray(value)) return joinTexts(value.map(withoutPlaces));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== 'file' && key !== 'start');
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutPlaces(item)]));
}

function joinTexts(items: readonly unknown[]): unknown[] {
  const joined: unknown[] = [];
  for (const item of items) {
    const last = joined.at(-1);
    if (isText(item) && isText(last)) {
      joined[joined.length - 1] = { ...last, text: last.text + item.text };
    } else joined.push(item);
  }
  return joined;
}

function isText(value: unknown): value is { kind: 'text'; text: string } {
  return (value as { kind?: unknown } | undefined)?.kind === 'text';
}

describe('the same cubes in JavaScript, TypeScript and YAML are the same model', () => {
  test.for(readdirSync(twins))('%s', async (name) => {
    const [script, typed, yaml] = await Promise.all(
      ['model.js', 'model.ts', 'model.yml'].map((file) => modelOf(path.join(twins, name, file))),
    );
    expect(script!.cubes.size).toBeGreaterThan(0);
    expect(dump(withoutPlaces(typed))).toBe(dump(withoutPlaces(script)));
    expect(dump(withoutPlaces(yaml))).toBe(dump(withoutPlaces(script)));
  });
});
