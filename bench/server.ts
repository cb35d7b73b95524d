import type { AddressInfo } from 'node:net';
import autocannon from 'autocannon';
import express from 'express';
import { SignJWT } from 'jose';
import { pino } from 'pino';
import type * as Server from '../src/server/index.ts';
import type * as Drivers from '../src/drivers/index.ts';
import { generateFiles, query } from './models.ts';

/** Requests a second of one process on the loopback, beside a bare Express application in the same run. */
const { createServer } = (await import('../dist/server/index.js' as string)) as typeof Server;
const { createDuckDbDriver } = (await import(
  '../dist/drivers/index.js' as string
)) as typeof Drivers;

const secret = 'a secret that is long enough for everyone';
const tokens = await Promise.all(
  Array.from({ length: 100 }, (_, id) =>
    new SignJWT({ u: { tenant: id } })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(secret)),
  ),
);

async function measure(url: string, seconds = 5): Promise<number> {
  let next = 0;
  const result = await autocannon({
    url,
    duration: seconds,
    connections: 32,
    requests: [
      {
        setupRequest: (request) => ({
          ...request,
          headers: { ...request.headers, authorization: tokens[next++ % tokens.length]! },
        }),
      },
    ],
  });
  if (result.non2xx > 0) throw new Error(`${result.non2xx} requests of ${url} failed`);
  return result.requests.average;
}

const bare = express();
bare.disable('x-powered-by');
bare.get('/json', (_request, response) => void response.json({ sql: { sql: ['SELECT 1', [1]] } }));
const listener = bare.listen(0);
const expressUrl = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/json`;

const setup = [
  'CREATE SCHEMA public2',
  'CREATE TABLE cube0 AS SELECT 1 AS tenant_id, 1 AS id, 2 AS amount_1',
];
const server = createServer({
  apiSecret: secret,
  port: 0,
  logger: pino({ level: 'silent' }),
  driverFactory: () => createDuckDbDriver({ setup }),
  repositoryFactory: () => ({
    dataSchemaFiles: async () =>
      generateFiles(10).map(({ path, content }) => ({
        fileName: path,
        content: content.replace('public.', ''),
      })),
  }),
});
const { port } = await server.listen();
const base = `http://127.0.0.1:${port}/cubejs-api/v1`;
const sql = `${base}/sql?query=${encodeURIComponent(JSON.stringify(query('Cube0', 1)))}`;
const load = `${base}/load?query=${encodeURIComponent(JSON.stringify({ measures: ['Cube0.total1'] }))}`;

await measure(expressUrl, 2);
await measure(sql, 2);
const floor = await measure(expressUrl);
console.log(`bare Express  ${floor.toFixed(0).padStart(8)} requests/s`);
for (const [name, url] of [
  ['/v1/sql', sql],
  ['/v1/load', load],
] as const) {
  const rate = await measure(url);
  console.log(
    `${name.padEnd(13)} ${rate.toFixed(0).padStart(8)} requests/s  ${(rate / floor).toFixed(2)} of bare Express`,
  );
}
listener.close();
await server.close();
process.exit(0);
