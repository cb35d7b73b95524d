import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import type { TLSSocket } from 'node:tls';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileSchema } from '../../src/index.ts';
import { createCertificate } from '../../src/server/index.ts';
import { load, start } from './support.ts';

/**
 * The code samples of the original security page, taken out of a copy of it and run as they are
 * printed: only the package's name is another, and what cannot be JavaScript is put right.
 */
const root = path.resolve(import.meta.dirname, '../..');
const page = readFileSync(path.join(root, 'fixtures/security-page.md'), 'utf8');
const samples = [...page.matchAll(/^```(\w+)\n([\s\S]*?)\n```/gm)].map((match) => match[2]!);
const [cli, sign, route, client, claims, cube, signUser, curl, sql, tls, renewing] = samples;
const packageName = (text: string) =>
  text.replaceAll('@cubejs-backend/server', 'cubewright/server');

let project: string;
const databaseSetup = [
  'CREATE SCHEMA public',
  'CREATE TABLE public.orders AS SELECT * FROM (VALUES (42), (42), (7)) AS t (user_id)',
];

/** A module of the project's `node_modules`. */
function addModule(name: string, text: string): void {
  const folder = path.join(project, 'node_modules', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'index.js'), text);
}

beforeAll(() => {
  project = mkdtempSync(path.join(tmpdir(), 'cubewright-samples-'));
  mkdirSync(path.join(project, 'schema'));
  writeFileSync(path.join(project, 'schema/Orders.js'), cube!);
  const own = path.join(project, 'node_modules/cubewright');
  mkdirSync(own, { recursive: true });
  const paths = { './server': './src/server/index.ts', './drivers': './src/drivers/index.ts' };
  writeFileSync(
    path.join(own, 'package.json'),
    JSON.stringify({ name: 'cubewright', type: 'module', exports: paths }),
  );
  symlinkSync(path.join(root, 'src'), path.join(own, 'src'));
  for (const name of ['express', '@cubejs-client']) {
    symlinkSync(path.join(root, 'node_modules', name), path.join(project, 'node_modules', name));
  }
  addModule('fs-extra', "module.exports = require('node:fs');");
  // As much of jsonwebtoken as the page uses.
  addModule(
    'jsonwebtoken',
    `const { createHmac } = require('node:crypto');
    const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    exports.sign = (payload, secret, { expiresIn }) => {
      const iat = Math.floor(Date.now() / 1000);
      const exp = iat + Number.parseInt(expiresIn, 10) * 86400;
      const text = part({ alg: 'HS256', typ: 'JWT' }) + '.' + part({ ...payload, iat, exp });
      return text + '.' + createHmac('sha256', secret).update(text).digest('base64url');
    };`,
  );
});
afterAll(() => rmSync(project, { recursive: true }));

const environment = (more: object = {}) => ({
  PATH: process.env['PATH'],
  CUBEJS_API_SECRET: 'secret',
  CUBEJS_LOG_LEVEL: 'silent',
  ...more,
});

async function runScript(text: string): Promise<string> {
  writeFileSync(path.join(project, 'script.cjs'), text);
  const options = { cwd: project, env: environment() };
  return (await promisify(execFile)(process.execPath, ['script.cjs'], options)).stdout;
}

/** Runs a sample that listens, until it says where; gives its TLS port to `use`. */
async function whileRunning(text: string, more: object, use: (port: number) => Promise<void>) {
  writeFileSync(path.join(project, 'script.cjs'), text);
  const child = spawn(process.execPath, ['script.cjs'], { cwd: project, env: environment(more) });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const ended = once(child, 'exit');
  try {
    for (const end = Date.now() + 45_000; ;) {
      const match = /🚀 Cube\.js server \(\d+\.\d+\.\d+\) is listening securely on (\d+)/u.exec(
        printed,
      );
      if (match) return await use(Number(match[1]));
      if (Date.now() > end) throw new Error(`the sample never listened:\n${printed}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

/** The status of a request over TLS, and the certificate's fingerprint. */
function ask(port: number): Promise<[number | undefined, string]> {
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', path: '/livez', rejectUnauthorized: false };
    const request = https.get({ ...options, agent: false }, (response) => {
      const { fingerprint256 } = (response.socket as TLSSocket).getPeerCertificate();
      response.resume();
      resolve([response.statusCode, fingerprint256]);
    });
    request.on('error', reject);
  });
}

test('the page has these samples', () => {
  expect(samples.map((sample) => sample.split('\n')[0])).toEqual([
    '$ cubejs token -e TOKEN-EXPIRY -s SECRET -p FOO=BAR',
    "const jwt = require('jsonwebtoken');",
    'app.use((req, res, next) => {',
    'let apiTokenPromise;',
    '{',
    'cube(`Orders`, {',
    "const jwt = require('jsonwebtoken');",
    'curl \\',
    'SELECT',
    'const fs = require("fs-extra");',
    'const CubejsServer = require("@cubejs-backend/server");',
  ]);
});

test('the command makes a token', async () => {
  const bin = path.join(root, 'src/cli/bin.ts');
  const command = cli!.replace('$ cubejs', '').replace('TOKEN-EXPIRY', '1d').trim().split(' ');
  const { stdout } = await promisify(execFile)(process.execPath, [bin, ...command], {
    cwd: project,
    env: environment(),
  });
  const token = /^Token: (.*)$/m.exec(stdout)![1]!;
  const { payload } = await jwtVerify(token, new TextEncoder().encode('SECRET'));
  expect(payload).toMatchObject({ FOO: 'BAR' });
  expect(payload.exp! - payload.iat!).toBe(86_400);
});

test('a host application gives its users tokens, and the client loads their rows', async () => {
  const printed = await runScript(`
    const express = require('express');
    const { default: cubejs } = require('@cubejs-client/core');
    const CubejsServer = require('cubewright/server');
    const { createDuckDbDriver } = require('cubewright/drivers');
    const server = new CubejsServer({
      driverFactory: () => createDuckDbDriver({ setup: ${JSON.stringify(databaseSetup)} }),
    });
    const app = express();
    app.use(server.app);
    app.use((req, res, next) => {
      if (req.headers['x-user']) req.user = { id: Number(req.headers['x-user']) };
      next();
    });
    ${sign!}
    ${route!}
    const plainFetch = fetch;
    globalThis.fetch = (url, options) =>
      plainFetch(url, { ...options, headers: { ...options?.headers, 'x-user': '42' } });
    const listener = app.listen(0, async () => {
      const API_URL = 'http://127.0.0.1:' + listener.address().port;
      ${client!}
      const rows = (await cubejsApi.load({ measures: ['Orders.count'] })).rawData();
      const nobody = await plainFetch(API_URL + '/auth/cubejs-token', { redirect: 'manual' });
      const shared = cubejs(cubejsToken, { apiUrl: API_URL + '/cubejs-api/v1' });
      const all = (await shared.load({ measures: ['Orders.count'] })).rawData();
      console.log(JSON.stringify({ rows, all, nobody: nobody.headers.get('location') }));
      await server.close();
      listener.close();
      listener.closeAllConnections();
    });`);
  expect(JSON.parse(printed)).toEqual({
    rows: [{ 'Orders.count': '2' }],
    all: [{ 'Orders.count': '3' }],
    nobody: '/login',
  });
});

test("the schema gives the page's SQL, and the request its rows", async () => {
  await using schema = await compileSchema({ files: [{ path: 'Orders.js', content: cube! }] });
  const securityContext = (JSON.parse(claims!) as { u: object }).u;
  const query = { measures: ['Orders.count'] };
  const generated = (await schema.generateSql(query, { securityContext })).inlined();
  const words = (text: string) => text.replaceAll('"', '').split(/\s+/);
  expect(words(generated)).toEqual(words(sql!));

  const { createDuckDbDriver } = await import('../../src/drivers/index.ts');
  const running = await start({
    apiSecret: 'secret',
    repositoryFactory: undefined as never,
    schemaPath: path.join(project, 'schema'),
    driverFactory: () => createDuckDbDriver({ setup: databaseSetup }),
  });
  const printedToken = /Authorization: (\S+)"/.exec(curl!)![1]!;
  const token = await runScript(
    `const CUBEJS_API_SECRET = 'secret';\n${signUser!}\nprocess.stdout.write(cubejsToken);`,
  );
  const request = async (authorization: string) => {
    const command = curl!
      .replace(printedToken, authorization)
      .replace('http://localhost:4000', running.url);
    return JSON.parse((await promisify(execFile)('bash', ['-c', command])).stdout) as object;
  };
  // The token on the page was valid until 2019.
  expect(await request(printedToken)).toMatchObject({ error: 'Invalid token' });
  expect(await request(token)).toMatchObject({ data: [{ 'Orders.count': '2' }] });
  expect((await running.get(load(query), `Bearer ${token}`)).status).toBe(200);
  await running.server.close();
});

test('the server speaks TLS with the files that the environment names', async () => {
  const { key, cert } = await createCertificate();
  writeFileSync(path.join(project, 'key.pem'), key);
  writeFileSync(path.join(project, 'chain.pem'), cert);
  const more = {
    CUBEJS_ENABLE_TLS: 'true',
    CUBEJS_TLS_PRIVATE_KEY_FILE: 'key.pem',
    CUBEJS_TLS_PRIVATE_FULLCHAIN_FILE: 'chain.pem',
    PORT: '0',
    TLS_PORT: '0',
  };
  await whileRunning(packageName(tls!), more, async (port) => {
    expect((await ask(port))[0]).toBe(200);
  });
});

test('the server renews a certificate that it has signed itself', async () => {
  writeFileSync(
    path.join(project, 'certificate.js'),
    `const { createCertificate, scheduleCertificateRenewal } = require('cubewright/server');
    exports.createCertificate = createCertificate;
    // In the time of a test, not of days.
    exports.scheduleCertificateRenewal = (server, options, callback) =>
      scheduleCertificateRenewal(server, { ...options, everyMs: 100 }, callback);`,
  );
  const corrected = packageName(renewing!)
    .replace('const ({ version, tlsPort, server }) =', 'const { version, tlsPort, server } =')
    .replace('${error.message}', '${err.message}');
  const more = { CUBEJS_ENABLE_TLS: 'true', PORT: '0', TLS_PORT: '0' };
  await whileRunning(corrected, more, async (port) => {
    const seen = new Set<string>();
    for (const end = Date.now() + 10_000; seen.size < 3 && Date.now() < end;) {
      const [status, fingerprint] = await ask(port);
      expect(status).toBe(200);
      seen.add(fingerprint);
    }
    expect(seen.size).toBe(3);
  });
});
