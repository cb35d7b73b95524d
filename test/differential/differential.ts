import fc from 'fast-check';
import type { World, WorldCase } from '../property/naive-evaluator/world.ts';
import { casesOf, worlds } from '../property/worlds.ts';
import { Contest, type Verdict } from './contest.ts';
import { Session } from './postgres.ts';
import type { ReasonName } from './reasons.ts';

export interface DifferentialOptions {
  readonly runs: number;
  readonly seed: number;
  readonly progress?: (tally: Tally) => void;
}

/** What came out of the runs so far. */
export interface Tally {
  runs: number;
  equal: number;
  /** By reasons, joined by ` + `. */
  readonly explained: Map<string, number>;
  /** By whom, then by code or message. */
  readonly refused: Map<string, Map<string, number>>;
  /** The smallest of the cases with one reason alone. */
  readonly examples: Map<ReasonName, WorldCase>;
  readonly unexplained: Failure[];
  /** Cubewright differs from the naive evaluator. */
  readonly wrong: Failure[];
}

export interface Failure {
  readonly item: WorldCase;
  readonly difference: string;
}

/** Worlds that share one compile, and queries to each of them. */
const worldsAtOnce = 25;
const queriesOfWorld = 20;

/** Runs random cases through Cubewright and the reference on PostgreSQL, and judges each difference. */
export async function differential(options: DifferentialOptions): Promise<Tally> {
  const { runs, seed, progress } = options;
  const tally: Tally = {
    runs: 0,
    equal: 0,
    explained: new Map(),
    refused: new Map(),
    examples: new Map(),
    unexplained: [],
    wrong: [],
  };
  await using session = await Session.open();
  for (let batch = 0; tally.runs < runs; batch++) {
    const count = Math.min(worldsAtOnce, Math.ceil((runs - tally.runs) / queriesOfWorld));
    const found = Array.from({ length: count }, (_, index) =>
      sample(worlds(`W${index}`), seed + batch * worldsAtOnce + index, 1).map(
        index % 8 === 7 ? (world) => world : withKeys,
      ),
    ).flat();
    await using contest = await Contest.open(found, session);
    for (const [index, world] of found.entries()) {
      const left = Math.min(queriesOfWorld, runs - tally.runs);
      for (const item of sample(casesOf(world), seed + batch + index, left)) {
        add(tally, item, await contest.judge(item));
      }
      progress?.(tally);
    }
  }
  return tally;
}

function sample<T>(values: fc.Arbitrary<T>, seed: number, numRuns: number): T[] {
  return fc.sample(values, { seed, numRuns });
}

/** The reference compiles no joins of cubes without a primary key; most worlds shall have an answer. */
function withKeys(world: World): World {
  return {
    ...world,
    cubes: world.cubes.map((cube) => (cube.key === 'none' ? { ...cube, key: 'id' } : cube)),
  };
}

function add(tally: Tally, item: WorldCase, verdict: Verdict): void {
  tally.runs++;
  switch (verdict.kind) {
    case 'equal':
      tally.equal++;
      break;
    case 'refused': {
      const counts = tally.refused.get(verdict.by) ?? new Map<string, number>();
      tally.refused.set(verdict.by, increment(counts, verdict.reason));
      break;
    }
    case 'explained': {
      increment(tally.explained, verdict.reasons.join(' + '));
      const [first] = verdict.reasons;
      if (verdict.reasons.length === 1 && sizeOf(item) < sizeOf(tally.examples.get(first!))) {
        tally.examples.set(first!, item);
      }
      break;
    }
    default:
      tally[verdict.kind].push({ item, difference: verdict.difference });
  }
}

function sizeOf(item: WorldCase | undefined): number {
  return item === undefined ? Infinity : JSON.stringify(item).length;
}

function increment(counts: Map<string, number>, key: string): Map<string, number> {
  return counts.set(key, (counts.get(key) ?? 0) + 1);
}
