import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { load, secret, sign } from '../server/support.ts';
import { startCommand, type ServeCommand } from '../support/serve-command.ts';

const count = { measures: ['Orders.count', 'Orders.revenue'] };
let project: string;
let server: ServeCommand;
beforeAll(async () => {
  project = mkdtempSync(path.join(tmpdir(), 'cubewright-serve-'));
  mkdirSync(path.join(project, 'schema'));
  writeFileSync(
    path.join(project, 'schema/Orders.js'),
    `cube('Orders', {
      sql: \`SELECT * FROM orders WHERE \${USER_CONTEXT.id.filter('user_id')}\`,
      measures: { count: { type: 'count' }, revenue: { type: 'sum', sql: 'amount' } },
    });`,
  );
  const database = path.join(project, 'orders.sqlite');
  const orders = new DatabaseSync(database);
  orders.exec('CREATE TABLE orders (user_id INTEGER, amount INTEGER)');
  orders.exec('INSERT INTO orders VALUES (42, 9007199254740993), (42, 7), (7, 1)');
  orders.close();
  server = await startCommand('serve', project, {
    PATH: process.env['PATH'],
    PORT: '0',
    CUBEJS_LOG_LEVEL: 'silent',
    CUBEJS_API_SECRET: secret,
    CUBEJS_DB_TYPE: 'sqlite',
    CUBEJS_DB_NAME: database,
  });
});
afterAll(() => rmSync(project, { recursive: true }));

test('serves a file of SQLite, to each user their own rows, exactly', async () => {
  const headers = { authorization: await sign({ u: { id: 42 } }) };
  const response = await fetch(server.url + load(count), { headers });
  expect(await response.json()).toMatchObject({
    data: [{ 'Orders.count': '2', 'Orders.revenue': '9007199254741000' }],
  });
});

test('SIGTERM lets a request that has begun end, and no other begin', async () => {
  const { hostname, port } = new URL(server.url);
  const body = JSON.stringify({ query: count });
  const head = [
    'POST /cubejs-api/v1/load HTTP/1.1',
    'host: localhost',
    `authorization: ${await sign({ u: { id: 7 } })}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    'connection: close',
  ];
  const socket = connect(Number(port), hostname);
  socket.write(`${head.join('\r\n')}\r\n\r\n${body.slice(0, 10)}`);
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  await new Promise((resolve) => setTimeout(resolve, 500));
  const stopped = server.stop();
  await refused();
  socket.write(body.slice(10));
  await once(socket, 'close');
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  expect(answer).toContain('"Orders.revenue":"1"');
  expect(await stopped).toBe(0);
});

/** Waits until the port is closed. */
async function refused(): Promise<void> {
  for (;;) {
    const open = await fetch(`${server.url}/livez`).then(
      () => true,
      () => false,
    );
    if (!open) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
