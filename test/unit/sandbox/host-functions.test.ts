import { expect, test } from 'vitest';
import { CompileError, compileSchema, OptionError } from '../../../src/index.ts';

type Functions = NonNullable<
  NonNullable<Parameters<typeof compileSchema>[1]>['sandbox']
>['functions'];

const compile = (files: Record<string, string>, functions: Functions = {}) =>
  compileSchema(
    { files: Object.entries(files).map(([path, content]) => ({ path, content })) },
    { sandbox: { functions }, compileContext: { region: 'eu' } },
  );

const tenants = `asyncModule(async () => {
  const { region } = COMPILE_CONTEXT;
  for (const { name } of await listTenants({ region })) {
    cube(name, {
      sql: \`SELECT * FROM \${name}_orders WHERE \${USER_CONTEXT.id.filter('user_id')}\`,
      measures: { count: { type: 'count' } },
    });
  }
});`;

test('async modules make cubes of what the host answers', async () => {
  const inputs: unknown[] = [];
  await using schema = await compile(
    {
      'Tenants.js': tenants,
      'More.js': "asyncModule(async () => cube('More', { extends: Acme, sql: 'SELECT 1' }));",
    },
    {
      listTenants: (input) => {
        inputs.push(input);
        return Promise.resolve([{ name: 'Acme' }, { name: 'Zeta' }]);
      },
    },
  );
  expect(inputs).toEqual([{ region: 'eu' }]);
  expect(schema.meta().cubes.map((cube) => cube.name)).toEqual(['Acme', 'More', 'Zeta']);
  const { sql, params } = await schema.generateSql(
    { measures: ['Acme.count'] },
    { securityContext: { id: 42 } },
  );
  expect(sql).toContain('SELECT * FROM Acme_orders WHERE user_id = $1');
  expect(params).toEqual([42]);
});

test('eight calls run at once, and answers come in the order of the calls', async () => {
  let running = 0;
  let most = 0;
  const content = `asyncModule(async () => {
    const order = [];
    await Promise.all([...Array(20).keys()].map(async (n) => order.push(await ask(n))));
    cube('Order', { sql: \`SELECT \${order.join(' ')}\`, measures: { count: { type: 'count' } } });
  });`;
  await using schema = await compile(
    { 'a.js': content },
    {
      ask: async (input) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, (input as number) % 2 ? 1 : 20));
        running--;
        return input;
      },
    },
  );
  const { sql } = await schema.generateSql({ measures: ['Order.count'] });
  expect(sql).toContain(`SELECT ${[...Array(20).keys()].join(' ')}`);
  expect(most).toBe(8);
});

test('what a host function throws is the cause of the error, and no part of its text', async () => {
  const reason = new Error('password of the database');
  const files = { 'a.js': "asyncModule(async () => {\n  await listTenants('x');\n});" };
  const error = await compile(files, { listTenants: () => Promise.reject(reason) }).catch(
    (caught: unknown) => caught,
  );
  if (!(error instanceof CompileError)) throw error;
  expect(error.cause).toBe(reason);
  expect(error.message).not.toContain('password');
  expect(error.diagnostics).toMatchObject([
    {
      code: 'schema/host-function',
      file: 'a.js',
      line: 2,
      message: 'the host function listTenants failed',
    },
  ]);
});

test('a compile that ends tells its host functions', async () => {
  let signal: AbortSignal | undefined;
  const compiled = compileSchema(
    { files: [{ path: 'a.js', content: 'asyncModule(() => wait());' }] },
    {
      sandbox: {
        functionTimeoutMs: 100,
        functions: {
          wait: (_input, call) => {
            ({ signal } = call);
            return new Promise(() => undefined);
          },
        },
      },
    },
  );
  await expect(compiled).rejects.toMatchObject({
    diagnostics: [{ code: 'sandbox/function-timeout', file: 'a.js' }],
  });
  expect(signal?.aborted).toBe(true);
});

test.for(['constructor', '__proto__', 'cube', 'Promise', 'not a name', 'require'])(
  'no host function is called %s',
  async (name) => {
    const functions = Object.defineProperty({}, name, { value: () => 1, enumerable: true });
    await expect(compile({ 'a.js': '' }, functions)).rejects.toThrow(OptionError);
  },
);
