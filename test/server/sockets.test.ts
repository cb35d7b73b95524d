import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { load, sign, start } from './support.ts';

/** What the server says before it ends the connection, and after how many milliseconds it does. */
async function endOf(socket: Socket): Promise<{ answer: string; milliseconds: number }> {
  const started = performance.now();
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  // A byte that crosses the end of the connection on its way is answered by a reset.
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('close', resolve));
  return { answer, milliseconds: performance.now() - started };
}

test('a client that sends its headers or its body too slowly is cut off, and costs nobody else', async () => {
  const running = await start({ limits: { headersTimeoutMs: 400, requestTimeoutMs: 800 } });
  const port = Number(new URL(running.url).port);
  const slow = (text: string): Promise<{ answer: string; milliseconds: number }> => {
    const socket = connect(port, '127.0.0.1');
    socket.write(text);
    const drip = setInterval(() => socket.write('a'), 50);
    socket.once('data', () => clearInterval(drip));
    return endOf(socket).finally(() => clearInterval(drip));
  };
  const body = 'POST /cubejs-api/v1/load HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
  const ends = Promise.all([
    slow('GET /livez HTTP/1.1\r\nhost: x\r\nx-slow: '),
    slow(`${body}content-length: 100000\r\n\r\n{`),
  ]);
  const query = load({ measures: ['Orders.count'] });
  expect((await running.get(query, await sign({}))).status).toBe(200);
  for (const { answer, milliseconds } of await ends) {
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(milliseconds).toBeLessThan(10_000);
  }
  await running.server.close();
});
