import type { JoinSetting, Need, Owner } from './choose-root.ts';
import { mostJoins, type Reaching } from './join-graph.ts';
import { JoinTree } from './join-tree.ts';
import type { JoinPath, Occurrence } from './plan.ts';
import { tooManyRoots } from './too-large.ts';

/** A root with what it is chosen by. */
interface Candidate {
  readonly tree: JoinTree;
  /** Whether its ways lead over cubes that the query does not name. */
  readonly isIndirect: boolean;
  /** How many of its joins repeat rows of the measured cube; of the root, where nothing is measured. */
  readonly repeats: number;
  /** Whether it is the measured cube. */
  readonly isOwn: boolean;
}

/** Joins that may be laid to look for a root among cubes that the query does not name. */
const mostLaid = 100_000;

/** As many roots that are as good as each other are enough to say so. */
const mostShown = 5;

/** Looks for the roots of a query that are better than all others. */
export class RootSearch {
  /** The cubes that a root has to reach. */
  readonly starts: readonly string[];
  readonly #needs: readonly Need[];
  readonly #owner: Owner | null;
  readonly #setting: JoinSetting;
  /** The cubes that the query names, those on the ways of its views among them. */
  readonly #named: ReadonlySet<string>;
  #best: Candidate[] = [];
  #laid = 0;
  /** The cubes from which all starts are reached: from the others no join is laid. */
  #reaching: ReadonlySet<string> = new Set();

  constructor(needs: readonly Need[], owner: Owner | null, setting: JoinSetting) {
    this.#needs = needs;
    this.#owner = owner;
    this.#setting = setting;
    const measured = owner === null ? [] : [owner.via?.[0] ?? owner.cube];
    this.starts = [...new Set([...measured, ...needs.map(startOf)])];
    const ways = [owner?.via ?? [], ...needs.map(({ via }) => via ?? [])].flat();
    this.#named = new Set([...this.starts, ...ways, ...(owner ? [owner.cube] : [])]);
  }

  /** The best roots by name: one, where the query tells which. None: no cube reaches all. */
  best(): JoinTree[] {
    const own = this.#own();
    if (own && isUnbeaten(own, this.#named.size)) return [own.tree];
    if (own) this.#keep(own);
    const reaching = this.#setting.graph.cubesReaching(this.starts);
    this.#reaching = new Set(reaching.map(({ cube }) => cube));
    for (const cube of this.#named) this.#consider(cube);
    if (this.#best[0]?.isIndirect !== false) this.#searchOthers(reaching);
    return this.#best.map(({ tree }) => tree).sort((a, b) => (a.root < b.root ? -1 : 1));
  }

  #own(): Candidate | null {
    if (this.#owner === null) return null;
    const tree = ownTree(this.#owner, this.#setting);
    for (const need of this.#needs) tree.add(need, need.use);
    this.#spend(tree);
    return tree.missing.size > 0 ? null : this.#rated(tree, tree.root);
  }

  #consider(root: string): void {
    if (this.#owner?.cube === root && this.#owner.via === null) return;
    if (!this.#reaching.has(root)) return;
    const tree = treeFrom(root, this.#needs, this.#owner, this.#setting);
    this.#spend(tree);
    this.#laid += 1 + tree.size;
    if (tree.missing.size > 0) return;
    const measured = this.#owner && tree.addWay(this.#owner.via ?? [this.#owner.cube]);
    this.#keep(this.#rated(tree, measured));
  }

  /** One tree is small; it is their number that grows with the cubes of the query, twice. */
  #spend({ walked }: JoinTree): void {
    this.#setting.reader.budget.spend('steps of joins', walked + this.#needs.length);
  }

  #rated(tree: JoinTree, measured: JoinPath | null): Candidate {
    return {
      tree,
      isIndirect: !tree.isWithin(this.#named),
      repeats: tree.repeats(measured ?? tree.root),
      isOwn: measured === tree.root,
    };
  }

  #keep(candidate: Candidate): void {
    const [best] = this.#best;
    const order = best ? compare(candidate, best) : -1;
    if (order < 0) this.#best = [candidate];
    else if (order === 0 && !this.#best.some(({ tree }) => tree.root === candidate.tree.root)) {
      this.#best.push(candidate);
    }
  }

  /** Cubes that the query does not name, those first that can be the best: until no other can. */
  #searchOthers(reaching: readonly Reaching[]): void {
    const { graph, hintedRoots } = this.#setting;
    const leastJoins = this.starts.length;
    const [own] = this.#best;
    if (own?.isOwn && own.repeats === 0 && own.tree.wayJoins <= leastJoins) return;
    const others = reaching
      .filter(({ cube, distance }) => !this.#named.has(cube) && distance <= mostJoins)
      .map(({ cube, distance, repeats }): Reaching => ({
        cube,
        distance: Math.max(distance, leastJoins),
        repeats: graph.hasHints || this.#owner === null ? 0 : repeats,
      }))
      .sort(
        (a, b) =>
          a.repeats - b.repeats ||
          a.distance - b.distance ||
          Number(hintedRoots.has(b.cube)) - Number(hintedRoots.has(a.cube)) ||
          (a.cube < b.cube ? -1 : 1),
      );
    for (const { cube, distance, repeats } of others) {
      const [best] = this.#best;
      const order = best ? best.repeats - repeats || best.tree.wayJoins - distance : 1;
      if (order < 0 || (order === 0 && (best!.isOwn || this.#best.length > mostShown))) return;
      if (this.#laid > mostLaid) throw tooManyRoots(this.starts);
      this.#consider(cube);
    }
  }
}

/** The owner, on no more joins than lead to so many cubes at least. */
function isUnbeaten({ isIndirect, repeats, tree }: Candidate, named: number): boolean {
  return !isIndirect && repeats === 0 && tree.wayJoins < named;
}

function compare(a: Candidate, b: Candidate): number {
  return (
    Number(a.isIndirect) - Number(b.isIndirect) ||
    a.repeats - b.repeats ||
    a.tree.wayJoins - b.tree.wayJoins ||
    Number(b.isOwn) - Number(a.isOwn)
  );
}

/** From a cube that is measured: what comes to it on its own path starts there. */
export function ownTree(
  { cube, via }: Owner,
  { model, graph }: Pick<JoinSetting, 'model' | 'graph'>,
): JoinTree {
  return new JoinTree(cube, model, graph, via);
}

export function startOf(need: Occurrence): string {
  return need.via?.[0] ?? need.member.slice(0, need.member.indexOf('.'));
}

export function treeFrom(
  root: string,
  needs: readonly Need[],
  owner: Owner | null,
  { model, graph }: JoinSetting,
): JoinTree {
  const tree = new JoinTree(root, model, graph);
  if (owner !== null) tree.addWay(owner.via ?? [owner.cube]);
  for (const need of needs) tree.add(need, need.use);
  return tree;
}
