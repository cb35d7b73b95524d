import fc from 'fast-check';
import { describe, test } from 'vitest';
import { checkCompile, checkFrontend, mutants } from '../support/mutations.ts';

const runs = Number(process.env['MUTANTS'] ?? 300);

describe('files with tokens dropped, duplicated and swapped', () => {
  test('are read, or refused with places', () => {
    fc.assert(fc.property(mutants, checkFrontend), { numRuns: runs });
  }, 600_000);

  test('compile, or have errors with places', async () => {
    await fc.assert(fc.asyncProperty(mutants, checkCompile), { numRuns: Math.ceil(runs / 50) });
  }, 600_000);
});
