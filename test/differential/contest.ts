import { CompileError, compileSchema, QueryError, type Schema } from '../../src/index.ts';
import { attempt, differenceOf, show } from '../property/fuzz.ts';
import { evaluate } from '../property/naive-evaluator/evaluate.ts';
import { Refusal } from '../property/naive-evaluator/places.ts';
import { schemaText, tableTexts } from '../property/naive-evaluator/schema-text.ts';
import type { World, WorldCase } from '../property/naive-evaluator/world.ts';
import type { Session } from './postgres.ts';
import { explain, type ReasonName } from './reasons.ts';
import { kindOf, Reference, ReferenceRefusal, type ReferencePlan } from './reference.ts';

export type Verdict =
  | { readonly kind: 'equal' }
  | { readonly kind: 'refused'; readonly by: RefusedBy; readonly reason: string }
  | { readonly kind: 'explained'; readonly reasons: readonly ReasonName[]; readonly sides: Sides }
  /** The reference differs from both, and no reason says why. */
  | { readonly kind: 'unexplained'; readonly difference: string }
  /** Cubewright differs from the naive evaluator. */
  | { readonly kind: 'wrong'; readonly difference: string };

export type RefusedBy = 'both' | 'Cubewright' | 'the reference' | 'the reference, in the database';

export interface Sides {
  readonly cubewright: readonly unknown[][];
  readonly reference: readonly unknown[][];
}

interface Answer {
  readonly sql: string;
  readonly rows: unknown[][];
}

/** Some worlds, compiled by both planners, with their rows in one database. */
export class Contest {
  readonly #schema: Schema;
  readonly #reference: Reference;
  readonly #session: Session;

  private constructor(schema: Schema, reference: Reference, session: Session) {
    this.#schema = schema;
    this.#reference = reference;
    this.#session = session;
  }

  static async open(worlds: readonly World[], session: Session): Promise<Contest> {
    const files = worlds.map((world, index) => ({
      path: `world${index}.js`,
      content: schemaText(world),
    }));
    const schema = await compiled(files, worlds[0]!);
    await session.load(worlds.flatMap(tableTexts));
    return new Contest(schema, await Reference.open(worlds), session);
  }

  async judge(item: WorldCase): Promise<Verdict> {
    const expected = attempt(() => evaluate(item));
    const ours = await this.#ours(item);
    const wrong = differenceFromNaive(item, ours, expected);
    if (wrong !== null) return { kind: 'wrong', difference: wrong };
    const theirs = await this.#theirs(item);
    if (ours instanceof QueryError) {
      const by = 'refusal' in theirs ? 'both' : 'Cubewright';
      return { kind: 'refused', by, reason: ours.detail[0]!.code };
    }
    if (ours instanceof Error || expected instanceof Refusal) throw new Error('not reached');
    if ('refusal' in theirs) return { kind: 'refused', ...theirs.refusal };
    const difference = differenceOf(theirs.rows, ours.rows, item.query, theirs.sql);
    if (difference === null) return { kind: 'equal' };
    const names = explain(item, theirs.plan, theirs.rows);
    if (names === null) {
      return { kind: 'unexplained', difference: `${difference}\n\nCubewright:\n${ours.sql}` };
    }
    return {
      kind: 'explained',
      reasons: names,
      sides: { cubewright: ours.rows, reference: theirs.rows },
    };
  }

  async #ours({ query, context }: WorldCase): Promise<Answer | Error> {
    try {
      const { sql, params } = await this.#schema.generateSql(
        { ...query, limit: 50_000 },
        { securityContext: context },
      );
      return { sql, rows: await this.#session.rows(sql, params) };
    } catch (error) {
      return error as Error;
    }
  }

  async #theirs(item: WorldCase): Promise<Theirs> {
    let plan: ReferencePlan;
    try {
      plan = this.#reference.plan(item);
    } catch (error) {
      if (!(error instanceof ReferenceRefusal)) throw error;
      return { refusal: { by: 'the reference', reason: error.kind } };
    }
    try {
      return { plan, sql: plan.sql, rows: await this.#session.rows(plan.sql, plan.params) };
    } catch (error) {
      const reason = kindOf((error as Error).message);
      return { refusal: { by: 'the reference, in the database', reason } };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#schema.close();
  }
}

/** On a machine with much else to do, a process may not start in time. */
async function compiled(
  files: readonly { path: string; content: string }[],
  setting: Pick<World, 'joinTies' | 'now'>,
  attempts = 5,
): Promise<Schema> {
  const { joinTies, now } = setting;
  try {
    return await compileSchema(
      { files },
      {
        ...(joinTies && { joinTies }),
        ...(now !== undefined && { now: new Date(now) }),
        allowUngroupedWithoutPrimaryKey: true,
        sandbox: { timeoutMs: 60_000 },
      },
    );
  } catch (error) {
    const codes = error instanceof CompileError ? error.diagnostics.map(({ code }) => code) : [];
    if (attempts === 1 || !codes.includes('sandbox/runner-failed')) throw error;
    return compiled(files, setting, attempts - 1);
  }
}

type Theirs =
  | (Answer & { readonly plan: ReferencePlan })
  | { readonly refusal: { readonly by: RefusedBy; readonly reason: string } };

/** null: both have the same rows, or refuse for reasons that both name. */
function differenceFromNaive(
  { query }: WorldCase,
  ours: Answer | Error,
  expected: unknown[][] | Refusal,
): string | null {
  const wanted = expected instanceof Refusal ? expected.message : show(expected);
  if (ours instanceof QueryError) {
    const isExpected =
      expected instanceof Refusal && ours.problems.every(({ code }) => expected.codes.has(code));
    return isExpected ? null : `expected ${wanted}\nbut the planner said ${ours.message}`;
  }
  if (ours instanceof Error) return String(ours);
  if (expected instanceof Refusal) return `expected ${wanted}\n${ours.sql}`;
  return differenceOf(ours.rows, expected, query, ours.sql);
}
