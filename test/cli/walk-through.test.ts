import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const bin = path.resolve(import.meta.dirname, '../../src/cli/bin.ts');
const env = { PATH: process.env['PATH'], PORT: '0', CUBEJS_LOG_LEVEL: 'silent' };
let root: string;
let project: string;
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'cubewright-walk-'));
  project = path.join(root, 'shop');
  execFileSync(process.execPath, [bin, 'init', 'shop'], { cwd: root, env });
});
afterAll(() => rmSync(root, { recursive: true }));

/** A server of the project, and the text that it prints from then on. */
async function startServer(command: string) {
  const child: ChildProcess = spawn(process.execPath, [bin, command], { cwd: project, env });
  let text = '';
  child.stdout!.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const until = async (pattern: RegExp): Promise<string> => {
    const deadline = Date.now() + 20_000;
    for (;;) {
      const match = pattern.exec(text);
      if (match) return match[1] ?? '';
      if (Date.now() > deadline) throw new Error(`${command} never printed ${pattern}:\n${text}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const url = await until(/listening on (http:\S+)/);
  const load = async (query: object, token?: string) => {
    const at = `${url}/cubejs-api/v1/load?query=${encodeURIComponent(JSON.stringify(query))}`;
    const response = await fetch(at, {
      headers: token === undefined ? {} : { authorization: token },
    });
    return { status: response.status, body: (await response.json()) as { data?: unknown } };
  };
  const stop = async () => {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    return (await ended)[0] as number;
  };
  return { until, load, stop };
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
