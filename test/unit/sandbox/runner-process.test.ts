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
    ['silence', frame('R') + stay, 'sandbox/clock-timeout'],
    ['an exit', 'process.exit(3);', 'sandbox/runner-failed'],
    [
      'an abort',
      `${frame('R')} process.stdin.once('data', () => process.abort());`,
      'sandbox/memory',
    ],
    [
      '600 MB without a line break',
      `${frame('R')} process.stdin.once('data', () => { const b = Buffer.alloc(1 << 20); (function f() { process.stdout.write(b, f); })(); });`,
      'sandbox/bad-reply|sandbox/clock-timeout',
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
        limits: { ...defaultLimits, clockTimeoutMs: 500 },
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

describe('time', () => {
  const loop = 'const until = 4e9; for (let i = 0; i < until; i++);';
  const run = async (code: string, limits: Partial<typeof defaultLimits>, functions = {}) => {
    const pool = createRunnerPool();
    const result = await evaluate(
      {
        files: [{ path: 'a.js', content: code }],
        entries: 1,
        packages: [],
        compileContext: '{}',
        others: { paths: [], cubes: [], depend: false },
        now: 0,
      },
      {
        limits: { ...defaultLimits, ...limits },
        require: [],
        functions: new Map(Object.entries(functions)),
      },
      pool,
    );
    pool.close();
    return result.kind === 'reply' ? 'reply' : result.diagnostic;
  };

  test.runIf(process.platform === 'linux')(
    'of a processor decides, and names the file that used it',
    async () => {
      expect(await run(loop, { timeoutMs: 300 })).toMatchObject({
        code: 'sandbox/timeout',
        message: expect.stringContaining('300 ms of processor time') as string,
        span: { file: 'a.js' },
        help: expect.stringContaining('sandbox.timeoutMs') as string,
      });
    },
  );

  test('by the clock is a second limit', async () => {
    expect(await run(loop, { timeoutMs: 60_000, clockTimeoutMs: 300 })).toMatchObject({
      code: 'sandbox/clock-timeout',
      help: expect.stringContaining('sandbox.clockTimeoutMs') as string,
    });
  });

  // Others use the processor meanwhile: waiting for a host function stands for that.
  test.runIf(process.platform === 'linux')('that others use does not count', async () => {
    const code = 'asyncModule(async () => { await late({}); });';
    const late = () => new Promise((resolve) => setTimeout(resolve, 900, {}));
    expect(await run(code, { timeoutMs: 800 }, { late })).toBe('reply');
  });
});
