import { spawn } from 'node:child_process';

/** What the tools remember of files that have not changed; a fresh checkout has none of it. */
const cache = 'node_modules/.cache';

/** Types, lint rules and formatting, at the same time; everything that is wrong is printed. */
const checks: readonly (readonly [string, readonly string[]])[] = [
  [
    'types',
    ['tsc', '--noEmit', '--incremental', '--tsBuildInfoFile', `${cache}/check.tsbuildinfo`],
  ],
  ['lint', ['eslint', '.']],
  [
    'format',
    ['prettier', '--check', '--log-level', 'warn', '--cache', '--cache-strategy', 'content', '.'],
  ],
];

function run([name, [command, ...values]]: (typeof checks)[number]): Promise<boolean> {
  return new Promise((resolve) => {
    const started = performance.now();
    const child = spawn(command!, values, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', (error) => (output += error.message));
    child.on('close', (code) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(`${code === 0 ? 'ok' : 'FAILED'} ${name} (${seconds} s)`);
      if (code !== 0) console.log(output.trim());
      resolve(code === 0);
    });
  });
}

const results = await Promise.all(checks.map(run));
process.exitCode = results.every(Boolean) ? 0 : 1;
