import { readFileSync } from 'node:fs';
import type { ServerOptions as HttpsOptions } from 'node:https';
import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Express } from 'express';
import { pino, type Logger } from 'pino';
import type { PublicDiagnostic } from '../core/render-diagnostic.ts';
import { TokenVerifier } from './auth/token-verifier.ts';
import { createApp } from './app.ts';
import { openPorts, type Listening } from './listen.ts';
import { Metrics } from './metrics.ts';
import type { ServerOptions } from './options.ts';
import { QueryService } from './query/query-service.ts';
import { Schemas } from './schemas.ts';
import { checkServerOptions } from './settings.ts';
import { RequestsUnderWay } from './observe.ts';
import { DataSources } from './query/data-sources.ts';
import { Tenants } from './tenants.ts';

export interface CubewrightServer {
  /** Answers requests; can be mounted in an application of one's own. */
  readonly app: Express;
  /** Opens the ports. Once. */
  listen(tlsOptions?: HttpsOptions): Promise<ListenResult>;
  /** Ends the requests under way, refuses new ones, and closes everything. Any number of times. */
  close(): Promise<void>;
  /**
   * Serves the schema files as they are now; what was served before is served on when they do not compile.
   *
   * @returns what is worth a warning in them
   * @throws CompileError
   */
  reload(): Promise<readonly PublicDiagnostic[]>;
}

export interface ListenResult {
  readonly version: string;
  readonly port: number;
  readonly tlsPort: number | undefined;
  readonly app: Express;
  readonly server: HttpServer | HttpsServer;
}

/**
 * A query server. Without options everything comes from the environment.
 *
 * @throws ServerOptionError with everything that is wrong.
 * @example
 * const server = createServer({ apiSecret: process.env.CUBEJS_API_SECRET });
 * const { port } = await server.listen();
 */
export function createServer(options: ServerOptions = {}): CubewrightServer {
  const settings = checkServerOptions(options, process.env);
  const log = options.logger ?? defaultLogger();
  for (const warning of settings.warnings) log.warn(warning);
  if (settings.devMode) log.warn('development mode: requests need no token');
  const tenants = new Tenants(settings);
  const schemas = new Schemas(settings, tenants);
  const dataSources = new DataSources(settings, tenants);
  const service = new QueryService(settings, schemas, dataSources);
  const verifier = new TokenVerifier({
    ...settings.token,
    onEndless: () =>
      log.warn(
        'a token without exp was accepted, which is valid for ever; jwt.requireExpiry (CUBEJS_JWT_REQUIRE_EXPIRY) refuses such tokens',
      ),
  });
  const metrics = new Metrics(() => dataSources.counts);
  const underWay = new RequestsUnderWay();
  let listening: Promise<Listening> | undefined;
  let closing: Promise<void> | undefined;
  const app = createApp({
    settings,
    service,
    verifier,
    metrics,
    log,
    version,
    underWay,
    isOpen: () => closing === undefined,
  });
  return {
    app,
    reload: () => schemas.reload(),
    listen: async (tlsOptions) => {
      if (listening) throw new Error('the server is already listening');
      listening = openPorts(app, settings, tlsOptions, log);
      try {
        const { port, tlsPort, server } = await listening;
        log.info({ port, tlsPort }, 'listening');
        return { version, port, tlsPort, app, server };
      } catch (error) {
        listening = undefined;
        throw error;
      }
    },
    close: () => (closing ??= closeAll()),
  };

  async function closeAll(): Promise<void> {
    // Ports that could not be opened are not open.
    const opened = await listening?.catch(() => undefined);
    const closed = opened?.close(settings.limits.drainMs);
    await underWay.ended(settings.limits.drainMs);
    await closed;
    await dataSources.close();
    await schemas.close();
  }
}

function defaultLogger(): Logger {
  return pino({
    level: process.env['CUBEJS_LOG_LEVEL'] || 'info',
    redact: ['req.headers.authorization', 'authorization', 'token', 'params', '*.params'],
  });
}

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string };
