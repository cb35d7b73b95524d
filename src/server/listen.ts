import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import type { Logger } from 'pino';
import type { ServerLimits } from './options.ts';
import { ServerOptionError, type ServerSettings } from './settings.ts';
import { ownHosts, redirectToTls } from './tls/redirect.ts';

/** What `listen` has opened. */
export interface Listening {
  readonly port: number;
  /** undefined without TLS. */
  readonly tlsPort: number | undefined;
  readonly server: http.Server | https.Server;
  /** Ends the requests under way, for so many milliseconds at most. */
  readonly close: (drainMs: number) => Promise<void>;
}

const mostHeaders = 100;

/**
 * Opens the ports. With TLS the plain port only redirects. Whatever fails leaves nothing open.
 *
 * @throws ServerOptionError for a key or certificate that cannot be used, the socket's own error for a port.
 */
export async function openPorts(
  app: Express,
  settings: ServerSettings,
  tlsOptions: https.ServerOptions | undefined,
  log: Logger,
): Promise<Listening> {
  if (!settings.enableTls) {
    const server = http.createServer(patience(settings.limits), app);
    server.maxHeadersCount = mostHeaders;
    await bind(server, settings.port, settings.host);
    return {
      port: portOf(server),
      tlsPort: undefined,
      server,
      close: (drainMs) => shut([server], drainMs),
    };
  }
  const options = {
    minVersion: 'TLSv1.2' as const,
    ...patience(settings.limits),
    ...(tlsOptions ?? fileOptions(settings)),
  };
  let secure: https.Server;
  try {
    secure = https.createServer(options, app);
  } catch (error) {
    throw new ServerOptionError([
      `the TLS key or certificate cannot be used: ${(error as Error).message}`,
    ]);
  }
  const isOwnHost = ownHosts(firstCertificate(options.cert), settings.options.redirectHosts ?? []);
  const plain = http.createServer(patience(settings.limits), (request, response) =>
    redirectToTls(request, response, portOf(secure), isOwnHost),
  );
  secure.maxHeadersCount = mostHeaders;
  plain.maxHeadersCount = mostHeaders;
  try {
    await bind(secure, settings.tlsPort, settings.host);
    await bind(plain, settings.port, settings.host);
  } catch (error) {
    await shut([secure, plain], 0);
    throw error;
  }
  const stop = tlsOptions ? () => undefined : renewFromFiles(secure, settings, log);
  const close = async (drainMs: number): Promise<void> => {
    stop();
    await shut([secure, plain], drainMs);
  };
  return { port: portOf(plain), tlsPort: portOf(secure), server: secure, close };
}

/** Slow clients must not hold sockets. */
function patience({ headersTimeoutMs, requestTimeoutMs }: ServerLimits): http.ServerOptions {
  return {
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    // Node looks for what is late every half a minute, unless it is told to do so more often.
    connectionsCheckingInterval: Math.min(5_000, headersTimeoutMs),
    keepAliveTimeout: 5_000,
  };
}

function bind(
  server: http.Server | https.Server,
  port: number,
  host: string | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function portOf(server: http.Server | https.Server): number {
  return (server.address() as AddressInfo).port;
}

/** Requests under way end, unless they take too long; connections that only wait are closed. */
async function shut(
  servers: readonly (http.Server | https.Server)[],
  drainMs: number,
): Promise<void> {
  const late = setTimeout(() => {
    for (const server of servers) server.closeAllConnections();
  }, drainMs);
  await Promise.all(
    servers.map(
      (server) =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
          server.closeIdleConnections();
        }),
    ),
  );
  clearTimeout(late);
}

function fileOptions({ tlsFiles }: ServerSettings): https.ServerOptions {
  if (!tlsFiles) {
    throw new ServerOptionError([
      'with TLS listen(tlsOptions) takes key and cert, or CUBEJS_TLS_PRIVATE_KEY_FILE and CUBEJS_TLS_PRIVATE_FULLCHAIN_FILE name their files',
    ]);
  }
  try {
    return { key: readFileSync(tlsFiles.key), cert: readFileSync(tlsFiles.cert) };
  } catch (error) {
    throw new ServerOptionError([
      `the TLS files cannot be read: ${(error as NodeJS.ErrnoException).code}`,
    ]);
  }
}

/** Files that are replaced are read again; half-written ones are left until they are whole. */
function renewFromFiles(server: https.Server, settings: ServerSettings, log: Logger): () => void {
  const files = Object.values(settings.tlsFiles ?? {});
  const renew = (): void => {
    try {
      server.setSecureContext({ minVersion: 'TLSv1.2', ...fileOptions(settings) });
      log.info('the TLS files have changed and are in use');
    } catch (error) {
      // The next change brings the rest; until then the certificate before is used.
      log.warn({ err: error }, 'the TLS files have changed and cannot be used');
    }
  };
  for (const file of files) watchFile(file, { interval: 2_000, persistent: false }, renew);
  return () => {
    for (const file of files) unwatchFile(file, renew);
  };
}

function firstCertificate(cert: https.ServerOptions['cert']): string | Buffer | undefined {
  const first = Array.isArray(cert) ? cert[0] : cert;
  return first as string | Buffer | undefined;
}
