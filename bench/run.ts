import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type * as Package from '../src/index.ts';
import { generateFiles, oneMeasure, query } from './models.ts';

interface Timing {
  readonly compile: number;
  readonly whole: number;
  readonly warm?: number;
}

function cold(side: string, count: number): Timing {
  const script = fileURLToPath(new URL('./cold.mjs', import.meta.url));
  const output = execFileSync(process.execPath, [script, side, String(count)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1e8,
  });
  return JSON.parse(output.trim().split('\n').at(-1)!) as Timing;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

const ms = (value: number): string =>
  (value >= 100 ? value.toFixed(0) : value.toFixed(1)).padStart(8);
const times = (value: number): string => `${value.toFixed(1)} x`.padStart(9);

function compiling(): void {
  console.log('Cold compile of cubes with 33 members, milliseconds (median of fresh processes)');
  console.log('  cubes  reference      ours      ratio   ours, warm runner      ratio');
  for (const count of [1, 10, 100, 1000]) {
    const runs = count === 1000 ? 3 : 5;
    const ours = Array.from({ length: runs }, () => cold('ours', count));
    const theirs = Array.from({ length: count === 1000 ? 1 : 3 }, () => cold('reference', count));
    const reference = median(theirs.map((item) => item.compile));
    const own = median(ours.map((item) => item.compile));
    const warm = median(ours.map((item) => item.warm!));
    console.log(
      `${String(count).padStart(7)}   ${ms(reference)}  ${ms(own)}  ${times(reference / own)}  ${ms(warm).padStart(18)}  ${times(reference / warm)}`,
    );
  }
}

/** Microseconds for each call, the best of so many rounds. */
async function perCall(
  rounds: number,
  calls: number,
  call: (n: number) => unknown,
): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    for (let n = 0; n < calls; n++) await call(round * calls + n);
    best = Math.min(best, ((performance.now() - started) * 1000) / calls);
  }
  return best;
}

async function generating(): Promise<void> {
  const { compileSchema } = (await import('../dist/index.js' as string)) as typeof Package;
  const reference = (await import('./reference.mjs' as string)) as {
    compile: (files: object[]) => Promise<object>;
    sql: (compilers: object, query: object, context: object) => unknown;
  };
  const files = generateFiles(10);
  const schema = await compileSchema({ files });
  const compilers = await reference.compile(files);
  console.log('\nSQL, microseconds for a statement');
  const shapes = [
    ['one measure, first time seen', oneMeasure],
    ['a group and a filter, first time seen', query],
  ] as const;
  for (const [title, make] of shapes) {
    const theirs = await perCall(3, 1000, (n) =>
      reference.sql(compilers, make('Cube1', n), { tenant: n }),
    );
    const ours = await perCall(3, 5000, (n) =>
      schema.generateSql(make('Cube1', n), { securityContext: { tenant: n } }),
    );
    console.log(`  ${title.padEnd(40)} ${ms(theirs)} ${ms(ours)} ${times(theirs / ours)}`);
  }
  const same = query('Cube1', 1);
  const theirs = await perCall(3, 1000, (n) => reference.sql(compilers, same, { tenant: n }));
  const ours = await perCall(3, 20_000, (n) =>
    schema.generateSql(same, { securityContext: { tenant: n } }),
  );
  console.log(
    `  ${'the same query again, another user'.padEnd(40)} ${ms(theirs)} ${ms(ours)} ${times(theirs / ours)}`,
  );
  await schema.close();
  console.log('\nSQL first time seen, by the number of cubes in the schema, microseconds');
  const sizes: { count: number; large: Package.Schema; rounds: number[] }[] = [];
  for (const count of [10, 100, 1000]) {
    sizes.push({ count, large: await compileSchema({ files: generateFiles(count) }), rounds: [] });
  }
  // In turns, after a first round that counts for nothing: what is measured late is not measured warmer.
  for (let round = 0; round < 8; round++) {
    for (const { large, rounds } of sizes) {
      const time = await perCall(1, 2000, (n) =>
        large.generateSql(query('Cube7', round * 2000 + n), { securityContext: { tenant: n } }),
      );
      if (round > 0) rounds.push(time);
    }
  }
  const smallest = median(sizes[0]!.rounds);
  for (const { count, large, rounds } of sizes) {
    const time = median(rounds);
    console.log(`  ${String(count).padStart(6)} ${ms(time)}  ${(time / smallest).toFixed(2)}`);
    await large.close();
  }
}

/** One file of a thousand changed, the runner warm as in a server. */
async function updating(): Promise<void> {
  const { compileSchema } = (await import('../dist/index.js' as string)) as typeof Package;
  const files = generateFiles(1000);
  let schema = await compileSchema({ files });
  const times: number[] = [];
  for (const [n, { path, content }] of files.slice(0, 15).entries()) {
    await new Promise((resolve) => setTimeout(resolve, 400));
    const started = performance.now();
    schema = await schema.update([{ path, content: content.replace('Total 1', `Changed ${n}`) }]);
    times.push(performance.now() - started);
  }
  console.log(
    `\nUpdate after one file of 1,000 changed, milliseconds (median)  ${ms(median(times))}`,
  );
}

compiling();
await updating();
await generating();
process.exit(0);
