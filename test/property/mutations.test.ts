import fc from 'fast-check';
import { describe, test } from 'vitest';
import {
  checkCompile,
  checkFrontend,
  manyMutants,
  mutants,
  mutantsAtOnce,
} from '../support/mutations.ts';

const runs = Number(process.env['MUTANTS'] ?? 300);

describe('files with tokens dropped, duplicated and swapped', () => {
  test('are read, or refused with places', () => {
    fc.assert(fc.property(mutants, checkFrontend), { numRuns: runs });
  }, 600_000);

  test('compile, or have errors with places', async () => {
    const property = fc.asyncProperty(mutants, (file) => checkCompile(file));
    await fc.assert(property, { numRuns: Math.ceil(runs / 50) });
  }, 3_600_000);

  test('compile beside each other, or have errors with places', async () => {
    const property = fc.asyncProperty(manyMutants, (files) => checkCompile(...files));
    await fc.assert(property, { numRuns: Math.ceil(runs / mutantsAtOnce), endOnFailure: true });
  }, 3_600_000);
});
