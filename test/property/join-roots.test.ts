import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDuckDbDriver } from '../../src/drivers/index.ts';
import { compileSchema, QueryError, type Schema } from '../../src/index.ts';
import { show } from './fuzz.ts';
import { schemaText, tableTexts } from './naive-evaluator/schema-text.ts';
import type { World, WorldCube, WorldJoin, WorldRow } from './naive-evaluator/world.ts';

/** Which end of a relationship declares it: the one with the column, the other one, or both. */
type Declared = 'holder' | 'other' | 'both';

interface Relationship {
  readonly holder: string;
  readonly other: string;
  readonly isUnique: boolean;
}

/** The joins that a cube declares for a relationship. */
function joinsFor(
  cube: string,
  { holder, other, isUnique }: Relationship,
  declared: Declared,
): WorldJoin[] {
  if (cube === holder && declared !== 'other') {
    const relationship = isUnique ? 'one-to-one' : 'many-to-one';
    return [{ target: other, relationship, holder: 'source' }];
  }
  if (cube === other && declared !== 'holder') {
    const relationship = isUnique ? 'one-to-one' : 'one-to-many';
    return [{ target: holder, relationship, holder: 'target' }];
  }
  return [];
}

interface Shape {
  readonly main: Relationship;
  readonly declared: Declared;
  /** Of the third cube, which declares them. */
  readonly thirds: readonly Relationship[];
}

const ends = (first: string, second: string): Relationship[] =>
  [false, true].flatMap((isUnique) => [
    { holder: first, other: second, isUnique },
    { holder: second, other: first, isUnique },
  ]);

interface Numbers {
  readonly values: readonly (number | null)[];
  readonly picks: readonly number[];
}

const numbers: fc.Arbitrary<Numbers> = fc.record({
  values: fc.array(fc.option(fc.integer({ min: 0, max: 3 })), { minLength: 12, maxLength: 12 }),
  picks: fc.array(fc.nat(9), { minLength: 30, maxLength: 30 }),
});

/** @param isTotal whether each row of either end of the relationship has a partner. */
function worldOf(
  prefix: string,
  { main, declared, thirds }: Shape,
  { values, picks }: Numbers,
  isTotal: boolean,
): World {
  const named = (name: string) => `${prefix}C${name}`;
  const renamed = (item: Relationship): Relationship => ({
    ...item,
    holder: named(item.holder),
    other: named(item.other),
  });
  const all = [main, ...thirds].map(renamed);
  const rowsOf = (name: string, at: number): WorldRow[] =>
    [1, 2, 3, 4].map((id): WorldRow => {
      const refers = all
        .filter(({ holder }) => holder === name)
        .map(({ other, isUnique }, index) => {
          const pick = picks[(at * 10 + id * 2 + index) % picks.length]!;
          const isSure = isTotal && index === 0 && other !== named('2');
          const free = pick < 2 ? null : (pick % 4) + 1;
          // Each partner of a total relationship is taken in turn.
          const value = isSure ? (isUnique ? (id % 4) + 1 : ((id - 1) % 2) + 1) : free;
          return [other, isUnique && !isSure ? (pick < 4 ? null : id) : value] as const;
        });
      const a = values[(at * 4 + id) % values.length]!;
      const b = a === null ? null : a > 1 ? 'x' : 'y';
      return { id, a, b, t: null, tenant: null, refers: Object.fromEntries(refers) };
    });
  const cubes = ['0', '1', '2'].map((suffix, at): WorldCube => {
    const name = named(suffix);
    const own = all.slice(1).flatMap((item) => {
      const isThird = name === named('2');
      return isThird ? joinsFor(name, item, item.holder === name ? 'holder' : 'other') : [];
    });
    const rows = rowsOf(name, at);
    // Of a total many-to-one relationship the other end has the two rows that are referred to.
    const isFew = isTotal && !main.isUnique && name === named(main.other);
    return {
      name,
      isProtected: false,
      key: 'id',
      joins: [...joinsFor(name, renamed(main), declared), ...own],
      rows: isFew ? rows.slice(0, 2) : rows,
    };
  });
  return { cubes, isRich: true };
}

function queriesOf(prefix: string): object[] {
  const [first, second] = [`${prefix}C0`, `${prefix}C1`];
  return [
    ...[
      [first, second],
      [second, first],
    ].flatMap(([owner, other]) => [
      { measures: [`${owner}.count`, `${owner}.sumA`], dimensions: [`${other}.b`] },
      {
        measures: [`${owner}.count`],
        filters: [{ member: `${other}.a`, operator: 'gt', values: [1] }],
      },
      { measures: [`${owner}.count`], dimensions: [`${owner}.n${other}`] },
    ]),
    { measures: [`${first}.count`, `${second}.sumA`], dimensions: [`${second}.a`] },
    { dimensions: [`${first}.a`, `${second}.a`] },
  ];
}

async function answer(
  schema: Schema,
  driver: ReturnType<typeof createDuckDbDriver>,
  query: object,
) {
  try {
    const { sql, params } = await schema.generateSql(query);
    const { rows } = await driver.query(sql, params);
    return show(rows.map((row) => [...row]));
  } catch (error) {
    if (error instanceof QueryError) return error.code;
    throw error;
  }
}

/** The answers of worlds, each to its queries. */
async function answersOf(worlds: readonly (readonly [string, World])[]): Promise<string[][]> {
  const files = worlds.map(([, world], at) => ({ path: `w${at}.js`, content: schemaText(world) }));
  const setup = ['SET threads = 1', ...worlds.flatMap(([, world]) => tableTexts(world))];
  await using schema = await compileSchema(
    { files },
    { dialect: 'duckdb', sandbox: { timeoutMs: 60_000 } },
  );
  const driver = createDuckDbDriver({ setup });
  const answers: string[][] = [];
  for (const [prefix] of worlds) {
    const found: string[] = [];
    for (const query of queriesOf(prefix)) found.push(await answer(schema, driver, query));
    answers.push(found);
  }
  await driver.close();
  return answers;
}

const mains = ends('0', '1');
const drawn = fc.sample(numbers, 40);

describe('a query that a direct join answers', { timeout: 120_000 }, () => {
  const thirds: Relationship[][] = [
    ...ends('2', '0').flatMap((a) => ends('2', '1').map((b) => [a, b])),
    ...ends('2', '0').map((a) => [a]),
    ...ends('2', '1').map((b) => [b]),
  ];

  test.for(['holder', 'other', 'both'] as const)(
    'never changes with the joins of a third cube, declared by %s',
    async (declared) => {
      const pairs = mains.flatMap((main, at) =>
        thirds.map((found, index) => {
          const rows = drawn[(at * thirds.length + index) % drawn.length]!;
          const prefix = `W${at}x${index}`;
          const shape = { main, declared };
          return [
            [`${prefix}a`, worldOf(`${prefix}a`, { ...shape, thirds: [] }, rows, false)],
            [`${prefix}b`, worldOf(`${prefix}b`, { ...shape, thirds: found }, rows, false)],
          ] as const;
        }),
      );
      const before = await answersOf(pairs.map(([plain]) => plain));
      const after = await answersOf(pairs.map(([, more]) => more));
      let answered = 0;
      for (const [index, answers] of before.entries()) {
        for (const [at, rows] of answers.entries()) {
          if (rows.startsWith('query/')) continue;
          answered++;
          expect(after[index]![at], JSON.stringify(pairs[index])).toBe(rows);
        }
      }
      expect(answered).toBeGreaterThan(pairs.length * 5);
    },
  );
});

describe('a relationship', { timeout: 120_000 }, () => {
  const worlds = (declared: Declared, isTotal: boolean) =>
    mains.flatMap((main, at) =>
      drawn.slice(0, 4).map((rows, index) => {
        const prefix = `W${at}x${index}`;
        return [prefix, worldOf(prefix, { main, declared, thirds: [] }, rows, isTotal)] as const;
      }),
    );

  test('means the same from either end, where each row has a partner', async () => {
    const [holder, other, both] = [
      await answersOf(worlds('holder', true)),
      await answersOf(worlds('other', true)),
      await answersOf(worlds('both', true)),
    ];
    // Of one to one neither end is finer than the other.
    const isTold = (rows: string) => rows !== 'query/ambiguous-root';
    for (const [index, answers] of both!.entries()) {
      for (const [at, rows] of answers.entries()) {
        expect(holder![index]![at]).toBe(other![index]![at]);
        if (isTold(rows)) expect(holder![index]![at]).toBe(rows);
      }
    }
  });

  test('that the measured cube declares means the same when the other end declares it too', async () => {
    const [one, both] = [
      await answersOf(worlds('holder', false)),
      await answersOf(worlds('both', false)),
    ];
    for (const [index, answers] of one.entries()) {
      const { holder } = mains[Math.floor(index / 4)]!;
      const from = holder === '0' ? 0 : 3;
      for (let at = from; at < from + 3; at++) expect(both[index]![at]).toBe(answers[at]);
    }
  });
});
