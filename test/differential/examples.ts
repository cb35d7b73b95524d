import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { plain } from '../property/fuzz.ts';
import type { WorldCase } from '../property/naive-evaluator/world.ts';
import type { Sides } from './contest.ts';
import { reasons, type ReasonName } from './reasons.ts';

const folder = fileURLToPath(new URL('../../fixtures/reference-differs', import.meta.url));

/** A smallest case in which the reference differs for one reason. */
export interface Example {
  readonly why: string;
  readonly item: WorldCase;
  readonly rows: Sides;
}

export function exampleNames(): string[] {
  return readdirSync(folder).map((file) => path.basename(file, '.json'));
}

/** @param index keeps the cubes of several examples apart in one schema. */
export function readExample(name: string, index: number): Example {
  const text = readFileSync(path.join(folder, `${name}.json`), 'utf8').replaceAll(
    /W0(?=C\d)/g,
    `W${index}`,
  );
  const { why, world, query, context, rows } = JSON.parse(text) as {
    why: string;
    rows: Sides;
  } & WorldCase;
  return { why, item: { world, query, context }, rows };
}

export function writeExample(name: ReasonName, item: WorldCase, rows: Sides): void {
  const { world, query, context } = item;
  const content = { why: reasons[name], query, context, rows: asWritten(rows), world };
  // A world that stands alone is the first one.
  const text = JSON.stringify(content, null, 2).replace(/W\d+(?=C\d)/g, 'W0');
  writeFileSync(path.join(folder, `${name}.json`), `${text}\n`);
}

/** Rows in one order, with numbers as numbers. */
export function asWritten({ cubewright, reference }: Sides): Sides {
  const sorted = (rows: readonly unknown[][]) =>
    rows
      .map((row) => row.map(plain))
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return { cubewright: sorted(cubewright), reference: sorted(reference) };
}
