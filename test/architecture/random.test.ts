import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { propertySeed, chosenSeed } from '../support/property-seed.ts';
import { nodesOf, parse, root } from './source-files.ts';

/** The one place that may choose a seed, and the one that hands it to fast-check. */
const seedFile = 'test/support/property-seed.ts';
const setupFile = 'test/support/property-setup.ts';
/** Who runs these says the seed: the scripts `fuzz` and `differential`, and the tests that call them. */
const takesSeed = new Set(['test/property/fuzz.ts', 'test/differential/differential.ts']);

const files = ['test', 'scripts'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.split(path.sep).join('/')}`)
    .sort(),
);

/** What makes a run of the tests differ from the one before it. */
function faultsOf(file: string, text: string): string[] {
  return [...nodesOf(parse(file, text))].flatMap((node) => {
    if (ts.isPropertyAccessExpression(node)) {
      const name = node.getText();
      if (name === 'Math.random') return ['Math.random'];
      if (/\.configureGlobal$/.test(name) && file !== setupFile) return ['a configuration'];
    }
    if (!isSeed(node) || file === seedFile) return [];
    const value = node.initializer?.getText() ?? '';
    const isHandedOn = /^(propertySeed|chosenSeed\(.*\))$/.test(value) || takesSeed.has(file);
    return isHandedOn ? [] : [`a seed of its own: ${node.getText()}`];
  });
}

function isSeed(node: ts.Node): node is ts.PropertyAssignment | ts.VariableDeclaration {
  const isGiven = ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node);
  // `seed: { type: 'string' }` describes an argument of a command.
  const isDescribed =
    isGiven && !!node.initializer && ts.isObjectLiteralExpression(node.initializer);
  return isGiven && !isDescribed && /^(seed|path)$/.test(node.name.getText()) && isOfCheck(node);
}

/** `path` replays one run of fast-check; elsewhere it is a word like others. */
function isOfCheck(node: ts.PropertyAssignment | ts.VariableDeclaration): boolean {
  if (node.name.getText() === 'seed') return true;
  const { parent } = node;
  return (
    ts.isObjectLiteralExpression(parent) &&
    parent.properties.some((item) => /^(numRuns|seed)$/.test(item.name?.getText() ?? ''))
  );
}

test.for(files)('%s has no chance of its own', (file) => {
  if (file === 'test/architecture/random.test.ts') return;
  expect(faultsOf(file, readFileSync(path.join(root, file), 'utf8'))).toEqual([]);
});

test.for([
  ['fc.assert(p, { numRuns: 3, seed: 1 })', 'a seed of its own: seed: 1'],
  ["fc.assert(p, { numRuns: 3, path: '1:2' })", "a seed of its own: path: '1:2'"],
  ['fuzz({ runs: 1, seed: Date.now() })', 'a seed of its own: seed: Date.now()'],
  ['const seed = Date.now();', 'a seed of its own: seed = Date.now()'],
  ['fc.configureGlobal({ numRuns: 1 })', 'a configuration'],
  ['const a = Math.random();', 'Math.random'],
] as const)('the rule finds %s', ([text, fault]) => {
  expect(faultsOf('planted.ts', text)).toContain(fault);
});

test('the seed is fixed, a number that was printed, or fresh', () => {
  expect(chosenSeed(undefined)).toBe(chosenSeed(''));
  expect(chosenSeed('-1704917373')).toBe(-1704917373);
  expect(Number.isSafeInteger(chosenSeed('random'))).toBe(true);
  expect(() => chosenSeed('tomorrow')).toThrow('PROPERTY_SEED must be a whole number or random');
  expect(process.env['PROPERTY_SEED']).toBe(String(propertySeed));
});
