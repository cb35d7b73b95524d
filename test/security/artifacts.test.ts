import { describe, expect, test } from 'vitest';
import { artifactFormat } from '../../src/artifact/artifact-format.ts';
import { encodeArtifact } from '../../src/artifact/encode-artifact.ts';
import { seal, unseal } from '../../src/artifact/seal.ts';
import { ArtifactError, compileSchema, loadArtifact } from '../../src/index.ts';
import type { Cube, Fragment, Measure, Model } from '../../src/model/model.ts';

/**
 * What someone could write who knows the format and whose bytes are trusted: nothing of it may get
 * through that a compile would refuse, and none may crash or hang.
 */
const key = 'a key of more than thirty-two bytes';
const settings = {
  dialect: 'postgres',
  missingContext: 'allow',
  barrier: false,
  joinTies: 'error',
  allowUngroupedWithoutPrimaryKey: false,
  now: null,
} as const;
const facts = {
  settings,
  reads: [],
  warnings: [],
  errors: [],
  quarantined: [],
  dynamic: [],
  evaluation: null,
};

const sql = (text: string, member = 'Orders'): Fragment => ({
  pieces: [{ kind: 'text', text }],
  member,
  property: 'sql',
  file: 'a.js',
});

const measure = (name: string, more: Partial<Measure> = {}): Measure => ({
  kind: 'measure',
  name,
  path: `Orders.${name}`,
  alias: name,
  title: name,
  shortTitle: name,
  description: null,
  public: true,
  meta: null,
  type: 'sum',
  sql: sql('amount', `Orders.${name}`),
  switch: null,
  filters: [],
  drillFilters: [],
  rollingWindow: null,
  multiStage: null,
  format: null,
  currency: null,
  mask: null,
  drillMembers: [],
  ...more,
});

const cube = (more: Partial<Cube> = {}, ...measures: Measure[]): Cube => ({
  name: 'Orders',
  alias: 'orders',
  title: 'Orders',
  description: null,
  public: true,
  meta: null,
  dataSource: 'default',
  source: { kind: 'query', sql: sql('SELECT * FROM orders') },
  members: new Map([measure('total'), ...measures].map((item) => [item.name, item])),
  primaryKeys: [],
  joins: [],
  hierarchies: new Map(),
  accessPolicies: [],
  refreshKey: null,
  preAggregations: new Map(),
  calendar: false,
  file: 'a.js',
  ...more,
});

const modelOf = (...cubes: Cube[]): Model => ({
  cubes: new Map(cubes.map((item) => [item.name, item])),
  views: new Map(),
  contexts: new Map(),
  restricted: [],
  quarantined: new Map(),
});

const deep = (depth: number): Fragment['pieces'] =>
  depth === 0
    ? [{ kind: 'text', text: 'x' }]
    : [{ kind: 'list', separator: ',', item: deep(depth - 1) }];

async function loads(bytes: Uint8Array, query: object, options: object): Promise<string> {
  const schema = await loadArtifact(bytes, options as { trust: true });
  return (await schema.generateSql(query, { securityContext: {} })).sql;
}

const asked = { measures: ['Orders.total'] };

test('the model that the attacks change is valid', async () => {
  const bytes = encodeArtifact(modelOf(cube()), facts, null);
  expect(await loads(bytes, asked, { trust: true })).toContain('amount');
});

describe('a model that no compile would make is refused', () => {
  test.for<[string, Cube]>([
    [
      'two statements',
      cube({ source: { kind: 'query', sql: sql('SELECT 1; DROP TABLE orders') } }),
    ],
    ['an open bracket', cube({}, measure('total', { sql: sql('(amount') }))],
    ['a closing bracket', cube({ source: { kind: 'query', sql: sql('SELECT 1) x, (SELECT 2') } })],
    ['a placeholder', cube({}, measure('total', { sql: sql('$1') }))],
    ['a comment that goes on', cube({}, measure('total', { sql: sql('amount /*') }))],
    ['a NUL', cube({}, measure('total', { sql: sql('a\u0000b') }))],
    [
      'a filter inside a literal',
      cube({
        source: {
          kind: 'query',
          sql: {
            ...sql(''),
            pieces: [
              { kind: 'text', text: "SELECT * FROM orders WHERE '" },
              {
                kind: 'filter',
                claim: ['id'],
                required: false,
                target: { kind: 'column', column: [{ kind: 'text', text: 'id' }] },
                text: 'id',
              },
              { kind: 'text', text: "' = ''" },
            ],
          },
        },
      }),
    ],
    [
      'a member that is not there',
      cube(
        {},
        measure('total', { sql: { ...sql(''), pieces: [{ kind: 'member', path: 'Orders.no' }] } }),
      ),
    ],
    [
      'a source that is not there',
      cube({
        source: {
          kind: 'query',
          sql: { ...sql(''), pieces: [{ kind: 'source', cube: 'Nobody' }] },
        },
      }),
    ],
    [
      'a drill member that is not there',
      cube({}, measure('total', { drillMembers: ['Nobody.x'] })),
    ],
    [
      'a join to nothing',
      cube({ joins: [{ target: 'Nobody', relationship: 'many-to-one', sql: sql('1 = 1') }] }),
    ],
    ['a primary key that is none', cube({ primaryKeys: ['total'] })],
    [
      'members that contain each other',
      cube(
        {},
        measure('total', {
          type: 'number',
          sql: { ...sql(''), pieces: [{ kind: 'member', path: 'Orders.other' }] },
        }),
        measure('other', {
          type: 'number',
          sql: { ...sql(''), pieces: [{ kind: 'member', path: 'Orders.total' }] },
        }),
      ),
    ],
    [
      'a source that contains itself',
      cube({
        source: {
          kind: 'query',
          sql: { ...sql(''), pieces: [{ kind: 'source', cube: 'Orders' }] },
        },
      }),
    ],
    ['depth', cube({}, measure('total', { sql: { ...sql(''), pieces: deep(200) } }))],
    ['a member under another name', cube({ members: new Map([['total', measure('other')]]) })],
    ['a name that is no name', cube({ name: 'Orders"; --' })],
    ['a name of another shape', cube({}, measure('total', { type: 'constructor' as 'sum' }))],
    ['a number for a text', cube({ title: 1 as unknown as string })],
    ['a text for a flag', cube({ public: 'yes' as unknown as boolean })],
  ])('%s', async ([, attack]) => {
    for (const options of [{ trust: true }, { key }]) {
      const bytes = encodeArtifact(modelOf(attack), facts, 'key' in options ? key : null);
      await expect(loads(bytes, asked, options)).rejects.toThrow(ArtifactError);
    }
  });
});

test.for<[string, [string, string[]][]]>([
  ['of what is not there', [['sales', ['Nobody']]]],
  ['of one cube twice', [['sales', ['Orders', 'Orders']]]],
  ['without a name', [['', []]]],
  ['with a name that is none', [['__proto__ x', []]]],
  ['with the name of a prototype', [['__proto__', ['constructor']]]],
  [
    'out of order',
    [
      ['sales', []],
      ['people', []],
    ],
  ],
])('a context %s is refused', async ([, contexts]) => {
  const model = { ...modelOf(cube()), contexts: new Map(contexts) };
  const encode = () => encodeArtifact(model, facts, null);
  const load = async () => loadArtifact(encode(), { trust: true });
  await expect(load()).rejects.toThrow(ArtifactError);
});

test('keys of prototypes stay data', async () => {
  const meta = JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}') as Cube['meta'];
  const bytes = encodeArtifact(modelOf(cube({ meta })), facts, null);
  const schema = await loadArtifact(bytes, { trust: true });
  expect(JSON.stringify(schema.meta().cubes[0]!.meta)).toBe(JSON.stringify(meta));
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

test('a body that lies about itself is refused', async () => {
  const format = artifactFormat();
  const body = unseal(Buffer.from(encodeArtifact(modelOf(cube()), facts, null)), format, null);
  const headerEnd = 4 + body.readUInt32BE(0);
  const header = body.subarray(4, headerEnd).toString();
  const rest = body.subarray(headerEnd);
  const withHeader = (text: string, tail = rest): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(text));
    return Buffer.concat([length, Buffer.from(text), tail]);
  };
  const section = /\["Orders",(\d+),(\d+),false\]/.exec(header)!;
  const attacks: Buffer[] = [
    Buffer.alloc(0),
    Buffer.from([255, 255, 255, 255]),
    withHeader('{}'),
    withHeader('['.repeat(100_000)),
    withHeader(header.replace('postgres', 'nothing')),
    withHeader(header.replace('postgres', '__proto__')),
    withHeader(
      header.replace(section[0], `["Orders",${Number(section[1]) + 1},${section[2]},false]`),
    ),
    withHeader(header.replace(section[0], `["Orders",-1,${section[2]},false]`)),
    withHeader(header.replace(section[0], `["Orders",${section[1]},1e300,false]`)),
    withHeader(header.replace(section[0], section[0].replace('false', 'true'))),
    withHeader(header.replace(section[0], `["Users",${section[1]},${section[2]},false]`)),
    withHeader(
      header.replace(section[0], `${section[0]},${section[0]}`),
      Buffer.concat([rest, rest]),
    ),
    withHeader(header, Buffer.from(rest.toString().replace('amount', 'amoun'))),
    withHeader(header, Buffer.from(rest.toString().replace('"amount"', '{"a":1 }'))),
    withHeader(header, Buffer.concat([rest.subarray(0, -1), Buffer.from([0xff])])),
  ];
  for (const attack of attacks) {
    const bytes = seal(attack, format, null);
    await expect(loads(bytes, asked, { trust: true })).rejects.toThrow(ArtifactError);
  }
});

test('bytes that change after the signature was checked change nothing', async () => {
  const files = ['Orders', 'Users'].map((name) => ({
    path: `${name}.js`,
    content: `cube('${name}', { sql: \`SELECT * FROM t WHERE \${SECURITY_CONTEXT.id.filter('user_id')}\`,
      measures: { count: { type: 'count' } } });`,
  }));
  await using compiled = await compileSchema({ files });
  const signing = { key: 'a key of more than thirty-two bytes' };
  const bytes = compiled.toArtifact(signing);
  await using loaded = await loadArtifact(bytes, signing);
  bytes.set(
    Buffer.from(Buffer.from(bytes).toString('latin1').replaceAll('user_id', 'any_one'), 'latin1'),
  );
  const query = { measures: ['Users.count'] };
  const user = { securityContext: { id: 42 } };
  expect((await loaded.generateSql(query, user)).sql).toContain('user_id = $1');
});

describe('code of an artifact whose bytes are trusted', () => {
  const dynamicSql: Fragment = {
    ...sql(''),
    pieces: [{ kind: 'dynamic', path: ['Orders', 'sql'], role: 'source' }],
  };
  const attacked = modelOf(cube({ source: { kind: 'query', sql: dynamicSql } }));
  const code = (content: string) => ({ path: 'a.js', content });
  const honest = {
    files: [
      code(
        "cube('Orders', { sql: `SELECT ${SECURITY_CONTEXT.id.unsafeValue().length}`, measures: { total: { type: 'sum', sql: 'amount' } } });",
      ),
    ],
    entries: 1,
    packages: [],
    otherPaths: [],
    otherCubes: [],
    now: 0,
  };
  const evaluated = async (evaluation: typeof honest | null, dynamic = ['Orders']) => {
    const bytes = encodeArtifact(attacked, { ...facts, dynamic, evaluation }, null);
    await using schema = await loadArtifact(bytes, {
      trust: true,
      dynamic: 'evaluate',
      sandbox: { timeoutMs: 10_000 },
    });
    return (await schema.generateSql(asked, { securityContext: { id: 'abc' } })).sql;
  };

  test('is evaluated', async () => {
    expect(await evaluated(honest)).toContain('SELECT 3');
  });

  test.for<[string, Partial<typeof honest> | null]>([
    ['no code', null],
    ['more files than there are', { entries: 2 }],
    ['half a file', { entries: 0.5 }],
    ['a file twice', { files: [...honest.files, ...honest.files] }],
    ['a file that is another one', { otherPaths: ['a.js'] as never }],
    ['a package that is no file', { packages: [{ name: 'x', file: 7 }] as never }],
    ['an instant that is none', { now: 1e300 }],
  ])('is refused with %s', async ([, change]) => {
    await expect(evaluated(change && { ...honest, ...change })).rejects.toThrow(ArtifactError);
  });

  test('is not used for members that the header does not name', async () => {
    await expect(evaluated(honest, [])).rejects.toThrow(ArtifactError);
  });

  test.for([
    "cube('Orders', { sql: 'SELECT 1; DROP TABLE orders' });",
    "cube('Orders', { sql: `SELECT 1) x, (SELECT 2` });",
    "cube('Other', { sql: 'SELECT 1' });",
    "cube('Orders', { sql: 5 });",
    'for (;;);',
    '}',
  ])('gives no SQL that a compile would refuse: %s', async (content) => {
    await expect(evaluated({ ...honest, files: [code(content)] })).rejects.toMatchObject({
      code: 'context/evaluation-failed',
    });
  });
});
