import express from 'express';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createServer } from '../../src/server/index.ts';
import { capturingLog, load, ordersDriver, schema, sign, start, type Running } from './support.ts';

const count = { measures: ['Orders.count'] };

describe('requests', () => {
  let running: Running;
  let token: string;
  beforeAll(async () => {
    running = await start({ corsOrigins: ['https://app.example'] });
    token = await sign({ u: { id: 42 } });
  });
  afterAll(() => running.server.close());

  const post = (body: string, type = 'application/json') =>
    fetch(`${running.url}/cubejs-api/v1/load`, {
      method: 'POST',
      headers: { authorization: token, 'content-type': type },
      body,
    });

  test.for([
    ['a key that becomes a prototype', '{"query": {"__proto__": {"measures": ["Orders.count"]}}}'],
    ['one deep inside', '{"query": {"measures": [{"a": {"constructor": {"prototype": 1}}}]}}'],
    ['one instead of the query', '{"__proto__": {"query": {"measures": ["Orders.count"]}}}'],
    ['a deep nesting', `{"query": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['a text', '"query"'],
    ['a null', 'null'],
    ['another type of body', 'query={}'],
  ])('%s in a body is refused', async ([title, body]) => {
    const response = await post(body!, title === 'another type of body' ? 'text/plain' : undefined);
    expect(response.status).toBe(400);
    expect(await response.text()).not.toMatch(/\.ts|node_modules|SELECT/);
  });

  test('a query string has the limit of headers', async () => {
    const long = load({ measures: Array.from({ length: 2_000 }, () => 'Orders.count') });
    expect((await running.get(long, token)).status).toBe(431);
  });

  test('other origins get nothing, named ones may call', async () => {
    const ask = (origin: string, method = 'GET') =>
      fetch(`${running.url}/livez`, { method, headers: { origin } });
    const foreign = await ask('https://evil.example');
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
    const own = await ask('https://app.example', 'OPTIONS');
    expect([own.status, own.headers.get('access-control-allow-origin')]).toEqual([
      204,
      'https://app.example',
    ]);
  });

  test('a request has the id that its client gave it, or one of its own', async () => {
    const ask = async (id: string) => {
      const response = await fetch(`${running.url}/nothing`, { headers: { 'x-request-id': id } });
      const { requestId } = (await response.json()) as { requestId: string };
      expect(response.headers.get('x-request-id')).toBe(requestId);
      return requestId;
    };
    expect(await ask('a-b-span-1')).toBe('a-b-span-1');
    expect(await ask('<script>')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('paths that an attacker makes up do not become names in the metrics', async () => {
    for (const made of ['/a', '/b', '/cubejs-api/v1/LOAD', '/cubejs-api/v1/load/'])
      await running.get(made);
    const { body } = await running.get('/metrics');
    const routes = [...String(body).matchAll(/requests_total\{route="([^"]+)"/g)].map(
      (match) => match[1],
    );
    expect(routes).toContain('unknown');
    expect(routes.filter((name) => /\/a$|\/b$|LOAD|load\/$/.test(name!))).toEqual([]);
    expect(body).toContain('process_cpu_user_seconds_total');
  });

  test("helmet's headers are on every answer", async () => {
    const { headers } = await running.get('/nothing');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('strict-transport-security')).toContain('max-age');
  });
});

test('one address may ask so often in a minute', async () => {
  const running = await start({ requestsPerMinute: 2 });
  const answers = [];
  for (let index = 0; index < 3; index++) answers.push((await running.get('/livez')).status);
  expect(answers).toEqual([200, 200, 429]);
  await running.server.close();
});

test('development mode is said loudly, and serves this machine alone, under its own name', async () => {
  const { lines, logger } = capturingLog();
  const server = createServer({
    devMode: true,
    port: 0,
    driverFactory: ordersDriver,
    repositoryFactory: () => ({ dataSchemaFiles: async () => schema }),
    logger,
    redirectHosts: ['dev.example'],
  });
  expect(lines.join('')).toContain('development mode: requests need no token');
  const listening = await server.listen();
  const { address, port } = listening.server.address() as AddressInfo;
  expect(address).toBe('127.0.0.1');
  const ask = async (host: string): Promise<number> => {
    const request = http.get({ port, host: '127.0.0.1', path: load(count), headers: { host } });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    response.resume();
    return response.statusCode!;
  };
  expect(await ask(`localhost:${port}`)).toBe(200);
  expect(await ask('127.0.0.1')).toBe(200);
  expect(await ask('dev.example')).toBe(200);
  expect(await ask(`rebound.example:${port}`)).toBe(403);
  await server.close();
});

test("mounted in a host's application it leaves the host's routes alone", async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'cubewright-host-'));
  writeFileSync(
    path.join(directory, 'Orders.js'),
    "cube('Orders', { sql: 'SELECT * FROM orders', measures: { count: { type: 'count' } } });",
  );
  const { lines, logger } = capturingLog();
  const server = createServer({
    apiSecret: 'a secret that is long enough for everyone',
    schemaPath: directory,
    driverFactory: ordersDriver,
    logger,
  });
  const host = express();
  host.use(server.app);
  host.post('/own', express.text(), (request, response) => void response.send(request.body));
  const listener = host.listen(0);
  await once(listener, 'listening');
  const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  const own = await fetch(`${url}/own`, { method: 'POST', body: '{ not JSON' });
  expect(await own.text()).toBe('{ not JSON');
  expect(own.headers.get('content-security-policy')).toBeNull();
  expect(lines.filter((line) => line.includes('"request"'))).toEqual([]);
  const headers = { authorization: await sign({}) };
  const loaded = await fetch(url + load(count), { headers });
  expect(await loaded.json()).toMatchObject({ data: [{ 'Orders.count': '4' }] });
  await server.close();
  expect((await fetch(url + load(count), { headers })).status).toBe(503);
  expect((await fetch(`${url}/own`, { method: 'POST', body: 'still' })).status).toBe(200);
  listener.close();
  listener.closeAllConnections();
  rmSync(directory, { recursive: true });
});

test('closing lets requests under way end, refuses new ones, and may be asked twice', async () => {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const running = await start({
    queryRewrite: async (query) => {
      await released;
      return query;
    },
  });
  const token = await sign({});
  const underWay = running.get(load(count), token);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const closing = [running.server.close(), running.server.close()];
  await expect(fetch(`${running.url}/livez`)).rejects.toThrow();
  release();
  expect((await underWay).body.data).toEqual([{ 'Orders.count': '4' }]);
  await Promise.all(closing);
});

test('a schema that does not compile is said to the operator, and the caller learns nothing of it', async () => {
  const { lines, logger } = capturingLog();
  const content = "cube('Orders', { sql: 'SELECT secret_column FROM t', mesures: {} });";
  const running = await start({
    logger,
    repositoryFactory: () => ({
      dataSchemaFiles: async () => [{ fileName: 'Secret.js', content }],
    }),
  });
  const { status, body } = await running.get(load(count), await sign({}));
  expect([status, body.error]).toEqual([500, 'the schema does not compile']);
  expect(JSON.stringify(body)).not.toMatch(/Secret|secret_column|mesures/);
  expect(lines.join('')).toContain("did you mean 'measures'");
  await running.server.close();
});
