import fc from 'fast-check';
import { createDuckDbDriver, type Driver } from '../../src/drivers/index.ts';
import { CompileError, compileSchema, QueryError, type Schema } from '../../src/index.ts';
import { isoTime } from '../support/engines.ts';
import { evaluate } from './naive-evaluator/evaluate.ts';
import { Refusal } from './naive-evaluator/places.ts';
import { schemaText, tableTexts } from './naive-evaluator/schema-text.ts';
import { smaller } from './naive-evaluator/smaller.ts';
import type { World, WorldCase, WorldQuery } from './naive-evaluator/world.ts';
import { richWorlds, settingOf } from './rich-worlds.ts';
import { casesOf, worlds } from './worlds.ts';

export interface FuzzOptions {
  readonly runs: number;
  readonly seed: number;
  /** After how many cases that differ it stops; a single one is made as small as it gets. */
  readonly most?: number;
  readonly progress?: (done: number, refused: number) => void;
}

export interface FuzzResult {
  readonly runs: number;
  /** Runs in which planner and evaluator both refused, by code. */
  readonly refused: ReadonlyMap<string, number>;
  /** The first case that differs. */
  readonly failure: Failure | null;
  /** All that differ, as they were found. */
  readonly failures: readonly Failure[];
}

export interface Failure {
  readonly item: WorldCase;
  readonly difference: string;
}

/** Worlds that share one compile and one database, and queries to each of them. */
const worldsAtOnce = 8;
const queriesOfWorld = 40;
/** Statements that the database has at once. */
const atOnce = 10;

/** Compares the rows of generated SQL on DuckDB with those of the naive evaluator. */
export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const { runs, most = 1, progress } = options;
  const refused = new Map<string, number>();
  const failures: Failure[] = [];
  let done = 0;
  let next = openBatch(0, options);
  for (let batch = 0; done < runs && failures.length < most; batch++) {
    await using bench = await next;
    // The next one is compiled meanwhile.
    const isLast = (batch + 1) * runsOfBatch >= runs;
    if (!isLast) next = openBatch(batch + 1, options);
    const cases = bench.casesOfBatch(batch, options);
    for (let from = 0; from < cases.length && failures.length < most; from += atOnce) {
      const items = cases.slice(from, from + atOnce);
      const found = await Promise.all(items.map((item) => bench.compare(item)));
      for (const [index, { difference, code }] of found.entries()) {
        if (failures.length === most) break;
        done++;
        if (difference !== null) failures.push({ item: items[index]!, difference });
        if (code !== null) refused.set(code, (refused.get(code) ?? 0) + 1);
      }
      progress?.(done, sumOf(refused));
    }
    if (failures.length === most && !isLast) await (await next)[Symbol.asyncDispose]();
  }
  const [first] = failures;
  return {
    runs: done,
    refused,
    failure: first && most === 1 ? await shrunk(first) : (first ?? null),
    failures,
  };
}

const runsOfBatch = worldsAtOnce * queriesOfWorld;

function openBatch(batch: number, { runs, seed }: FuzzOptions): Promise<Bench> {
  const left = runs - batch * runsOfBatch;
  const length = Math.min(worldsAtOnce, Math.ceil(left / queriesOfWorld));
  const found = Array.from(
    { length },
    (_, index) =>
      fc.sample(worldsAt(index, batch), {
        seed: seed + batch * worldsAtOnce + index,
        numRuns: 1,
      })[0]!,
  );
  return Bench.open(found);
}

/** On a busy machine the process that evaluates a schema may start too late. */
const compiled: typeof compileSchema = async (...input) => {
  for (let left = 10; ; left--) {
    try {
      return await compileSchema(...input);
    } catch (error) {
      const isLate =
        error instanceof CompileError &&
        error.diagnostics.every(({ code }) => code.startsWith('sandbox/'));
      if (!isLate || left === 0) throw error;
    }
  }
};

/** Every third world has cubes and joins alone. */
function worldsAt(index: number, batch: number): fc.Arbitrary<World> {
  const setting = settingOf(batch);
  const prefix = `W${index}`;
  return index % 3 === 2
    ? worlds(prefix).map((world) => ({ ...world, ...setting }))
    : richWorlds(prefix, setting);
}

interface Comparison {
  /** What differs, as text; null: nothing. */
  readonly difference: string | null;
  /** Why both refused; null: they did not. */
  readonly code: string | null;
}

function differs(difference: string | null): Comparison {
  return { difference, code: null };
}

/** A compiled schema of some worlds, and a database with their tables. */
class Bench {
  readonly #worlds: readonly World[];
  readonly #schema: Schema;
  readonly #driver: Driver;

  private constructor(found: readonly World[], schema: Schema, driver: Driver) {
    this.#worlds = found;
    this.#schema = schema;
    this.#driver = driver;
  }

  static async open(found: readonly World[]): Promise<Bench> {
    const files = found.map((world, index) => ({
      path: `world${index}.js`,
      content: schemaText(world),
    }));
    const { now, joinTies } = found[0]!;
    const schema = await compiled(
      { files },
      {
        ...(joinTies && { joinTies }),
        ...(now !== undefined && { now: new Date(now) }),
        dialect: 'duckdb',
        allowUngroupedWithoutPrimaryKey: true,
        sandbox: { timeoutMs: 60_000 },
      },
    );
    // Of a few rows each, more threads only wait for each other.
    const setup = ['SET threads = 1', ...found.flatMap(tableTexts)];
    return new Bench(found, schema, createDuckDbDriver({ setup }));
  }

  casesOfBatch(batch: number, { runs, seed }: FuzzOptions): WorldCase[] {
    const left = runs - batch * runsOfBatch;
    return this.#worlds
      .flatMap((world, index) =>
        fc.sample(casesOf(world), { seed: seed + batch + index, numRuns: queriesOfWorld }),
      )
      .slice(0, left);
  }

  async compare(item: WorldCase): Promise<Comparison> {
    const expected = attempt(() => evaluate(item));
    const query = { ...item.query, limit: 50_000 };
    let sql = '';
    try {
      const generated = await this.#schema.generateSql(query, { securityContext: item.context });
      sql = generated.sql;
      if (expected instanceof Refusal) return differs(`expected ${expected.message}\n${sql}`);
      const { rows } = await this.#driver.query(sql, generated.params);
      const actual = rows.map((row) => row.map(isoTime));
      return differs(differenceOf(actual, expected, item.query, sql));
    } catch (error) {
      if (!(error instanceof QueryError)) return differs(`${String(error)}\n${sql}`);
      const codes = error.detail.map((problem) => problem.code);
      if (expected instanceof Refusal && codes.every((code) => expected.codes.has(code))) {
        return { difference: null, code: error.code };
      }
      const wanted = expected instanceof Refusal ? expected.message : show(expected);
      return differs(`expected ${wanted}\nbut the planner said ${error.message}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#schema.close(), this.#driver.close()]);
  }
}

export function attempt<T>(work: () => T): T | Refusal {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** What differs, as text with the statement at its end; null: the same rows, in the query's order. */
export function differenceOf(
  actual: readonly unknown[][],
  expected: readonly unknown[][],
  query: WorldQuery,
  sql: string,
): string | null {
  const [found, wanted] = [show(actual), show(expected)];
  if (found !== wanted) {
    const lines = [`lacks\n${lacking(wanted, found)}`, `has\n${lacking(found, wanted)}`];
    return `of ${expected.length} rows the answer\n${lines.join('\nand instead ')}\n${sql}`;
  }
  const columns = [
    ...query.dimensions,
    ...query.timeDimensions.filter((time) => time.granularity).map((time) => time.dimension),
    ...query.measures,
  ];
  const keys = query.order.map(([name, direction]) => ({
    index: columns.indexOf(name),
    sign: direction === 'asc' ? 1 : -1,
  }));
  const isSorted = actual.every((row, index) => {
    const before = actual[index - 1];
    if (!before) return true;
    for (const { index: column, sign } of keys) {
      const order = sign * compare(before[column], row[column]);
      if (order !== 0) return order < 0;
    }
    return true;
  });
  return isSorted ? null : `not in order\n${found}\n${sql}`;
}

/** Lines of one text that another one lacks, each as often as it lacks it. */
function lacking(text: string, other: string): string {
  const left = other.split('\n');
  const lines = text.split('\n').filter((line) => {
    const index = left.indexOf(line);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
  return lines.length === 0 ? '(nothing)' : lines.join('\n');
}

/** Nulls are largest. */
function compare(a: unknown, b: unknown): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const [first, second] = [plain(a), plain(b)];
  if (typeof first === 'number' && typeof second === 'number') return first - second;
  return first === second ? 0 : String(first) < String(second) ? -1 : 1;
}

/** Numbers as numbers, with twelve digits, whatever an engine makes of them. */
export function plain(value: unknown): unknown {
  if (value === null || (typeof value === 'string' && !/^-?\d+(\.\d+)?$/.test(value))) return value;
  return Number(Number(value).toPrecision(12));
}

/** Rows as sorted lines. */
export function show(rows: readonly unknown[][]): string {
  return rows
    .map((row) => JSON.stringify(row.map(plain)))
    .sort()
    .join('\n');
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

/** The smallest case that still differs, by leaving out one thing after the other. */
async function shrunk(failure: Failure): Promise<Failure> {
  let current = failure;
  let bench = await Bench.open([current.item.world]);
  for (let isSmaller = true; isSmaller;) {
    isSmaller = false;
    for (const item of smaller(current.item)) {
      const other = item.world === current.item.world ? bench : await Bench.open([item.world]);
      const { difference } = await other.compare(item);
      const worse = difference === null ? other : bench;
      if (other !== bench) await worse[Symbol.asyncDispose]();
      if (difference === null) continue;
      bench = other;
      current = { item, difference };
      isSmaller = true;
      break;
    }
  }
  await bench[Symbol.asyncDispose]();
  return current;
}
