import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { median, milli, times } from './figures.ts';
import { loading, sharing, updating } from './keeping.ts';
import { generating, growing } from './sql.ts';

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
      `${String(count).padStart(7)}   ${milli(reference)}  ${milli(own)}  ${times(reference / own)}  ${milli(warm).padStart(18)}  ${times(reference / warm)}`,
    );
  }
}

const parts: Readonly<Record<string, () => unknown>> = {
  compile: compiling,
  update: updating,
  artifact: loading,
  memory: sharing,
  sql: generating,
  growth: growing,
};

setFlagsFromString('--expose-gc');
globalThis.gc = runInNewContext('gc') as NodeJS.GCFunction;
const asked = process.argv.slice(2);
for (const [name, part] of Object.entries(parts)) {
  if (asked.length === 0 || asked.includes(name)) await part();
}
process.exit(0);
