import { describe, expect, test } from 'vitest';
import { evaluate } from '../../../src/sandbox/evaluate.ts';
import { encodeFrame, FrameError, FrameReader } from '../../../src/sandbox/frames.ts';
import { defaultLimits } from '../../../src/sandbox/limits.ts';
import { createRunnerPool } from '../../../src/sandbox/runner-pool.ts';

describe('frames', () => {
  test('arrive whole, however they are cut', () => {
    const bytes = Buffer.concat(['R', 'ü€😀', ''].map(encodeFrame));
    for (let size = 1; size <= bytes.length; size++) {
      const reader = new FrameReader(100);
      const frames: string[] = [];
      for (let at = 0; at < bytes.length; at += size)
        frames.push(...reader.push(bytes.subarray(at, at + size)));
      expect(frames).toEqual(['R', 'ü€😀', '']);
    }
  });

  test('that are too long or not UTF-8 are refused before they are kept', () => {
    expect(() => new FrameReader(10).push(Buffer.from([255, 255, 255, 255]))).toThrow(FrameError);
    expect(() => new FrameReader(10).push(Buffer.from([0, 0, 0, 1, 255]))).toThrow(FrameError);
  });
});

describe('a runner that misbehaves costs one diagnostic', () => {
  const frame = (text: string) =>
    `process.stdout.write(Buffer.concat([Buffer.from([0,0,0,${text.length}]),Buffer.from('${text}')]));`;
  const stay = 'setInterval(() => {}, 1000);';
  test.for([
    [
      'not a frame',
      "process.stdout.write('not json\\n');",
      'sandbox/bad-reply|sandbox/reply-too-large',
    ],
    ['another first frame', frame('A[]') + stay, 'sandbox/bad-reply'],
    ['a second ready', frame('R') + frame('R') + stay, 'sandbox/bad-reply'],
    [
      'an unknown frame',
      `${frame('R')} process.stdin.once('data', () => { ${frame('Zx')} });`,
      'sandbox/bad-reply',
    ],
    [
      'a reply that is none',
      `${frame('R')} process.stdin.once('data', () => { ${frame('Ax')} });`,
      'reply',
    ],
    [
      'a claimed code',
      `${frame('R')} process.stdin.once('data', () => { ${frame('Ememory')} });`,
      'sandbox/memory',
    ],
    ['silence', frame('R') + stay, 'sandbox/timeout'],
    ['an exit', 'process.exit(3);', 'sandbox/runner-failed'],
    [
      'an abort',
      `${frame('R')} process.stdin.once('data', () => process.abort());`,
      'sandbox/memory',
    ],
    [
      '600 MB without a line break',
      `${frame('R')} process.stdin.once('data', () => { const b = Buffer.alloc(1 << 20); (function f() { process.stdout.write(b, f); })(); });`,
      'sandbox/bad-reply|sandbox/timeout',
    ],
  ] as const)('%s', async ([, code, expected]) => {
    const pool = createRunnerPool();
    const result = await evaluate(
      {
        files: [{ path: 'a.js', content: '' }],
        entries: 1,
        packages: [],
        compileContext: '{}',
        others: { paths: [], cubes: [], depend: false },
        now: 0,
      },
      {
        limits: { ...defaultLimits, timeoutMs: 500 },
        require: [],
        launcher: () => [process.execPath, '-e', code],
      },
      pool,
    );
    pool.close();
    expect(result.kind === 'reply' ? 'reply' : result.diagnostic.code).toMatch(
      new RegExp(`^(${expected})$`),
    );
  });

  test('a program that does not exist', async () => {
    const pool = createRunnerPool();
    const result = await evaluate(
      {
        files: [],
        entries: 0,
        packages: [],
        others: { paths: [], cubes: [], depend: false },
        compileContext: '{}',
        now: 0,
      },
      { limits: defaultLimits, require: [], launcher: () => ['/nowhere/node'] },
      pool,
    );
    expect(result).toMatchObject({ kind: 'failed', diagnostic: { code: 'sandbox/runner-failed' } });
  });
});

test('a layer that is required and not there is named', async () => {
  const pool = createRunnerPool();
  const missing = { layer: 'hypervisor' as never };
  const result = await evaluate(
    {
      files: [],
      entries: 0,
      packages: [],
      others: { paths: [], cubes: [], depend: false },
      compileContext: '{}',
      now: 0,
    },
    { limits: defaultLimits, require: [missing.layer] },
    pool,
  );
  expect(result).toMatchObject({ kind: 'failed', diagnostic: { code: 'sandbox/layer-missing' } });
});

test('an aborted compile ends its runner', async () => {
  const pool = createRunnerPool();
  const controller = new AbortController();
  const running = evaluate(
    {
      files: [{ path: 'a.js', content: 'for (;;);' }],
      entries: 1,
      packages: [],
      compileContext: '{}',
      others: { paths: [], cubes: [], depend: false },
      now: 0,
    },
    { limits: defaultLimits, require: [], signal: controller.signal },
    pool,
  );
  setTimeout(() => controller.abort(new Error('enough')), 100);
  await expect(running).rejects.toThrow('enough');
  pool.close();
});
