import { schemaText } from '../property/naive-evaluator/schema-text.ts';
import { membersIn } from '../property/naive-evaluator/values.ts';
import type {
  World,
  WorldCase,
  WorldFilter,
  WorldQuery,
} from '../property/naive-evaluator/world.ts';

interface Compilers {
  readonly compiler: object;
}

interface PlannedQuery {
  readonly join: {
    readonly root: string;
    readonly joins: readonly { readonly originalFrom: string; readonly originalTo: string }[];
    readonly multiplicationFactor: Readonly<Record<string, boolean>>;
  } | null;
  buildSqlAndParams(): [string, unknown[]];
}

interface Package {
  compile(files: readonly { path: string; content: string }[]): Promise<Compilers>;
  plan(compilers: Compilers, query: object, securityContext: object): PlannedQuery;
}

const { compile, plan } = (await import('../../bench/reference.mjs' as string)) as Package;

/** What the reference makes of a query: its statement, and the one join tree behind it. */
export interface ReferencePlan {
  readonly sql: string;
  readonly params: unknown[];
  readonly root: string;
  /** From cube to cube, each cube once. */
  readonly joins: readonly (readonly [from: string, to: string])[];
  /** Cubes whose rows the joins repeat. */
  readonly multiplied: ReadonlySet<string>;
}

/** The reference has no answer. */
export class ReferenceRefusal extends Error {
  /** The message without names. */
  readonly kind: string;

  constructor(message: string) {
    super(message);
    this.kind = kindOf(message);
  }
}

const cubeName = /W\d+C\d+/g;

/** A message of the reference or the database without what differs from case to case. */
export function kindOf(message: string): string {
  const [line = ''] = message.replace(/^Error: /, '').split('\n');
  return line
    .replace(/(?<!\w)(['"])[^'"]*\1/g, '...')
    .replaceAll(cubeName, '...')
    .replace(/\.\.\.(, \.\.\.)+/g, '...');
}

/** Names of members, without cubes, that the reference has refused: left out of later files at once. */
const refusedNames = new Map<string, string>();

/** Worlds that the reference compiled, as far as it does. */
export class Reference {
  /** By schema text. */
  readonly #compilers = new Map<string, Compilers>();
  readonly #refused = new Map<string, string>();

  /** Keyless cubes are refused with their whole schema: they are compiled apart from the others. */
  static async open(worlds: readonly World[]): Promise<Reference> {
    const reference = new Reference();
    const isKeyless = (world: World) => world.cubes.some((cube) => cube.key === 'none');
    await reference.#compile(worlds.filter((world) => !isKeyless(world)));
    await reference.#compile(worlds.filter(isKeyless));
    return reference;
  }

  async #compile(worlds: readonly World[]): Promise<void> {
    if (worlds.length === 0) return;
    const files = worlds.map((world, index) => ({
      path: `world${index}.js`,
      content: withoutRefused(schemaText(world)),
    }));
    let compilers: Compilers;
    try {
      compilers = await compile(files);
    } catch (error) {
      const lines = (error as Error).message.split('\n');
      const blamed = worlds.filter((world) => this.#isBlamed(world, lines));
      const hasLearned = lines.map(learn).includes(true);
      if (blamed.length === 0 && !hasLearned) throw error;
      await this.#compile(worlds.filter((world) => !blamed.includes(world)));
      return;
    }
    for (const world of worlds) this.#compilers.set(schemaText(world), compilers);
  }

  #isBlamed(world: World, lines: readonly string[]): boolean {
    const names = new Set(world.cubes.map((cube) => cube.name));
    const line = lines.find(
      (text) => !foreign.test(text) && (text.match(cubeName) ?? []).some((name) => names.has(name)),
    );
    if (line !== undefined) this.#refused.set(schemaText(world), line);
    return line !== undefined;
  }

  /** @throws ReferenceRefusal */
  plan({ world, query, context }: WorldCase): ReferencePlan {
    const text = schemaText(world);
    const compilers = this.#compilers.get(text);
    if (!compilers) throw new ReferenceRefusal(this.#refused.get(text) ?? 'not compiled');
    for (const member of membersOf(query)) {
      const reason = refusedNames.get(nameOf(member));
      if (reason !== undefined) throw new ReferenceRefusal(reason);
    }
    try {
      const planned = plan(compilers, asked(query), structuredClone(context));
      const [sql, params] = planned.buildSqlAndParams();
      const { root, joins, multiplicationFactor } = planned.join!;
      return {
        sql,
        params,
        root,
        joins: joins.map(({ originalFrom, originalTo }) => [originalFrom, originalTo]),
        multiplied: new Set(
          Object.keys(multiplicationFactor).filter((cube) => multiplicationFactor[cube]),
        ),
      };
    } catch (error) {
      throw new ReferenceRefusal((error as Error).message);
    }
  }
}

const foreign = /^Member '([^']+)' references foreign cubes/;

function learn(line: string): boolean {
  const member = foreign.exec(line)?.[1];
  if (member === undefined || refusedNames.has(nameOf(member))) return false;
  refusedNames.set(nameOf(member), line);
  return true;
}

/** `withX` of `W0C1.withW0C2`. */
function nameOf(member: string): string {
  return member.slice(member.indexOf('.') + 1).replaceAll(cubeName, 'X');
}

/** A schema text without the lines of members that were refused; each member is one line. */
function withoutRefused(text: string): string {
  return text
    .split('\n')
    .filter((line) => {
      const member = /^ {4}(\w+): \{/.exec(line)?.[1];
      return member === undefined || !refusedNames.has(nameOf(`.${member}`));
    })
    .join('\n');
}

export function membersOf(query: WorldQuery): string[] {
  return [
    ...query.measures,
    ...query.dimensions,
    ...query.timeDimensions.map((time) => time.dimension),
    ...query.segments,
    ...query.filters.flatMap(membersIn),
  ];
}

/** A query in the form in which the reference's API hands it to its planner. */
function asked(query: WorldQuery): object {
  return {
    ...query,
    filters: query.filters.map(withTextValues),
    timeDimensions: query.timeDimensions.map((time) =>
      Object.fromEntries(Object.entries(time).filter(([, value]) => value !== null)),
    ),
    order: query.order.map(([id, direction]) => ({ id, desc: direction === 'desc' })),
    limit: 50_000,
    allowUngroupedWithoutPrimaryKey: true,
  };
}

function withTextValues(filter: WorldFilter): object {
  if ('and' in filter) return { and: filter.and.map(withTextValues) };
  if ('or' in filter) return { or: filter.or.map(withTextValues) };
  return { ...filter, values: filter.values.map((value) => (value === null ? null : `${value}`)) };
}
