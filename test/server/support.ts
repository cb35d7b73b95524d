import type cubejs from '@cubejs-client/core';
import { SignJWT } from 'jose';
import { pino } from 'pino';
import { createDuckDbDriver, type Driver } from '../../src/drivers/index.ts';
import { createServer, type CubewrightServer, type ServerOptions } from '../../src/server/index.ts';

export const secret = 'a secret that is long enough for everyone';

export const schema = [
  {
    fileName: 'Orders.js',
    content: `cube(\`Orders\`, {
  sql: \`SELECT * FROM orders WHERE \${USER_CONTEXT.id.filter('user_id')}\`,
  measures: { count: { type: \`count\` }, revenue: { type: \`sum\`, sql: \`amount\`, format: 'currency' } },
  dimensions: {
    status: { type: \`string\`, sql: \`status\` },
    paid: { type: \`boolean\`, sql: \`paid\` },
    createdAt: {
      type: \`time\`,
      sql: \`created_at\`,
      granularities: { fiscal_year: { title: \`Fiscal year\`, interval: \`1 year\`, offset: \`-3 months\` } },
    },
    paidAt: { type: \`time\`, sql: \`created_at + INTERVAL 1 DAY\` },
  },
});`,
  },
];

export function ordersDriver(): Driver {
  return createDuckDbDriver({
    setup: [
      `CREATE TABLE orders AS SELECT * FROM (VALUES
        (42, 'new', 100.50, true, TIMESTAMP '2024-01-01 10:00:00'),
        (42, 'done', 40.00, false, TIMESTAMP '2024-01-02 10:00:00'),
        (7, 'new', 60.00, true, TIMESTAMP '2024-02-01 10:00:00'),
        (0, 'new', 1.00, true, TIMESTAMP '2024-02-01 10:00:00')
      ) AS t (user_id, status, amount, paid, created_at)`,
    ],
  });
}

/** Log lines of a server under test. */
export function capturingLog() {
  const lines: string[] = [];
  return {
    lines,
    logger: pino({ level: 'info' }, { write: (line: string) => void lines.push(line) }),
  };
}

/** JSON of any shape: tests say what they expect of it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Answer = any;

export interface Running {
  readonly server: CubewrightServer;
  readonly url: string;
  get(path: string, token?: string): Promise<{ status: number; body: Answer; headers: Headers }>;
}

export async function start(options: ServerOptions = {}): Promise<Running> {
  const server = createServer({
    apiSecret: secret,
    port: 0,
    repositoryFactory: () => ({ dataSchemaFiles: async () => schema }),
    driverFactory: ordersDriver,
    logger: pino({ level: 'silent' }),
    ...options,
  });
  const { port } = await server.listen();
  const url = `http://127.0.0.1:${port}`;
  return {
    server,
    url,
    get: async (path, token) => {
      const headers = token === undefined ? {} : { authorization: token };
      const response = await fetch(url + path, { headers });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json') ?? false;
      return {
        status: response.status,
        body: isJson ? JSON.parse(text) : text,
        headers: response.headers,
      };
    },
  };
}

export function sign(
  payload: object,
  key = secret,
  expiry: string | number = '1h',
): Promise<string> {
  return new SignJWT(payload as Record<string, unknown>)
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt()
    .setExpirationTime(expiry)
    .sign(new TextEncoder().encode(key));
}

export const load = (query: object, more = '') =>
  `/cubejs-api/v1/load?query=${encodeURIComponent(JSON.stringify(query))}${more}`;

type OldClient = (token: string, options: object) => ReturnType<typeof cubejs>;

/** A CommonJS build without types of its own. */
export async function clientOf2020(): Promise<OldClient> {
  const loaded = (await import('cubejs-client-2020' as string)) as {
    default: { default?: OldClient } & OldClient;
  };
  return loaded.default.default ?? loaded.default;
}
