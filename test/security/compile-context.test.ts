import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { contextText, type ContextRead } from '../../src/core/context-read.ts';
import { CompileError } from '../../src/index.ts';
import { compileRecording } from '../../src/pipeline/compile-schema.ts';
import { ContextReads } from '../../src/sandbox/context-reads.ts';

/**
 * Whatever schema code does: two contexts that are equal where the compile was told them give the same
 * schema, so that it can be shared.
 */
const folder = path.resolve(import.meta.dirname, '../../fixtures/attacks');
const attacks = readdirSync(folder).filter((name) => name.startsWith('context-'));
const contextOf = (secret: string): object => ({
  authInfo: null,
  securityContext: { secret, role: 'user' },
});
const sandbox = {
  timeoutMs: 20_000,
  functions: { echo: (input: unknown) => input },
};

async function compile(name: string, context: object) {
  const told: ContextRead[] = [];
  const file = { path: name, content: readFileSync(path.join(folder, name), 'utf8') };
  const outcome = await compileRecording(
    { files: [file] },
    { compileContext: context, sandbox, now: 0 },
    (reads) => told.push(...reads),
  ).then(
    async (schema) => {
      const text = Buffer.from(schema.toArtifact()).toString('latin1');
      await schema.close();
      return text;
    },
    (error: unknown) => {
      if (!(error instanceof CompileError)) throw error;
      return error.message;
    },
  );
  return { told, outcome };
}

describe('what a compile can depend on of its context, it was told', () => {
  test.for(attacks.filter((name) => !name.includes('loop')))('%s', async (name) => {
    const mine = await compile(name, contextOf('mine'));
    const theirs = contextOf('theirs');
    const other = await compile(name, theirs);
    const isEqual = mine.told.every(
      ({ path: asked, whole, text }) => contextText(theirs, asked, whole) === text,
    );
    // A schema that would be shared is the same.
    if (isEqual) expect(other.outcome).toBe(mine.outcome);
    else expect(other.told).not.toEqual(mine.told);
    if (mine.outcome.includes('mine') && !name.includes('changed')) {
      expect(JSON.stringify(mine.told)).toContain('mine');
    }
  });
});

test('a runner is told what it asks for, and nothing for what is no question', () => {
  const reads = new ContextReads(JSON.stringify(contextOf('x')));
  expect(reads.answer('[1,0]')).toBe('[[],false,"{"]');
  expect(reads.answer('[1,0,"securityContext","secret"]')).toBe(
    String.raw`[["securityContext","secret"],false,"\"x\""]`,
  );
  expect(reads.answer('[1,0,"nobody","x"]')).toBe('[["nobody","x"],false,""]');
  for (const question of [
    '',
    '[]',
    '{}',
    'null',
    '[0,"a"]',
    '[1,0,1]',
    '[1,0,["a"]]',
    '['.repeat(9),
  ])
    expect(reads.answer(question)).toBeNull();
  expect(reads.answer(JSON.stringify([1, 0, 'x'.repeat(3_000)]))).toBeNull();
  expect(reads.answer('[1,0,"__proto__","polluted"]')).toContain('""');
  expect(reads.told).toHaveLength(4);
  for (let n = 0; n < 100; n++) reads.answer(`[1,0,"a${n}"]`);
  // In the end it is told everything, and asks no more.
  expect(reads.told.at(-1)).toMatchObject({ path: [], whole: true });
  expect(reads.told.length).toBeLessThan(30);
  expect(new ContextReads(null).answer('[1,1]')).toBeNull();
});
