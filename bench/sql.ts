import { inTurns, median, micro, times } from './figures.ts';
import { generateFiles, joinedFiles, joinQuery, oneMeasure, query } from './models.ts';
import { own, patient, reference } from './sides.ts';

interface Sides {
  readonly theirs: (n: number) => unknown;
  readonly ours: (n: number) => unknown;
}

/** Statements of both, in turns. */
export async function generating(): Promise<void> {
  const one = await bothSides(generateFiles(10));
  const joined = await bothSides(joinedFiles());
  console.log('\nSQL, processor time for a statement in microseconds (median of rounds in turns)');
  const same = query('Cube1', 1);
  const shapes = [
    ['one measure, first time seen', one((n) => oneMeasure('Cube1', n)), 2000],
    ['a group and a filter, first time seen', one((n) => query('Cube1', n)), 2000],
    ['a join of three cubes with filters, first time seen', joined(joinQuery), 1000],
    ['the same query again, another user', one(() => same), 10_000],
  ] as const;
  console.log(`  ${''.padEnd(52)} reference     ours     ratio`);
  for (const [title, { theirs, ours }, calls] of shapes) {
    const [first, second] = await inTurns(5, [
      { calls: Math.min(calls, 1000), call: theirs },
      { calls, call: ours },
    ]);
    const [slow, fast] = [median(first!), median(second!)];
    console.log(`  ${title.padEnd(52)} ${micro(slow)}  ${micro(fast)} ${times(slow / fast)}`);
  }
}

async function bothSides(files: readonly { path: string; content: string }[]) {
  const { compileSchema } = await own();
  const { compile, sql } = await reference();
  const schema = await compileSchema({ files }, patient);
  const compilers = await compile(files);
  return (make: (n: number) => object): Sides => ({
    theirs: (n) => sql(compilers, make(n), { tenant: n }),
    ours: (n) => schema.generateSql(make(n), { securityContext: { tenant: n } }),
  });
}

/** Statements first time seen, by the number of cubes in the schema. */
export async function growing(): Promise<void> {
  const { compileSchema } = await own();
  const counts = [10, 100, 1000];
  const schemas = await Promise.all(
    counts.map((count) => compileSchema({ files: generateFiles(count) }, patient)),
  );
  const rounds = await inTurns(
    9,
    schemas.map((schema) => ({
      calls: 2000,
      call: (n: number) =>
        schema.generateSql(query('Cube7', n), { securityContext: { tenant: n } }),
    })),
  );
  console.log(
    '\nSQL first time seen, by the number of cubes in the schema (median, to the smallest)',
  );
  const smallest = median(rounds[0]!);
  for (const [index, count] of counts.entries()) {
    const time = median(rounds[index]!);
    console.log(`  ${String(count).padStart(6)} ${micro(time)}  ${(time / smallest).toFixed(2)}`);
  }
}
