import { median, milli } from './figures.ts';
import { generateFiles, query } from './models.ts';
import { own, patient } from './sides.ts';

const spare = () => new Promise((resolve) => setTimeout(resolve, 400));

/** One file of a thousand changed, the runner warm as in a server. */
export async function updating(): Promise<void> {
  const { compileSchema } = await own();
  const files = generateFiles(1000);
  let schema = await compileSchema({ files }, patient);
  const found: number[] = [];
  for (const [n, { path, content }] of files.slice(0, 15).entries()) {
    await spare();
    const started = performance.now();
    schema = await schema.update([{ path, content: content.replace('Total 1', `Changed ${n}`) }]);
    found.push(performance.now() - started);
  }
  const time = milli(median(found));
  console.log(`\nUpdate after one file of 1,000 changed, milliseconds (median)  ${time}`);
}

/** A signed artifact of a thousand cubes, with the first query to it. */
export async function loading(): Promise<void> {
  const { compileSchema, loadArtifact } = await own();
  const key = 'bench-key-'.repeat(4);
  const schema = await compileSchema({ files: generateFiles(1000) }, patient);
  const bytes = schema.toArtifact({ key });
  const found: { load: number; first: number }[] = [];
  for (let n = 0; n < 15; n++) {
    const started = performance.now();
    const loaded = await loadArtifact(bytes, { key });
    const load = performance.now() - started;
    await loaded.generateSql(query('Cube7', n), { securityContext: { tenant: n } });
    found.push({ load, first: performance.now() - started });
  }
  const [load, first] = (['load', 'first'] as const).map((part) =>
    milli(median(found.map((item) => item[part]))),
  );
  console.log(
    `Artifact of 1,000 cubes (${(bytes.length / 1e6).toFixed(1)} MB), milliseconds (median)  load ${load}  with the first query ${first}`,
  );
}

/** What a compiled schema of a thousand cubes keeps for each further user who asks it. */
export async function sharing(): Promise<void> {
  const { compileSchema } = await own();
  const schema = await compileSchema({ files: generateFiles(1000) }, patient);
  const tenants = 2000;
  const heap = (): number => {
    for (let round = 0; round < 4; round++) globalThis.gc!();
    return process.memoryUsage().heapUsed;
  };
  const ask = async (from: number): Promise<void> => {
    for (let tenant = from; tenant < from + tenants; tenant++) {
      for (let n = 0; n < 5; n++) {
        await schema.generateSql(query('Cube7', n), { securityContext: { tenant } });
      }
    }
  };
  await ask(0);
  const before = heap();
  await ask(tenants);
  const bytes = (heap() - before) / tenants;
  console.log(
    `Memory of a compiled schema for each further tenant (${tenants} tenants, five queries each), bytes  ${Math.max(0, bytes).toFixed(0)}`,
  );
  await schema.close();
}
