import type { AddressInfo } from 'node:net';
import express from 'express';
import { pino } from 'pino';
import type * as Server from '../src/server/index.ts';
import { benchAnswer, benchFiles, benchRow, secret } from './server-setting.ts';

/** One of the servers that `server.ts` compares, in a process of its own: prints its port. */
async function serveOurs(): Promise<number> {
  const { createServer } = (await import('../dist/server/index.js' as string)) as typeof Server;
  const columns = Object.keys(benchRow).map((name) => ({ name, type: 'string' as const }));
  const server = createServer({
    apiSecret: secret,
    port: 0,
    logger: pino({ level: 'silent' }),
    driverFactory: () => ({
      dialect: 'postgres',
      query: async () => ({ columns, rows: [Object.values(benchRow)] }),
      close: async () => undefined,
    }),
    repositoryFactory: () => ({
      dataSchemaFiles: async () =>
        benchFiles.map(({ path, content }) => ({ fileName: path, content })),
    }),
  });
  return (await server.listen()).port;
}

/** Express that does nothing else than to answer. */
function serveExpress(): number {
  const app = express();
  app.disable('x-powered-by');
  app.get('/cubejs-api/v1/sql', (_request, response) => void response.json(benchAnswer));
  return (app.listen(0).address() as AddressInfo).port;
}

console.log(process.argv[2] === 'ours' ? await serveOurs() : serveExpress());
