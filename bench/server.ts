import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import autocannon from 'autocannon';
import { SignJWT } from 'jose';
import { benchQuery, secret } from './server-setting.ts';

/** Requests a second on the loopback: ours, the server of 2020, and bare Express, each one process, in turns. */
const rounds = 3;
const seconds = 4;
const here = import.meta.dirname;

/** The server of 2020 from npm, in a folder of its own that later runs find again. */
function installServerOf2020(): string {
  const folder = path.join(tmpdir(), 'cubewright-bench-server-0.19.56');
  if (existsSync(path.join(folder, 'installed'))) return folder;
  mkdirSync(folder, { recursive: true });
  const manifest = {
    private: true,
    dependencies: { '@cubejs-backend/server': '0.19.56', antlr4: '4.8.0' },
    overrides: { antlr4: '4.8.0' },
  };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--silent'];
  execFileSync('npm', ['install', ...flags], { cwd: folder, stdio: 'inherit' });
  writeFileSync(path.join(folder, 'installed'), '');
  return folder;
}

interface Served {
  readonly base: string;
  readonly pid: number;
}

/** Starts a server that ends with this process. */
async function serve(script: string, value: string): Promise<Served> {
  const child = spawn(process.execPath, ['--no-warnings', path.join(here, script), value], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.once('exit', () => child.kill());
  const [printed] = (await once(child.stdout, 'data')) as [Buffer];
  const base = `http://127.0.0.1:${Number(printed.toString())}/cubejs-api/v1`;
  return { base, pid: child.pid! };
}

/** Seconds of processor time that a process has used (Linux). */
function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const tokens = await Promise.all(
  Array.from({ length: 100 }, (_, id) =>
    new SignJWT({ u: { tenant: id + 1 } })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(secret)),
  ),
);

interface Target {
  readonly url: string;
  readonly pid: number;
}

interface Rate {
  /** Requests a second. */
  readonly wall: number;
  /** Requests for a second of the server's processor time, whatever else the machine does. */
  readonly processor: number;
}

/** Rates with a hundred users' tokens in turn; all must succeed. */
async function measure({ url, pid }: Target, duration: number): Promise<Rate> {
  let next = 0;
  const before = processorSeconds(pid);
  const result = await autocannon({
    url,
    duration,
    connections: 32,
    requests: [
      {
        setupRequest: (request) => ({
          ...request,
          headers: { ...request.headers, authorization: tokens[next++ % tokens.length]! },
        }),
      },
    ],
  });
  if (result.non2xx + result.errors > 0) throw new Error(`requests of ${url} failed`);
  const used = processorSeconds(pid) - before;
  return { wall: result.requests.average, processor: result.requests.total / used };
}

/** A route, after one answer of it that holds what it must. */
async function checked({ base, pid }: Served, route: string, expected: string): Promise<Target> {
  const url = `${base}/${route}?query=${encodeURIComponent(JSON.stringify(benchQuery))}`;
  const text = await (await fetch(url, { headers: { authorization: tokens[0]! } })).text();
  if (!text.includes(expected)) throw new Error(`${url} answered ${text}`);
  return { url, pid };
}

const bare = await serve('served.ts', 'express');
const ours = await serve('served.ts', 'ours');
const reference = await serve('server-2020.mjs', installServerOf2020());
const targets = {
  express: await checked(bare, 'sql', 'SELECT'),
  sql: await checked(ours, 'sql', 'tenant_id = $'),
  load: await checked(ours, 'load', 'Cube0.total1'),
  sql2020: await checked(reference, 'sql', 'tenant_id = $'),
  load2020: await checked(reference, 'load', 'Cube0.total1'),
};
type Name = keyof typeof targets;
const names = Object.keys(targets) as Name[];
const rates = new Map<Name, Rate[]>(names.map((name) => [name, []]));
for (const name of names) await measure(targets[name], 2);
for (let round = 0; round < rounds; round++) {
  for (const name of names) rates.get(name)!.push(await measure(targets[name], seconds));
}

function print(title: string, kind: keyof Rate): void {
  const median = (name: Name): number =>
    rates
      .get(name)!
      .map((rate) => rate[kind])
      .toSorted((a, b) => a - b)[Math.floor(rounds / 2)]!;
  const shown = (value: number) => value.toFixed(0).padStart(8);
  console.log(`${title} (median of ${rounds} rounds of ${seconds} s, 32 connections)`);
  console.log(`  bare Express ${shown(median('express'))}`);
  for (const name of ['sql', 'load'] as const) {
    const [rate, old] = [median(name), median(`${name}2020`)];
    const fraction = (rate / median('express')).toFixed(2);
    console.log(
      `  ${`/v1/${name}`.padEnd(12)} ${shown(rate)}   2020: ${shown(old)}   ${(rate / old).toFixed(1)} x   ${fraction} of bare Express`,
    );
  }
}

print('Requests a second', 'wall');
print("Requests for a second of the server's processor time", 'processor');
process.exit(0);
