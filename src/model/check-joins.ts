import type { Report } from '../core/diagnostic.ts';
import { ownerOf } from '../core/names.ts';
import type { Span } from '../core/span.ts';
import { reportModel } from './diagnostics.ts';
import type { DeclaredJoin } from './find-keyless-cubes.ts';
import { innerPieces, valueFragments } from './fragments-of.ts';
import type { Cube, CubeJoin, FragmentPiece } from './model.ts';
import { JoinWays } from './join-ways.ts';

export interface JoinContext {
  readonly report: Report;
  readonly spanOfJoin: (join: DeclaredJoin) => Span | undefined;
}

type Cubes = ReadonlyMap<string, Cube>;

/** A cube that the condition of a join is calculated from, and by what it is named there. */
interface Named {
  readonly cube: string;
  readonly from: string;
  readonly by: string;
}

/** Members and joins followed; in a schema where that is not enough, queries are held to the rest. */
const mostSteps = 500_000;

/**
 * Refuses joins whose condition names a cube, itself or by a dimension, that is not one row for each row of the
 * cube that declares the join, or that is only joined after it.
 */
export function checkJoins(cubes: Cubes, context: JoinContext): void {
  new JoinCheck(cubes, context).run();
}

class JoinCheck {
  readonly #cubes: Cubes;
  readonly #context: JoinContext;
  readonly #ways: JoinWays;
  /** Joins that each join with a third cube in its condition needs before it. */
  readonly #needs = new Map<string, readonly string[]>();
  readonly #joins = new Map<string, DeclaredJoin>();
  #steps = 0;

  constructor(cubes: Cubes, context: JoinContext) {
    this.#cubes = cubes;
    this.#context = context;
    this.#ways = new JoinWays(cubes, () => this.#step());
  }

  run(): void {
    for (const cube of this.#cubes.values()) for (const join of cube.joins) this.#join(cube, join);
    this.#refuseCircles();
  }

  #step(): boolean {
    return (this.#steps += 1) <= mostSteps;
  }

  #join({ name: source }: Cube, { target, sql }: CubeJoin): void {
    const needs = new Set<string>();
    for (const { cube, from, by } of this.#namedBy(sql.pieces, source, target)) {
      const refuse = (reason: string, help: string): void =>
        this.#refuse({ from: source, to: target }, by, reason, help);
      if (cube === source || cube === target) continue;
      if (from === target) {
        refuse(
          `is calculated from ${cube}, which is only joined after ${target}`,
          `compare a column of ${target}`,
        );
        continue;
      }
      const way = this.#ways.between(from, cube);
      if (way === 'none') {
        refuse(
          `needs ${cube}, to which no joins lead from ${from}`,
          `declare a join from ${from} to ${cube}, or compare the two cubes that are joined`,
        );
      } else if (way !== 'unknown') {
        const many = way.find(({ join }) => join.relationship === 'one-to-many');
        if (many) {
          refuse(
            `needs ${cube}, and each row of ${many.from} has many of ${many.join.target}`,
            'a condition compares cubes of which each row has one',
          );
        }
        for (const step of way) needs.add(keyOf(step.from, step.join.target));
      }
    }
    if (needs.size === 0) return;
    const key = keyOf(source, target);
    this.#needs.set(key, [...needs]);
    this.#joins.set(key, { from: source, to: target });
  }

  /** The cubes that a condition names, and those that the members which it names are calculated from. */
  #namedBy(pieces: readonly FragmentPiece[], source: string, target: string): Named[] {
    const found = new Map<string, Named>();
    const seen = new Set<string>();
    const visit = (items: readonly FragmentPiece[], from: string, outer: string | null): void => {
      for (const piece of items) {
        if (piece.kind === 'cube') {
          note({ cube: piece.cube, from, by: outer ?? piece.cube });
        } else if (piece.kind === 'member') {
          const cube = ownerOf(piece.path);
          const by = outer ?? piece.path;
          note({ cube, from, by });
          const member = this.#cubes.get(cube)?.members.get(piece.path.slice(cube.length + 1));
          if (!member || seen.has(piece.path) || !this.#step()) continue;
          seen.add(piece.path);
          if (member.kind === 'dimension' && member.subQuery) continue;
          for (const fragment of valueFragments(member)) visit(fragment.pieces, cube, by);
        } else for (const inner of innerPieces(piece)) visit(inner, from, outer);
      }
    };
    const note = (named: Named): void => {
      if (named.cube !== named.from) found.set(`${named.from} ${named.cube}`, named);
    };
    visit(pieces, source, null);
    return [...found.values()].filter(({ cube }) => cube !== source && cube !== target);
  }

  #refuseCircles(): void {
    const done = new Set<string>();
    for (const start of this.#needs.keys()) {
      if (done.has(start)) continue;
      const circle = this.#circleFrom(start, done);
      if (!circle) continue;
      const [first] = circle;
      const way = [...circle, first!].join(' needs ');
      this.#refuse(
        this.#joins.get(first!)!,
        first!,
        `needs itself: ${way}`,
        'let one of these joins compare only the two cubes that it joins',
      );
    }
  }

  /** Without recursion: a chain may be long. */
  #circleFrom(start: string, done: Set<string>): string[] | null {
    const path: { readonly key: string; next: number }[] = [{ key: start, next: 0 }];
    const within = new Set([start]);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const next = this.#needs.get(top.key)?.[top.next];
      top.next += 1;
      if (next === undefined) {
        done.add(top.key);
        within.delete(top.key);
        path.pop();
      } else if (within.has(next)) {
        const keys = path.map(({ key }) => key);
        for (const key of keys) done.add(key);
        return keys.slice(keys.indexOf(next));
      } else if (!done.has(next)) {
        within.add(next);
        path.push({ key: next, next: 0 });
      }
    }
    return null;
  }

  #refuse(join: DeclaredJoin, by: string, reason: string, help: string): void {
    const span = this.#context.spanOfJoin(join);
    const parameters = { join: keyOf(join.from, join.to), name: by, reason };
    this.#context.report(reportModel('model/join-uses-other-cube', parameters, { span, help }));
  }
}

function keyOf(from: string, to: string): string {
  return `${from} -> ${to}`;
}
