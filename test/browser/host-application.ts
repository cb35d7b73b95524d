import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import express, { type Request } from 'express';
import { build, type Rolldown } from 'vite';
import type { CubewrightServer } from '../../src/server/index.ts';

const pages = path.resolve(import.meta.dirname, '../../fixtures/host-application');

export interface HostApplication {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * A web application as the original documentation draws it: it signs its users in, makes their tokens,
 * serves a page with the client in it, and has the query server mounted beside that.
 */
export async function startHostApplication(
  cubewright: CubewrightServer,
  signToken: (user: string) => Promise<string>,
): Promise<HostApplication> {
  const script = await bundle('chart.js');
  const sessions = new Map<string, string>();
  const userOf = (request: Request): string | undefined =>
    sessions.get(/\bsession=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '');
  const host = express();
  host.get('/login', (_request, response) => response.sendFile(path.join(pages, 'login.html')));
  host.post('/login', express.urlencoded(), (request, response) => {
    const id = randomUUID();
    sessions.set(id, String((request.body as { name?: unknown }).name));
    response.cookie('session', id, { httpOnly: true, sameSite: 'strict' }).redirect(303, '/');
  });
  const own = express.Router();
  own.use((request, response, next) => {
    if (userOf(request) === undefined) response.redirect('/login');
    else next();
  });
  own.get('/', (_request, response) => response.sendFile(path.join(pages, 'index.html')));
  own.get('/me', (request, response) => void response.type('text').send(userOf(request)));
  own.get('/auth/cubejs-token', async (request, response) => {
    response.json({ token: await signToken(userOf(request)!) });
  });
  host.get('/chart.js', (_request, response) => void response.type('js').send(script));
  host.get(['/', '/me', '/auth/cubejs-token'], own);
  host.use(cubewright.app);
  const server: Server = host.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A script with its packages, as applications are built. */
async function bundle(file: string): Promise<string> {
  const built = (await build({
    configFile: false,
    logLevel: 'error',
    root: pages,
    build: { write: false, minify: false, lib: { entry: file, formats: ['es'] } },
  })) as Rolldown.RolldownOutput[];
  return built[0]!.output[0].code;
}
