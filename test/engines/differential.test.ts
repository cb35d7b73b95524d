import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Contest } from '../differential/contest.ts';
import { differential } from '../differential/differential.ts';
import { asWritten, exampleNames, readExample } from '../differential/examples.ts';
import { Session } from '../differential/postgres.ts';
import { reasons } from '../differential/reasons.ts';
import { propertySeed } from '../support/property-seed.ts';

test('each difference from the reference is explained', { timeout: 300_000 }, async () => {
  const { runs, equal, unexplained, wrong } = await differential({ runs: 100, seed: propertySeed });
  expect(wrong).toEqual([]);
  expect(unexplained).toEqual([]);
  expect(runs).toBe(100);
  expect(equal).toBeGreaterThan(30);
});

test('each reason has an example', () => {
  expect(exampleNames().sort()).toEqual(Object.keys(reasons).sort());
});

describe('the examples still differ as told, and equal the naive evaluator here', () => {
  const examples = Object.entries(reasons).map(([name, why], index) => {
    return { name, why, example: readExample(name, index) };
  });
  let session: Session;
  let contest: Contest;
  beforeAll(async () => {
    session = await Session.open();
    contest = await Contest.open(
      examples.map(({ example }) => example.item.world),
      session,
    );
  });
  afterAll(async () => {
    await contest[Symbol.asyncDispose]();
    await session[Symbol.asyncDispose]();
  });

  test.for(examples)('$name', async ({ name, why, example }) => {
    const verdict = await contest.judge(example.item);
    if (verdict.kind !== 'explained') throw new Error(JSON.stringify(verdict));
    expect(verdict.reasons).toEqual([name]);
    expect(asWritten(verdict.sides)).toEqual(example.rows);
    expect(example.why).toBe(why);
  });
});
