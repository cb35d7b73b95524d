import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { evaluate } from '../../../src/sandbox/evaluate.ts';
import { encodeFrame } from '../../../src/sandbox/frames.ts';
import { defaultLimits } from '../../../src/sandbox/limits.ts';
import { createRunnerPool } from '../../../src/sandbox/runner-pool.ts';

function write(text: string): string {
  return `require('fs').writeSync(1, Buffer.from('${encodeFrame(text).toString('hex')}', 'hex'));`;
}

function evaluated(code: string) {
  const request = {
    files: [{ path: 'a.js', content: '' }],
    entries: 1,
    packages: [],
    compileContext: '{}',
    others: { paths: [], cubes: [], depend: false },
    now: 0,
  };
  const launcher = () => [process.execPath, '-e', code];
  return evaluate(request, { limits: defaultLimits, require: [], launcher }, createRunnerPool());
}

function block(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

test('an answer counts that is still in the pipe when the end of its runner is told', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'cubewright-end-'));
  const asked = path.join(folder, 'asked');
  const answer = `${write('Ax')} process.exit(0);`;
  const code = `${write('R')} process.stdin.once('data', () => {
    require('fs').writeFileSync(${JSON.stringify(asked)}, '');
    setTimeout(() => { ${answer} }, 700);
  });`;
  const result = evaluated(code);
  while (!existsSync(asked)) await sleep(5);
  // Another child ends; while what it wrote is handled the runner answers and ends. Node then looks after all.
  const other = spawn('/bin/sh', ['-c', 'echo x'], { stdio: ['ignore', 'pipe', 'ignore'] });
  other.stdout.once('data', () => block(1_200));
  block(300);
  expect(await result).toMatchObject({ kind: 'reply', text: 'x' });
  rmSync(folder, { recursive: true });
});

test.each([
  ['evaluation-failed Error: no such thing', 'evaluation-failed: Error: no such thing'],
  ['evaluation-failed', 'evaluation-failed'],
])('what the runner says of its failure is told: %s', async (said, reason) => {
  const result = await evaluated(
    `${write('R')} process.stdin.once('data', () => { ${write(`E${said}`)} });`,
  );
  expect(result).toMatchObject({
    diagnostic: {
      code: 'sandbox/runner-failed',
      message: `the process that evaluates the schema ended: ${reason}`,
    },
  });
});

test.each(['evaluation-failed \u001b[2J', `evaluation-failed ${'x'.repeat(201)}`])(
  'a failure that is no plain text is no reply: %j',
  async (said) => {
    const result = await evaluated(
      `${write('R')} process.stdin.once('data', () => { ${write(`E${said}`)} });`,
    );
    expect(result).toMatchObject({ diagnostic: { code: 'sandbox/bad-reply' } });
  },
);
