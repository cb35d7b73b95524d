import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { schemaText, tableTexts } from '../test/property/naive-evaluator/schema-text.ts';
import { fuzz } from '../test/property/fuzz.ts';
import { chosenSeed } from '../test/support/property-seed.ts';

/**
 * Compares generated SQL with the naive evaluator on random models, rows, queries and contexts:
 * `npm run fuzz -- --runs 20000 --seed 7`. A case that differs is written as a fixture, as
 * small as it gets; `--most 10` shows ten as they are found.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20000' },
    seed: { type: 'string' },
    most: { type: 'string', default: '1' },
  },
});
const runs = Number(values.runs);
const seed = chosenSeed(values.seed ?? 'random');
const started = performance.now();
let shown = 0;
console.log(`fuzzing ${runs} runs from seed ${seed}`);
const result = await fuzz({
  runs,
  seed,
  most: Number(values.most),
  progress: (done, refused) => {
    if (done - shown < 1000 && done < runs) return;
    shown = done;
    const perSecond = (done / ((performance.now() - started) / 1000)).toFixed(0);
    console.log(`${done} runs, ${refused} of them refused by both, ${perSecond} a second`);
  },
});
for (const [code, count] of [...result.refused].sort()) console.log(`  ${code}: ${count}`);
const { failure, failures } = result;
for (const { item, difference } of failures.slice(1)) {
  console.log(JSON.stringify({ query: item.query, context: item.context }));
  console.log(`${difference}\n`);
}
if (failure) {
  const { world, query, context } = failure.item;
  const folder = path.resolve('fixtures/fuzz', `seed-${seed}-${result.runs}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'schema.js'), `${schemaText(world)}\n`);
  writeFileSync(path.join(folder, 'rows.sql'), `${tableTexts(world).join(';\n')};\n`);
  writeFileSync(
    path.join(folder, 'case.json'),
    `${JSON.stringify({ world, query, context }, null, 2)}\n`,
  );
  const which = values.most === '1' ? 'the smallest case' : 'the first case';
  console.log(`run ${result.runs} differs; ${which} is in ${folder}`);
  console.log(JSON.stringify({ query, context }));
  console.log(failure.difference);
  process.exitCode = 1;
} else {
  console.log(`${result.runs} runs, no difference`);
}
process.exit();
