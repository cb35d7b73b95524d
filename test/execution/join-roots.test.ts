import { afterAll, describe, expect, test } from 'vitest';
import { createDuckDbDriver } from '../../src/drivers/index.ts';
import { CompileError, compileSchema, QueryError, type Schema } from '../../src/index.ts';

const driver = createDuckDbDriver();
afterAll(() => driver.close());

interface CubeText {
  readonly rows: string;
  readonly joins?: Readonly<Record<string, readonly [relationship: string, on: string]>>;
  readonly dimensions?: string;
  readonly measures?: string;
  readonly filter?: string;
}

function cube(
  name: string,
  { rows, joins = {}, dimensions = '', measures = '', filter }: CubeText,
) {
  const declared = Object.entries(joins).map(
    ([target, [relationship, on]]) =>
      `${target}: { relationship: '${relationship}', sql: \`${on}\` },`,
  );
  const where = filter ? ` WHERE \${SECURITY_CONTEXT.tenant.filter('${filter}')}` : '';
  return `cube('${name}', {
    sql: \`SELECT * FROM (${rows})${where}\`,
    joins: { ${declared.join(' ')} },
    measures: { count: { type: 'count' }, ${measures} },
    dimensions: { id: { type: 'number', sql: 'id', primaryKey: true, public: true }, ${dimensions} },
  });`;
}

const values = (columns: string, ...rows: string[]) =>
  `SELECT * FROM (VALUES ${rows.map((row) => `(${row})`).join(', ')}) AS t(${columns})`;

async function compiled(cubes: readonly string[], options = {}): Promise<Schema> {
  const files = cubes.map((content, index) => ({ path: `cube${index}.js`, content }));
  return compileSchema({ files }, { dialect: 'duckdb', ...options });
}

async function rowsOf(schema: Schema, query: object, securityContext = {}): Promise<string[]> {
  const { sql, params } = await schema.generateSql(query, { securityContext });
  const { rows } = await driver.query(sql, params).catch((error: unknown) => {
    throw new Error(`${sql}\n${String(error)}`, { cause: error });
  });
  return rows
    .map((row) => row.map((value) => (value === null ? '-' : String(value as string))).join(' '))
    .sort();
}

async function codeOf(schema: Schema, query: object): Promise<string> {
  try {
    await schema.generateSql(query, { securityContext: {} });
  } catch (error) {
    if (error instanceof QueryError) return error.code;
    throw error;
  }
  return 'none';
}

async function problemsOf(cubes: readonly string[]): Promise<string[]> {
  try {
    await using _ = await compiled(cubes);
    return [];
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return error.diagnostics.map(
      ({ code, file, line, message, help }) => `${code} ${file}:${line} ${message}; ${help}`,
    );
  }
}

describe('cycles of joins', () => {
  const visitors = cube('visitors', {
    rows: values('id, source', "1, 'some'", "2, 'some'", "3, 'google'"),
    joins: { checkins: ['hasMany', '${CUBE}.id = ${checkins}.visitor_id'] },
    dimensions: `source: { type: 'string', sql: 'source' },
      checkins_of: { type: 'number', sql: \`\${checkins.count}\`, sub_query: true },`,
  });
  const checkins = (joins: CubeText['joins'] = {}) =>
    cube('checkins', {
      rows: values('id, visitor_id', '1, 1', '2, 1', '3, 1', '4, 2'),
      joins: { cards: ['hasMany', '${CUBE}.id = ${cards}.checkin_id'], ...joins },
    });
  const cards = (joins: CubeText['joins']) =>
    cube('cards', { rows: values('id, visitor_id, checkin_id', '1, 1, 1'), joins: joins ?? {} });
  const back: CubeText['joins'] = {
    visitors: ['belongsTo', '${CUBE}.visitor_id = ${visitors}.id'],
  };

  test('a way back over a third cube changes nothing that a direct join gives', async () => {
    for (const joins of [{}, back]) {
      await using schema = await compiled([visitors, checkins(), cards(joins)]);
      const bySource = { measures: ['checkins.count'], dimensions: ['visitors.source'] };
      expect(await rowsOf(schema, bySource)).toEqual(['google 0', 'some 4']);
      const both = { ...bySource, measures: ['visitors.count', 'checkins.count'] };
      expect(await rowsOf(schema, both)).toEqual(['google 1 0', 'some 2 4']);
      const filtered = {
        measures: ['checkins.count'],
        filters: [{ member: 'visitors.source', operator: 'equals', values: ['some'] }],
      };
      expect(await rowsOf(schema, filtered)).toEqual(['4']);
      const byNumber = { measures: ['visitors.count'], dimensions: ['visitors.checkins_of'] };
      expect(await rowsOf(schema, byNumber)).toEqual(['0 1', '1 1', '3 1']);
    }
  });

  test('the order of files and keys never changes the statement', async () => {
    const query = { measures: ['checkins.count'], dimensions: ['visitors.source'] };
    const cubes = [visitors, checkins(), cards(back)];
    const texts = new Set<string>();
    for (const order of [cubes, [...cubes].reverse(), [cubes[1]!, cubes[2]!, cubes[0]!]]) {
      await using schema = await compiled(order);
      texts.add((await schema.generateSql(query, { securityContext: {} })).sql);
    }
    expect(texts.size).toBe(1);
  });

  test('the owner is the root where a join to it says no more than its own', async () => {
    const own: CubeText['joins'] = {
      visitors: ['belongsTo', '${CUBE}.visitor_id = ${visitors}.id'],
    };
    const query = { measures: ['checkins.count'], dimensions: ['visitors.source'] };
    await using schema = await compiled([visitors, checkins(own), cards(back)]);
    expect(await rowsOf(schema, query)).toEqual(['some 4']);
  });

  test('of roots that are as good as each other none is taken', async () => {
    const hub = (name: string) =>
      cube(name, {
        rows: values('id, a_id, b_id', '1, 1, 1'),
        joins: {
          As: ['many_to_one', '${CUBE}.a_id = ${As}.id'],
          Bs: ['many_to_one', '${CUBE}.b_id = ${Bs}.id'],
        },
      });
    const leaves = ['As', 'Bs'].map((name) => cube(name, { rows: values('id', '1', '2') }));
    const query = { measures: ['As.count'], dimensions: ['Bs.id'] };
    await using schema = await compiled([...leaves, hub('First'), hub('Second')]);
    expect(await codeOf(schema, query)).toBe('query/ambiguous-root');
    expect(await rowsOf(schema, { ...query, joinHints: [['Second']] })).toEqual(['1 1']);
    await using lenient = await compiled([...leaves, hub('First'), hub('Second')], {
      joinTies: 'first-declared',
    });
    expect(await codeOf(lenient, query)).toBe('none');
  });
});

describe('a join whose condition names a third cube', () => {
  const m = (extra: Partial<CubeText> = {}) =>
    cube('m', {
      rows: values('id, mid, tenant', "101, 'M1', 1", "102, 'M2', 2"),
      dimensions: "mid: { type: 'string', sql: 'mid' },",
      ...extra,
    });
  const p = cube('p', {
    rows: values('id, pid', "201, 'P1'"),
    dimensions: "pid: { type: 'string', sql: 'pid' },",
  });
  const mp = (name = 'mp', joins: CubeText['joins'] = {}) =>
    cube(name, {
      rows: values('id, mid, pid, lbl', "1, 'M1', 'P1', 'x'"),
      joins,
      dimensions:
        "mid: { type: 'string', sql: 'mid' }, pid: { type: 'string', sql: 'pid' }, lbl: { type: 'string', sql: 'lbl' },",
    });
  const f = (on: string, target = 'mp', more: CubeText['joins'] = {}) =>
    cube('f', {
      rows: values('id, m, p, v', '1, 101, 201, 5', '2, 102, 201, 7'),
      joins: {
        [target]: ['many_to_one', on],
        m: ['many_to_one', '${CUBE}.m = ${m.id}'],
        p: ['many_to_one', '${CUBE}.p = ${p.id}'],
        ...more,
      },
      measures: "v: { type: 'sum', sql: 'v' },",
      dimensions: "m_key: { type: 'string', sql: `${m.mid}` },",
    });
  const query = { measures: ['f.v'], dimensions: ['mp.lbl'] };

  test.for([
    '${m.mid} = ${mp.mid} AND ${p.pid} = ${mp.pid}',
    '${m}.mid = ${mp}.mid AND ${p}.pid = ${mp.pid}',
    '${CUBE.m_key} = ${mp.mid} AND ${p.pid} = ${mp.pid}',
  ])('is joined after it: %s', async (on) => {
    await using schema = await compiled([f(on), m(), p, mp()]);
    expect(await rowsOf(schema, query)).toEqual(['- 7', 'x 5']);
    const beside = { measures: ['f.v'], dimensions: ['mp.lbl', 'f.m_key'] };
    expect(await rowsOf(schema, beside)).toEqual(['- M2 7', 'x M1 5']);
  });

  test.for(['aa', 'zz'])('whatever its name is: %s', async (name) => {
    const on = `\${CUBE.m_key} = \${${name}.mid}`;
    await using schema = await compiled([f(on, name), m(), p, mp(name)]);
    const labels = { measures: ['f.v'], dimensions: [`${name}.lbl`] };
    expect(await rowsOf(schema, labels)).toEqual(['- 7', 'x 5']);
  });

  test('keeps the row filter of the third cube', async () => {
    await using schema = await compiled([
      f('${m.mid} = ${mp.mid}'),
      m({ filter: 'tenant' }),
      p,
      mp(),
    ]);
    expect(await rowsOf(schema, query, { tenant: 1 })).toEqual(['- 7', 'x 5']);
    expect(await rowsOf(schema, query, { tenant: 2 })).toEqual(['- 12']);
  });

  test('may compare what a sub-query counts for the third cube', async () => {
    const counted = m({
      joins: { p: ['one_to_many', '${CUBE}.id < ${p}.id'] },
      dimensions:
        "mid: { type: 'string', sql: 'mid' }, n: { type: 'number', sql: `${p.count}`, sub_query: true },",
    });
    await using schema = await compiled([
      f('${m.n} = ${mp}.id AND ${m.mid} = ${mp.mid}'),
      counted,
      p,
      mp(),
    ]);
    expect(await rowsOf(schema, query)).toEqual(['- 7', 'x 5']);
  });

  test('is refused where no joins lead to the third cube', async () => {
    const alone = cube('alone', { rows: values('id', '1') });
    expect(await problemsOf([f('${alone.id} = ${mp}.id'), m(), p, mp(), alone])).toEqual([
      'model/join-uses-other-cube cube0.js:3 the join f -> mp names alone.id, which needs alone, to which no joins lead from f; declare a join from f to alone, or compare the two cubes that are joined',
    ]);
  });

  test('is refused where a row has many of the third cube', async () => {
    const many = cube('many', { rows: values('id, f_id', '1, 1') });
    const joins: CubeText['joins'] = { many: ['one_to_many', '${CUBE}.id = ${many}.f_id'] };
    const [problem] = await problemsOf([
      f('${many}.id = ${mp}.id', 'mp', joins),
      m(),
      p,
      mp(),
      many,
    ]);
    expect(problem).toContain('names many, which needs many, and each row of f has many of many');
  });

  test('is refused where it needs itself', async () => {
    const joins: CubeText['joins'] = { m: ['many_to_one', '${CUBE}.id = ${mp.id}'] };
    const [problem] = await problemsOf([f('${m.mid} = ${mp.mid}', 'mp', joins), m(), p, mp()]);
    expect(problem).toContain('needs itself: ');
    const behind = mp('mp', { q: ['many_to_one', '${CUBE}.id = ${q}.id'] });
    const q = cube('q', { rows: values('id', '1') });
    const [other] = await problemsOf([f('${q.id} = ${mp}.id'), m(), p, behind, q]);
    expect(other).toContain('needs itself: f -> mp needs f -> mp');
  });

  test('is refused where a dimension of the joined cube is calculated from what comes after it', async () => {
    const behind = cube('mp', {
      rows: values('id, lbl', "1, 'x'"),
      joins: { q: ['many_to_one', '${CUBE}.id = ${q}.id'] },
      dimensions: "q_id: { type: 'number', sql: `${q.id}` }, lbl: { type: 'string', sql: 'lbl' },",
    });
    const q = cube('q', { rows: values('id', '1') });
    const [problem] = await problemsOf([f('${CUBE}.id = ${mp.q_id}'), m(), p, behind, q]);
    expect(problem).toContain(
      'names mp.q_id, which is calculated from q, which is only joined after mp',
    );
  });
});

describe('hostile graphs', () => {
  test('a way of more joins than a statement may have is refused', async () => {
    const chain = Array.from({ length: 600 }, (_, index) =>
      cube(`C${index}`, {
        rows: values('id', '1'),
        joins:
          index < 599
            ? { [`C${index + 1}`]: ['many_to_one', `\${CUBE}.id = \${C${index + 1}}.id`] }
            : {},
      }),
    );
    await using schema = await compiled([chain.join('\n')]);
    const far = { measures: ['C0.count'], dimensions: ['C599.id'] };
    expect(await codeOf(schema, far)).toBe('query/statement-too-large');
    const near = { measures: ['C0.count'], dimensions: ['C20.id'] };
    expect(await rowsOf(schema, near)).toEqual(['1 1']);
  });

  test('a root is found among thousands of cubes in little time', async () => {
    const hubs = Array.from(
      { length: 3000 },
      (_, index) => `cube('H${index}', { sql_table: 'h', joins: {
        As: { relationship: 'one_to_many', sql: \`\${CUBE}.id = \${As}.h\` },
        Bs: { relationship: 'one_to_many', sql: \`\${CUBE}.id = \${Bs}.h\` } } });`,
    );
    const leaves = ['As', 'Bs'].map((name) => cube(name, { rows: values('id', '1') }));
    await using schema = await compiled([...leaves, hubs.join('\n')]);
    const before = process.cpuUsage();
    const query = { measures: ['As.count'], dimensions: ['Bs.id'] };
    expect(await codeOf(schema, query)).toBe('query/ambiguous-root');
    const { user } = process.cpuUsage(before);
    expect(user).toBeLessThan(1_000_000);
  });
});
