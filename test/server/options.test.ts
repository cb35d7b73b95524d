import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { compileSchema } from '../../src/index.ts';
import {
  createDuckDbDriver,
  createMysqlDriver,
  createPostgresDriver,
  createSqliteDriver,
} from '../../src/drivers/index.ts';
import { createServer, type ServerOptions } from '../../src/server/index.ts';
import { harmlessVariables, variables } from '../../src/server/environment.ts';
import { load, secret, sign, start } from './support.ts';

afterEach(() => vi.unstubAllEnvs());

const files = {
  files: [
    {
      path: 'A.js',
      content: "cube('A', { sql: 'SELECT 1 AS x', measures: { n: { type: 'count' } } });",
    },
  ],
};
const server = (options: object) =>
  createServer({ apiSecret: secret, ...options } as ServerOptions);
const withSchema = async (use: (schema: Awaited<ReturnType<typeof compileSchema>>) => unknown) => {
  await using schema = await compileSchema(files);
  await use(schema);
};

/** Every object of options, with one of its own misspelt. */
const misspelt: readonly (readonly [string, (options: object) => unknown, object])[] = [
  ['createServer', server, { apiSecrets: 'x' }],
  ['createServer', server, { jwt: { audiance: 'me' } }],
  ['createServer', server, { jwt: { issuers: 'x' } }],
  ['createServer', server, { limits: { bodyByte: 5 } }],
  ['createServer', server, { sandbox: { timeoutMS: 5 } }],
  ['createDuckDbDriver', (options) => createDuckDbDriver(options), { allowedPath: [] }],
  ['createSqliteDriver', (options) => createSqliteDriver(options), { file: 'x' }],
  [
    'createPostgresDriver',
    (options) => createPostgresDriver(options as never),
    { connection: {}, conections: 1 },
  ],
  [
    'createPostgresDriver',
    (options) => createPostgresDriver(options as never),
    { connection: { hots: 'x' } },
  ],
  [
    'createMysqlDriver',
    (options) => createMysqlDriver(options as never),
    { connection: { pasword: 'x' } },
  ],
  [
    'createMysqlDriver',
    (options) => createMysqlDriver(options as never),
    { connection: {}, dialekt: 'mysql' },
  ],
  ['compileSchema', (options) => compileSchema(files, options), { missingContexts: 'deny' }],
  ['compileSchema', (options) => compileSchema(files, options), { sandbox: { memoryMB: 5 } }],
  [
    'generateSql',
    (options) => withSchema((schema) => schema.generateSql({ measures: ['A.n'] }, options)),
    { securityContex: {} },
  ],
  ['meta', (options) => withSchema((schema) => schema.meta(options)), { securityContex: {} }],
  ['toArtifact', (options) => withSchema((schema) => schema.toArtifact(options)), { kye: 'x' }],
];

test.for(misspelt)('%s refuses an option that there is not', async ([, use, options]) => {
  const leaf = (value: object): string => {
    const [key, inner] = Object.entries(value).at(-1)!;
    return typeof inner === 'object' && inner !== null && Object.keys(inner).length > 0
      ? leaf(inner as object)
      : key;
  };
  await expect((async () => use(options))()).rejects.toThrow(leaf(options));
});

test.for([
  { devMode: 'yes' },
  { barrier: 1 },
  { port: 'abc' },
  { dialect: 'postgre' },
  { driverFactory: 'pg' },
  { queryRewrite: {} },
  { corsOrigins: 'https://a' },
  { requestsPerMinute: 'many' },
  { jwt: { clockTolerance: '5' } },
  { jwt: 'x' },
  { limits: { drainMs: -1 } },
  { logger: console.log },
  { sandbox: { memoryMb: 'much' } },
  { apiSecret: 5 },
  { schemaPath: 7 },
])('a value that an option cannot have is named: %j', (options) => {
  expect(() => server(options)).toThrow(Object.keys(options)[0]!);
});

test.for([
  ['CUBEJS_JWT_AUDIANCE', 'me'],
  ['CUBEJS_REQUIRE_TENANT', 'true'],
  ['CUBEJS_DB_SCHEMA', 'x'],
  ['CUBEJS_DEV_MODE', 'yes'],
  ['PORT', 'abc'],
  ['TLS_PORT', '-1'],
  ['CUBEJS_LOG_LEVEL', 'loud'],
  ['CUBEJS_DB_SSL', 'yes'],
  ['CUBEJS_JWT_CLOCK_TOLERANCE', 'some'],
  ['CUBEJS_DB_DUCKDB_DATABASE_PATH', 'x.duckdb'],
  ['CUBEJS_MISSING_CONTEXT', 'denied'],
  ['CUBEJS_JWT_KEY', '-----BEGIN nothing'],
] as const)('%s=%s is refused by its name', ([name, value]) => {
  vi.stubEnv('CUBEJS_DB_TYPE', 'postgres');
  vi.stubEnv('CUBEJS_DB_HOST', 'db');
  vi.stubEnv(name, value);
  expect(() => server({})).toThrow(name === 'CUBEJS_MISSING_CONTEXT' ? 'missingContext' : name);
});

test('a host without the type of its database is not taken for DuckDB', () => {
  vi.stubEnv('CUBEJS_DB_HOST', 'db');
  expect(() => server({})).toThrow('CUBEJS_DB_HOST');
});

test('variables that change nothing anybody can see are let be', async () => {
  for (const name of Object.keys(harmlessVariables)) vi.stubEnv(name, 'x');
  await server({}).close();
});

test.for<readonly [string, ServerOptions, string]>([
  [
    'driverFactory',
    { driverFactory: () => ({ type: 'postgres' }) as never },
    'an object with type',
  ],
  ['repositoryFactory', { repositoryFactory: () => '/schema' as never }, 'a string'],
  [
    'repositoryFactory',
    { repositoryFactory: () => ({ dataSchemaFiles: async () => [{ name: 'a' }] as never }) },
    'a list',
  ],
  ['contextToAppId', { contextToAppId: () => undefined as never }, 'undefined'],
  ['extendContext', { extendContext: () => 'tenant' as never }, 'a string'],
  ['extendContext', { extendContext: () => ({ securityContext: { id: 0 } }) }, 'securityContext'],
  ['dialect', { dialect: () => 'postgre' as never }, 'a string'],
])(
  'what the hook %s must not return is refused, and told in the log',
  async ([name, options, shown]) => {
    const lines: string[] = [];
    const { pino } = await import('pino');
    const logger = pino({}, { write: (line: string) => void lines.push(line) });
    const running = await start({ ...options, logger });
    const { status } = await running.get(
      load({ measures: ['Orders.count'] }),
      await sign({ id: 42 }),
    );
    expect(status).toBe(500);
    expect(lines.find((line) => line.includes(`the hook ${name}`))).toContain(shown);
    await running.server.close();
  },
);

test('every variable that is read is known', () => {
  const names = new Set(variables);
  for (const file of readdirSync('src', { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    for (const [, name] of readFileSync(`src/${file}`, 'utf8').matchAll(
      /['(](CUBEJS_[A-Z_]*[A-Z])[')]/g,
    ))
      expect([name, names.has(name!) || Object.hasOwn(harmlessVariables, name!)]).toEqual([
        name,
        true,
      ]);
  }
});
