/** Steps of one search: hostile schemas have thousands of long names, and as many errors. */
const mostSteps = 150_000;

/**
 * The candidate most like a misspelt name, or undefined when none is close: at most a third of
 * the letters may differ (Levenshtein distance, letter case ignored). Of very many candidates the
 * first are looked at.
 */
export function suggest(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.slice(0, 200).toLowerCase();
  const work = { steps: mostSteps };
  let best: string | undefined;
  let bestDistance = Math.floor(Math.max(wanted.length, 3) / 3) + 1;
  for (const candidate of candidates) {
    if (--work.steps < 0) break;
    if (Math.abs(candidate.length - wanted.length) >= bestDistance) continue;
    const distance = editDistance(wanted, candidate.toLowerCase(), bestDistance - 1, work);
    if (distance < bestDistance) {
      bestDistance = distance;
      best = candidate;
    }
  }
  return best;
}

/** `did you mean 'x'?` or undefined: a diagnostic's help. */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const found = suggest(name, candidates);
  return found === undefined ? undefined : `did you mean '${found}'?`;
}

/** Infinity beyond `most`; only the cells that can lead to so few changes are worked out. */
function editDistance(a: string, b: string, most: number, work: { steps: number }): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const first = Math.max(1, i - most);
    const last = Math.min(b.length, i + most);
    const current = new Array<number>(b.length + 1).fill(Infinity);
    if (first === 1) current[0] = i;
    let least = current[first - 1]!;
    for (let j = first; j <= last; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current[j] = Math.min(substitution, previous[j]! + 1, current[j - 1]! + 1);
      least = Math.min(least, current[j]!);
    }
    work.steps -= b.length;
    if (least > most || work.steps < 0) return Infinity;
    previous = current;
  }
  return previous[b.length]!;
}
