import { expect, test } from 'vitest';
import { load, start } from './support.ts';

const count = { measures: ['Orders.count'] };

test('checkAuth may ask elsewhere; what it refuses, or never answers, is 403', async () => {
  const running = await start({
    checkAuth: async (_request, authorization) => {
      if (authorization === 'silent') await new Promise(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 10));
      if (authorization !== 'session-of-42') throw new Error('no such session');
      return { security_context: { id: 42 } };
    },
    limits: { hookTimeoutMs: 300 },
  });
  const known = await running.get(load(count), 'session-of-42');
  expect(known.body.data).toEqual([{ 'Orders.count': '2' }]);
  for (const token of ['another', 'silent', undefined]) {
    const { status, body } = await running.get(load(count), token);
    expect([status, body.error]).toEqual([403, 'Invalid token']);
  }
  await running.server.close();
});

test('what extendContext finds in a request, other hooks know; schemaVersion makes them ask for the files again', async () => {
  const asked: unknown[] = [];
  const running = await start({
    checkAuth: () => ({ security_context: { id: 42 } }),
    extendContext: async (request) => ({ release: request.headers.authorization }),
    schemaVersion: ({ release }) => release,
    sandbox: { timeoutMs: 30_000 },
    repositoryFactory: (context) => ({
      dataSchemaFiles: async () => {
        const { release } = context;
        asked.push(release);
        const content = `cube('Orders', { sql: 'SELECT * FROM orders', measures: { ${String(release)}: { type: 'count' } } });`;
        return [{ fileName: 'Orders.js', content }];
      },
    }),
  });
  for (const release of ['first', 'second', 'first']) {
    const member = `Orders.${release}`;
    const { body } = await running.get(load({ measures: [member] }), release);
    expect(body).toMatchObject({ data: [{ [member]: '4' }] });
  }
  expect((await running.get(load({ measures: ['Orders.first'] }), 'second')).status).toBe(400);
  expect(asked).toEqual(['first', 'second']);
  await running.server.close();
});
