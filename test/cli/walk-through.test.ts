import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bin, startCommand } from '../support/serve-command.ts';

const env = { PATH: process.env['PATH'], PORT: '0', CUBEJS_LOG_LEVEL: 'silent' };
let root: string;
let project: string;
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'cubewright-walk-'));
  project = path.join(root, 'shop');
  execFileSync(process.execPath, [bin, 'init', 'shop'], { cwd: root, env });
});
afterAll(() => rmSync(root, { recursive: true }));

/** A server of the project, and a way to ask it. */
async function startServer(command: 'serve' | 'dev') {
  const server = await startCommand(command, project, env);
  const load = async (query: object, token?: string) => {
    const at = `${server.url}/cubejs-api/v1/load?query=${encodeURIComponent(JSON.stringify(query))}`;
    const response = await fetch(at, {
      headers: token === undefined ? {} : { authorization: token },
    });
    return { status: response.status, body: (await response.json()) as { data?: unknown } };
  };
  return { ...server, load };
}

const query = { measures: ['Orders.count', 'Orders.revenue'] };

test('from nothing to a user who sees their own rows', async () => {
  const server = await startServer('serve');
  const printed = execFileSync(process.execPath, [bin, 'token', '-u', 'id=42'], {
    cwd: project,
    env,
    encoding: 'utf8',
  });
  const token = /^Token: (.*)$/m.exec(printed)![1]!;
  const own = await server.load(query, token);
  expect(own.body.data).toEqual([{ 'Orders.count': '2', 'Orders.revenue': '140' }]);
  expect((await server.load(query)).status).toBe(403);
  // The project denies what a claim does not open.
  const nobody = execFileSync(process.execPath, [bin, 'token'], {
    cwd: project,
    env,
    encoding: 'utf8',
  });
  const open = await server.load(query, /^Token: (.*)$/m.exec(nobody)![1]!);
  expect(open.body.data).toEqual([{ 'Orders.count': '0', 'Orders.revenue': null }]);
  expect(await server.stop()).toBe(0);
});

test('development serves the last good schema while a file is broken', async () => {
  const server = await startServer('dev');
  const file = path.join(project, 'schema/Orders.js');
  const good = readFileSync(file, 'utf8');
  expect((await server.load(query)).status).toBe(200);
  writeFileSync(file, good.replace('type: `sum`', 'type: `summ`'));
  await server.until(/(did you mean 'sum')/);
  expect((await server.load(query)).status).toBe(200);
  writeFileSync(file, good.replace('revenue:', 'turnover:'));
  await server.until(/compiles[\s\S]*did you mean[\s\S]*(compiles)/);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await server.load({ measures: ['Orders.turnover'] })).status).toBe(200);
  expect(await server.stop()).toBe(0);
});
