/** What random tests start from where nobody says: a first run is the same as every other. */
const fixedSeed = 2020;
const variable = 'PROPERTY_SEED';

/**
 * The one seed of all random tests. The environment variable `PROPERTY_SEED` is a whole number, or `random` for a
 * fresh one; without it the seed is fixed.
 *
 * @throws Error for any other text.
 */
export function chosenSeed(text: string | undefined): number {
  if (text === undefined || text === '') return fixedSeed;
  if (text === 'random') return freshSeed();
  const seed = Number(text);
  if (/^-?\d+$/.test(text) && Number.isSafeInteger(seed)) return seed | 0;
  throw new Error(`${variable} must be a whole number or random, not ${JSON.stringify(text)}`);
}

export function freshSeed(): number {
  return Date.now() % 1_000_000_000;
}

/** Of this process; the runner of the tests has chosen before, and hands its choice down. */
export const propertySeed = chosenSeed(process.env[variable]);

/** What hands a choice down to the processes that run the tests. */
export function seedVariable(seed: number): Readonly<Record<string, string>> {
  return { [variable]: String(seed) };
}
