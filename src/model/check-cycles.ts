import type { Report } from '../core/diagnostic.ts';
import type { Span } from '../core/span.ts';
import { reportModel } from './diagnostics.ts';
import { fragmentsOf, fragmentsOfMask, innerPieces, sourceFragment } from './fragments-of.ts';
import type { Cube, FragmentPiece } from './model.ts';

/** Longest chain of members that refer to members: each link is a level of brackets in the SQL. */
const longestChain = 100;

export interface CycleContext {
  readonly report: Report;
  /** Where a member (`Orders.count`) or a cube is declared. */
  readonly spanOf: (name: string) => Span | undefined;
}

/** What a cube contains of others, and of itself. */
export interface CubeReferences {
  /** By member: the members that it contains. Members without any are left out. */
  readonly members: ReadonlyMap<string, readonly string[]>;
  /** Cubes whose rows its source reads. */
  readonly sources: readonly string[];
}

export function referencesOf(cube: Cube | null): CubeReferences {
  const members = new Map<string, readonly string[]>();
  if (!cube) return { members, sources: [] };
  for (const member of cube.members.values()) {
    const mask = member.kind === 'segment' ? [] : fragmentsOfMask(member.mask);
    const [names, behind]: [string[], string[]] = [[], []];
    for (const fragment of fragmentsOf(member)) {
      findNames(fragment.pieces, 'member', mask.includes(fragment) ? behind : names);
    }
    if (names.length > 0) members.set(member.path, names);
    // No value names a mask, which may name the value that it stands for.
    if (behind.length > 0) members.set(`${member.path} masked`, behind);
  }
  const sources: string[] = [];
  findNames(sourceFragment(cube).pieces, 'source', sources);
  return { members, sources };
}

/** Refuses members that contain themselves, and sources that do. */
export function checkCycles(
  cubes: ReadonlyMap<string, CubeReferences>,
  context: CycleContext,
): void {
  const members = new Map([...cubes.values()].flatMap((cube) => [...cube.members]));
  const sources = new Map([...cubes].map(([name, cube]) => [name, cube.sources]));
  findCycles(members, (path) => report('model/cycle', path, context));
  findCycles(sources, (path) => report('model/source-cycle', path, context));
}

function report(
  code: 'model/cycle' | 'model/source-cycle',
  path: readonly string[],
  context: CycleContext,
): void {
  const span = context.spanOf(path[0]!);
  const shown = path.length > 10 ? [...path.slice(0, 10), '...'] : path;
  const isCycle = path[0] === path.at(-1);
  const help = isCycle ? undefined : `a chain may have at most ${longestChain} links`;
  context.report(reportModel(code, { path: shown.join(' -> ') }, { span, help }));
}

/** Reports each cycle, or chain that is too long, once. */
function findCycles(
  graph: ReadonlyMap<string, readonly string[]>,
  found: (path: readonly string[]) => void,
): void {
  const done = new Set<string>();
  const visit = (name: string, path: string[]): boolean => {
    const start = path.indexOf(name);
    if (start >= 0) {
      found([...path.slice(start), name]);
      return false;
    }
    if (done.has(name)) return true;
    if (path.length >= longestChain) {
      found([...path, name]);
      return false;
    }
    path.push(name);
    const isFine = (graph.get(name) ?? []).every((next) => visit(next, path));
    path.pop();
    done.add(name);
    return isFine;
  };
  for (const name of graph.keys()) visit(name, []);
}

function findNames(
  pieces: readonly FragmentPiece[],
  kind: 'member' | 'source',
  found: string[],
): void {
  for (const piece of pieces) {
    if (piece.kind === 'member' && kind === 'member') found.push(piece.path);
    else if (piece.kind === 'source' && kind === 'source') found.push(piece.cube);
    else for (const inner of innerPieces(piece)) findNames(inner, kind, found);
  }
}
