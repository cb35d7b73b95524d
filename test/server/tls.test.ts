import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { connect } from 'node:tls';
import { describe, expect, test } from 'vitest';
import {
  createCertificate,
  createServer,
  scheduleCertificateRenewal,
  type CubewrightServer,
} from '../../src/server/index.ts';
import { pino } from 'pino';
import { hostOf } from '../../src/server/tls/redirect.ts';
import { ordersDriver, schema, secret } from './support.ts';

function make(): CubewrightServer {
  return createServer({
    apiSecret: secret,
    enableTls: true,
    port: 0,
    tlsPort: 0,
    repositoryFactory: () => ({ dataSchemaFiles: async () => schema }),
    driverFactory: ordersDriver,
    logger: pino({ level: 'silent' }),
  });
}

/** Status and location of a plain request with any Host header. */
async function plain(
  port: number,
  host: string | null,
  path = '/cubejs-api/v1/load?a=1',
): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  socket.write(
    `GET ${path} HTTP/1.1\r\n${host === null ? '' : `Host: ${host}\r\n`}Connection: close\r\n\r\n`,
  );
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(socket, 'close');
  const location = /^location: (.*)$/im.exec(text)?.[1]?.trim() ?? '';
  return `${text.slice(9, 12)} ${location}`.trim();
}

describe('TLS', () => {
  test('serves, redirects to itself alone, and renews without dropping anyone', async () => {
    const server = make();
    const certificate = await createCertificate({ days: 2, selfSigned: true });
    const listening = await server.listen(certificate);
    expect(Object.keys(listening).sort()).toEqual(['app', 'port', 'server', 'tlsPort', 'version']);
    const { port, tlsPort } = listening;
    expect(await plain(port, `localhost:${port}`)).toBe(
      `308 https://localhost:${tlsPort}/cubejs-api/v1/load?a=1`,
    );
    expect(await plain(port, '127.0.0.1')).toBe(
      `308 https://127.0.0.1:${tlsPort}/cubejs-api/v1/load?a=1`,
    );
    expect(await plain(port, `[::1]:${port}`)).toBe(
      `308 https://[::1]:${tlsPort}/cubejs-api/v1/load?a=1`,
    );
    expect(await plain(port, 'evil.example')).toBe('400');
    expect(await plain(port, null)).toBe('400');
    expect(await plain(port, 'localhost', '//evil.example/')).toMatch(
      /^308 https:\/\/localhost:\d+\/\/evil\.example\/$/,
    );

    const seen = new Set<string>();
    let failures = 0;
    let isRunning = true;
    const agent = new https.Agent({ keepAlive: true });
    const requests = async (useAgent: boolean): Promise<void> => {
      while (isRunning) {
        const ok = await new Promise<boolean>((resolve) => {
          const request = https.get(
            {
              port: tlsPort,
              host: '127.0.0.1',
              path: '/livez',
              rejectUnauthorized: false,
              ...(useAgent ? { agent } : { agent: false }),
            },
            (response) => {
              response.resume();
              response.on('end', () => resolve(response.statusCode === 200));
            },
          );
          request.on('error', () => resolve(false));
        });
        if (!ok) failures++;
      }
    };
    const load = [requests(true), requests(false), requests(false)];
    let renewals = 0;
    const stop = scheduleCertificateRenewal(
      listening.server as https.Server,
      { days: 2, everyMs: 30 },
      (error) => {
        if (error === null) renewals++;
      },
    );
    while (renewals < 20) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      seen.add(await fingerprint(tlsPort!));
    }
    stop();
    isRunning = false;
    await Promise.all(load);
    agent.destroy();
    expect(failures).toBe(0);
    expect(seen.size).toBeGreaterThan(5);
    await server.close();
  });

  test('a bad key or a taken port leaves nothing open', async () => {
    const taken = http.createServer().listen(0);
    await once(taken, 'listening');
    const { port } = taken.address() as net.AddressInfo;
    const bad = make();
    await expect(bad.listen({ key: 'x', cert: 'y' })).rejects.toThrow(/TLS key or certificate/);
    await bad.close();
    const blocked = createServer({
      apiSecret: secret,
      enableTls: true,
      port,
      tlsPort: 0,
      driverFactory: ordersDriver,
      logger: pino({ level: 'silent' }),
    });
    await expect(blocked.listen(await createCertificate())).rejects.toThrow('EADDRINUSE');
    await blocked.close();
    taken.close();
  });

  test('files that are replaced are read again, once they fit each other', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'cubewright-tls-'));
    const files = { key: path.join(directory, 'key.pem'), cert: path.join(directory, 'chain.pem') };
    const write = async (names: readonly ('key' | 'cert')[]) => {
      const made = await createCertificate();
      for (const name of names) writeFileSync(files[name], made[name]);
      return made;
    };
    await write(['key', 'cert']);
    process.env['CUBEJS_TLS_PRIVATE_KEY_FILE'] = files.key;
    process.env['CUBEJS_TLS_PRIVATE_FULLCHAIN_FILE'] = files.cert;
    const server = make();
    const { tlsPort } = await server.listen();
    const first = await fingerprint(tlsPort!);
    // A chain without its key is not used.
    const next = await write(['cert']);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await fingerprint(tlsPort!)).toBe(first);
    writeFileSync(files.cert, next.cert);
    writeFileSync(files.key, next.key);
    const expected = new X509Certificate(next.cert).fingerprint256;
    for (const end = Date.now() + 15_000; Date.now() < end;) {
      if ((await fingerprint(tlsPort!)) === expected) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(await fingerprint(tlsPort!)).toBe(expected);
    await server.close();
    delete process.env['CUBEJS_TLS_PRIVATE_KEY_FILE'];
    delete process.env['CUBEJS_TLS_PRIVATE_FULLCHAIN_FILE'];
    rmSync(directory, { recursive: true });
  });

  test('old versions of TLS are refused', async () => {
    const server = make();
    const { tlsPort } = await server.listen(await createCertificate());
    const socket = connect({
      port: tlsPort!,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
    });
    const [error] = (await once(socket, 'error').catch((failure: unknown) => [failure])) as [Error];
    expect(error).toBeInstanceOf(Error);
    await server.close();
  });
});

function fingerprint(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.end();
    });
    socket.on('error', reject);
  });
}

test('a Host header is a host or nothing', () => {
  expect(
    ['a.example:80', '[::1]:4000', 'LOCALHOST', 'a/b', 'a@b', '', 'a:b', '[x]', 'a b'].map(hostOf),
  ).toEqual(['a.example', '[::1]', 'localhost', null, null, null, null, null, null]);
});
