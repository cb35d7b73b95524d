import { readdirSync, readFileSync } from 'node:fs';
import { receive, send } from './pipes.ts';
import { evaluateSchema, type RunnerRequest } from './evaluate-schema.ts';

/** Everything is loaded and read before the process gives up its user. */
function readPrelude(): string {
  const folder = new URL('../guest/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.js'));
  return files
    .sort()
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n');
}

function becomeUser(user: number): void {
  process.setgroups?.([]);
  process.setgid?.(user);
  process.setuid?.(user);
}

const prelude = readPrelude();
const user = process.argv[2];
if (user !== undefined) becomeUser(Number(user));
send('R');
const request = receive();
// The end of standard input: the host has gone, or needs this runner no more.
if (request === null) process.exit(0);
const answer = evaluateSchema(JSON.parse(request) as RunnerRequest, prelude, {
  progress: (file) => send(`P${file}`),
  exchange: (calls) => {
    send(`C${calls}`);
    return receive();
  },
  ask: (needed) => {
    send(`X${needed}`);
    return receive();
  },
});
send(answer);
process.exit(0);
