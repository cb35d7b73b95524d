import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bin, startCommand, type ServeCommand } from '../support/serve-command.ts';
import { engines, type OrdersDatabase } from './databases.ts';

/** The steps of the original security documentation, with its own schema, commands and secret. */
const schema = `cube(\`Orders\`, {
  sql: \`SELECT * FROM public.orders WHERE \${USER_CONTEXT.id.filter('user_id')}\`,

  measures: {
    count: {
      type: \`count\`
    }
  }
});
`;
const printedToken =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1Ijp7ImlkIjo0Mn0sImlhdCI6MTU1NjAyNTM1MiwiZXhwIjoxNTU4NjE3MzUyfQ._8QBL6nip6SkIrFzZzGq2nSF8URhl5BSSSGZYp7IJZ4';

describe.for(engines)('the security page on %s', ([, createDatabase]) => {
  let project: string;
  let database: OrdersDatabase;
  let server: ServeCommand;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    project = mkdtempSync(path.join(tmpdir(), 'cubewright-page-'));
    mkdirSync(path.join(project, 'schema'));
    writeFileSync(path.join(project, 'schema/Orders.js'), schema);
    database = await createDatabase();
    env = {
      PATH: process.env['PATH'],
      ...database.environment,
      CUBEJS_API_SECRET: 'secret',
      CUBEJS_LOG_LEVEL: 'silent',
      PORT: '0',
    };
    server = await startCommand('serve', project, env);
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
    await database.drop();
    rmSync(project, { recursive: true });
  });

  /** `cubejs token ...`, and the token that it prints. */
  function token(...values: string[]): string {
    const printed = execFileSync(process.execPath, [bin, 'token', ...values], {
      cwd: project,
      env,
      encoding: 'utf8',
    });
    return /^Token: (.*)$/m.exec(printed)![1]!;
  }

  /** The page's curl command: the status, and the answer. */
  function curl(route: string, authorization?: string): [number, unknown] {
    const header = authorization === undefined ? [] : ['-H', `Authorization: ${authorization}`];
    const query = 'query={"measures":["Orders.count"]}';
    const url = `${server.url}/cubejs-api/v1/${route}`;
    const values = ['-s', ...header, '-G', '--data-urlencode', query, '-w', '\n%{http_code}', url];
    const [body, status] = execFileSync('curl', values, { encoding: 'utf8' }).split('\n');
    return [Number(status), JSON.parse(body!)];
  }

  test("a user's token gives the page's SQL, and that user's rows", () => {
    const own = token('-e', '1 day', '-s', 'secret', '-u', 'id=42');
    // DuckDB converts when it compares, so a claim is compared a second time, as text.
    const [filter, params] =
      database.environment['CUBEJS_DB_TYPE'] === 'duckdb'
        ? ['(user_id = $1 AND CAST(user_id AS VARCHAR) COLLATE C = $2)', ['42', '42']]
        : ['user_id = $1', ['42']];
    const sql = `SELECT\n  count(*) "orders.count"\nFROM (\n  SELECT * FROM public.orders WHERE ${filter as string}\n) AS "orders"\nLIMIT 10000`;
    expect(curl('sql', own)).toMatchObject([200, { sql: { sql: [sql, params] } }]);
    expect(curl('load', own)).toMatchObject([200, { data: [{ 'Orders.count': '2' }] }]);
    expect(curl('load', `Bearer ${own}`)).toMatchObject([200, { data: [{ 'Orders.count': '2' }] }]);
  });

  test.for([
    ['7', '1'],
    ['0', '1'],
    ['8', '0'],
  ])('user %s counts %s orders', ([id, count]) => {
    const answer = curl('load', token('-e', '1h', '-s', 'secret', '-u', `id=${id}`));
    expect(answer).toMatchObject([200, { data: [{ 'Orders.count': count }] }]);
  });

  test('a token without a security context has the access that all users share', () => {
    const answer = curl('load', token('-e', '60', '-s', 'secret', '-p', 'FOO=BAR'));
    expect(answer).toMatchObject([200, { data: [{ 'Orders.count': '4' }] }]);
  });

  test.for([
    ['no token', () => undefined, "Authorization header isn't set"],
    ['the printed token, expired', () => printedToken, 'Invalid token'],
    ["another secret's token", () => token('-s', 'other', '-u', 'id=42'), 'Invalid token'],
  ] as readonly (readonly [string, () => string | undefined, string])[])(
    '%s is refused',
    ([, make, error]) => {
      expect(curl('load', make())).toMatchObject([403, { error }]);
    },
  );

  test('a context that is no object is refused with the words of the page', () => {
    const [status, body] = curl('load', token('-s', 'secret', '-p', 'u=42'));
    expect(status).toBe(400);
    expect((body as { error: string }).error).toContain(
      'Cannot create proxy with a non-object as target or handler',
    );
  });
});
