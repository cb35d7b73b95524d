import type { Cube, CubeJoin } from './model.ts';

export interface WayStep {
  readonly from: string;
  readonly join: CubeJoin;
}

/** The shortest ways between cubes along declared joins. */
export class JoinWays {
  readonly #cubes: ReadonlyMap<string, Cube>;
  readonly #mayGoOn: () => boolean;

  /** @param mayGoOn is asked for each join that is followed. */
  constructor(cubes: ReadonlyMap<string, Cube>, mayGoOn: () => boolean) {
    this.#cubes = cubes;
    this.#mayGoOn = mayGoOn;
  }

  /** `unknown`: there are several of one length, or they are too many to look through. */
  between(from: string, to: string): readonly WayStep[] | 'none' | 'unknown' {
    const found = new Map<string, { readonly distance: number; steps: WayStep[] }>();
    found.set(from, { distance: 0, steps: [] });
    const queue = [from];
    for (const cube of queue) {
      const distance = found.get(cube)!.distance + 1;
      if (distance > (found.get(to)?.distance ?? distance)) break;
      for (const join of this.#cubes.get(cube)?.joins ?? []) {
        if (!this.#mayGoOn()) return 'unknown';
        const known = found.get(join.target);
        if (known?.distance === distance) known.steps.push({ from: cube, join });
        if (known) continue;
        found.set(join.target, { distance, steps: [{ from: cube, join }] });
        queue.push(join.target);
      }
    }
    if (!found.has(to)) return 'none';
    const way: WayStep[] = [];
    for (let cube = to; cube !== from;) {
      const { steps } = found.get(cube)!;
      if (steps.length !== 1) return 'unknown';
      way.unshift(steps[0]!);
      cube = steps[0]!.from;
    }
    return way;
  }
}
