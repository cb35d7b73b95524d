import { instantsOf, type Clock } from '../property/naive-evaluator/date-ranges.ts';
import { wallAt } from '../property/naive-evaluator/zones.ts';
import { clockOf } from './readings.ts';
import { schemaText } from '../property/naive-evaluator/schema-text.ts';
import { resolved } from '../property/naive-evaluator/views.ts';
import { membersIn } from '../property/naive-evaluator/values.ts';
import type {
  DateRange,
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
      content: textFor(world),
    }));
    let compilers: Compilers;
    try {
      compilers = await compile(files);
    } catch (error) {
      const lines = (error as Error).message.split('\n');
      const hasLearned = lines.map(learn).includes(true);
      const blamed = hasLearned ? [] : worlds.filter((world) => this.#isBlamed(world, lines));
      if (blamed.length === 0 && !hasLearned) throw error;
      await this.#compile(worlds.filter((world) => !blamed.includes(world)));
      return;
    }
    for (const world of worlds) this.#compilers.set(schemaText(world), compilers);
  }

  #isBlamed(world: World, lines: readonly string[]): boolean {
    const names = new Set(world.cubes.map((cube) => cube.name));
    const line = lines.find((text) => (text.match(cubeName) ?? []).some((name) => names.has(name)));
    if (line !== undefined) this.#refused.set(schemaText(world), line);
    return line !== undefined;
  }

  /** @throws ReferenceRefusal */
  plan({ world, query, context }: WorldCase): ReferencePlan {
    const text = schemaText(world);
    const compilers = this.#compilers.get(text);
    if (!compilers) throw new ReferenceRefusal(this.#refused.get(text) ?? 'not compiled');
    for (const path of membersOf(query)) {
      const reason = refusedNames.get(general(resolved(world, path).member));
      if (reason !== undefined) throw new ReferenceRefusal(reason);
    }
    try {
      const planned = plan(compilers, asked({ world, query, context }), structuredClone(context));
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
const invalid = /"(?:measures|dimensions)\.(\w+)\.[^"]*" (?:is|must)[^.]*/g;

/** Notes the members of which a line says that the reference does not take them. Whether it is news. */
function learn(line: string): boolean {
  const before = refusedNames.size;
  const member = foreign.exec(line)?.[1];
  const found = [...line.matchAll(invalid)].map(([text, name]) => [name!, text] as const);
  for (const [name, text] of member === undefined ? found : [[memberName(member), line] as const]) {
    if (!refusedNames.has(general(name))) refusedNames.set(general(name), text);
  }
  return refusedNames.size > before;
}

const memberName = (path: string): string => path.slice(path.indexOf('.') + 1);

/** A member's name without those of cubes. */
const general = (name: string): string => name.replaceAll(cubeName, 'X');

const isRefused = (name: string): boolean => refusedNames.has(general(name));

/** The schema text of a world without members that were refused; each member of a cube is one line. */
function textFor(world: World): string {
  const views = (world.views ?? []).map((view) => ({
    ...view,
    cubes: view.cubes.flatMap((part) => {
      if (part.includes === '*') {
        return { ...part, excludes: part.excludes.filter((name) => !isRefused(name)) };
      }
      const includes = part.includes.filter((name) => !isRefused(name));
      return includes.length === 0 ? [] : { ...part, includes };
    }),
  }));
  return schemaText({ ...world, views: views.filter((view) => view.cubes.length > 0) })
    .split('\n')
    .filter((line) => {
      const name = /^ {4}(\w+): \{/.exec(line)?.[1];
      return name === undefined || !isRefused(name);
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

/**
 * A query in the form in which the reference's server hands it to its planner: dates as text of the query's
 * zone, values as text.
 */
function asked(item: WorldCase): object {
  const { query } = item;
  const clock = clockOf(item);
  return {
    ...query,
    filters: query.filters.map((filter) => askedFilter(filter, clock)),
    timeDimensions: query.timeDimensions.map(({ dimension, granularity, dateRange }) => ({
      dimension,
      ...(granularity !== null && { granularity }),
      ...(dateRange !== null && { dateRange: askedRange(dateRange, clock) }),
    })),
    order: query.order.map(([id, direction]) => ({ id, desc: direction === 'desc' })),
    limit: 50_000,
    allowUngroupedWithoutPrimaryKey: true,
  };
}

function askedRange(range: DateRange, clock: Clock): readonly [string, string] {
  const found = instantsOf(range, clock);
  if (!found || typeof range !== 'string') return range as [string, string];
  const text = (instant: number) =>
    new Date(wallAt(clock.zone, instant)).toISOString().replace('Z', '');
  return [text(found.from), text(found.isClosed ? found.to : found.to - 1)];
}

function askedFilter(filter: WorldFilter, clock: Clock): object {
  if ('and' in filter) return { and: filter.and.map((item) => askedFilter(item, clock)) };
  if ('or' in filter) return { or: filter.or.map((item) => askedFilter(item, clock)) };
  const values = filter.values.map((value) => (value === null ? null : `${value}`));
  const [first] = values;
  const isText = filter.operator.includes('Date') && values.length === 1;
  return { ...filter, values: isText ? askedRange(first!, clock) : values };
}
