import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Verdict } from '../test/differential/contest.ts';
import { differential, type Failure, type Tally } from '../test/differential/differential.ts';
import { writeExample } from '../test/differential/examples.ts';
import { Session } from '../test/differential/postgres.ts';
import { smallest } from '../test/differential/smallest.ts';
import { postgresServer } from '../test/support/database-servers.ts';
import { chosenSeed } from '../test/support/property-seed.ts';

/**
 * Compares the rows of random queries with those of `@cubejs-backend/schema-compiler` on PostgreSQL:
 * `npm run differential -- --runs 5000 --seed 7`. Exits with 1 if Cubewright differs from the naive evaluator or
 * no reason explains a difference, with 2 if no PostgreSQL answers. `--keep` writes the smallest example of each reason.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5000' },
    seed: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs);
const seed = chosenSeed(values.seed ?? 'random');

try {
  await using _ = await Session.open();
} catch (error) {
  const { host, port } = postgresServer;
  console.error(
    `no PostgreSQL answers at ${host}:${port} (PGHOST, PGPORT, PGUSER): ${String(error)}`,
  );
  process.exit(2);
}
const started = performance.now();
console.log(`comparing ${runs} runs from seed ${seed} with @cubejs-backend/schema-compiler`);
let shown = 0;
const tally = await differential({
  runs,
  seed,
  progress: (found) => {
    if (found.runs - shown < 250 && found.runs < runs) return;
    shown = found.runs;
    const perSecond = (found.runs / ((performance.now() - started) / 1000)).toFixed(1);
    console.log(`${line(found)}, ${perSecond} a second`);
  },
});
await failures('Cubewright differs from the naive evaluator', 'wrong', tally.wrong);
await failures('no reason explains the reference', 'unexplained', tally.unexplained);
if (values.keep) await keep();
summary();
process.exit(tally.wrong.length + tally.unexplained.length === 0 ? 0 : 1);

function line({ runs, equal, explained, refused, unexplained, wrong }: Tally): string {
  const refusals = [...refused.values()].map(sumOf).reduce((sum, count) => sum + count, 0);
  return [
    `${runs} runs: ${equal} equal`,
    `${sumOf(explained)} explained`,
    `${refusals} refused`,
    `${unexplained.length} unexplained`,
    `${wrong.length} wrong`,
  ].join(', ');
}

function summary(): void {
  const table = (title: string, counts: ReadonlyMap<string, number>) => {
    console.log(`${title}: ${sumOf(counts)}`);
    for (const [name, count] of [...counts].sort((a, b) => b[1] - a[1])) {
      console.log(`  ${String(count).padStart(5)}  ${name}`);
    }
  };
  table('explained', tally.explained);
  for (const [by, counts] of [...tally.refused].sort()) table(`refused by ${by}`, counts);
  const { user, system } = process.cpuUsage();
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`${seconds} s, of them ${((user + system) / 1e6).toFixed(0)} s of processor time`);
  console.log(line(tally));
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

/** The first of some failures in their smallest form. */
async function failures(title: string, kind: Verdict['kind'], found: readonly Failure[]) {
  for (const failure of found.slice(0, 3)) {
    const { item, verdict } = await smallest(failure.item, (other) => other.kind === kind);
    console.log(`\n${title}:\n${JSON.stringify(item)}`);
    console.log('difference' in verdict ? verdict.difference : failure.difference);
  }
}

async function keep(): Promise<void> {
  mkdirSync(new URL('../fixtures/reference-differs', import.meta.url), { recursive: true });
  for (const [name, example] of tally.examples) {
    const { item, verdict } = await smallest(
      example,
      (other) => other.kind === 'explained' && other.reasons.join() === name,
    );
    if (verdict.kind === 'explained') writeExample(name, item, verdict.sides);
    console.log(`kept the smallest example of ${name}`);
  }
}
