export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

export const milli = (value: number): string =>
  (value >= 100 ? value.toFixed(0) : value.toFixed(1)).padStart(8);
export const micro = milli;
export const times = (value: number): string => `${value.toFixed(1)} x`.padStart(9);

export interface Work {
  readonly calls: number;
  readonly call: (n: number) => unknown;
}

/**
 * Microseconds of processor time for each call, by work and round. In turns, so that what is measured late is
 * not measured warmer; a first round counts for nothing. `n` never repeats.
 */
export async function inTurns(rounds: number, works: readonly Work[]): Promise<number[][]> {
  const found: number[][] = works.map(() => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, { calls, call }] of works.entries()) {
      const started = process.cpuUsage();
      for (let n = 0; n < calls; n++) await call(round * calls + n);
      const { user, system } = process.cpuUsage(started);
      if (round > 0) found[index]!.push((user + system) / calls);
    }
  }
  return found;
}
