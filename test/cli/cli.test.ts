import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const bin = path.resolve(import.meta.dirname, '../../src/cli/bin.ts');
let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'cubewright-cli-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

function run(...values: string[]): Promise<Ended> {
  return runIn(directory, ...values);
}

function runIn(cwd: string, ...values: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'] };
    execFile(process.execPath, [bin, ...values], { cwd, env }, (failure, out, error) =>
      resolve({ code: failure ? Number(failure.code) : 0, out, error }),
    );
  });
}

describe('token', () => {
  const secret = 'a secret for tests';
  const claims = async (out: string) => {
    const token = /^Token: (.*)$/m.exec(out)![1]!;
    return (await jwtVerify(token, new TextEncoder().encode(secret))).payload;
  };

  test.for([
    [[], 30 * 86_400],
    [['-e', '1 day'], 86_400],
    [['-e', '12h'], 43_200],
    [['-e', '3600'], 3_600],
    [['-e', '90s'], 90],
    [['-e', '0'], undefined],
  ] as const)('%o is valid for %s seconds', async ([values, seconds]) => {
    const { code, out } = await run('token', '-s', secret, ...values);
    expect(code).toBe(0);
    const { exp, iat } = await claims(out);
    expect(exp === undefined ? undefined : exp - iat!).toBe(seconds);
  });

  test('claims go where they are told to', async () => {
    const { out } = await run('token', '-s', secret, '-p', 'FOO=BAR', '-p', 'a=b=c', '-u', 'id=42');
    expect(await claims(out)).toMatchObject({ FOO: 'BAR', a: 'b=c', u: { id: '42' } });
    expect(await claims((await run('token', '-s', secret)).out)).not.toHaveProperty('u');
  });

  test('scripts are given JSON', async () => {
    const { out } = await run('token', '-s', secret, '-e', '1h', '-u', 'id=42', '--json');
    const printed = JSON.parse(out) as { token: string };
    expect(printed).toMatchObject({ payload: { u: { id: '42' } }, expiresIn: 3600 });
    expect(await claims(`Token: ${printed.token}`)).toMatchObject({ u: { id: '42' } });
  });

  test('the secret comes from .env; without one the exit code is 1', async () => {
    expect(await run('token')).toMatchObject({
      code: 1,
      error: expect.stringContaining('No app secret found') as string,
    });
    writeFileSync(path.join(directory, '.env'), `CUBEJS_API_SECRET='${secret}'\n`);
    expect(await claims((await run('token')).out)).toHaveProperty('exp');
    rmSync(path.join(directory, '.env'));
  });

  test('nonsense is told what would be right', async () => {
    expect(await run('token', '-s', secret, '-e', 'soon')).toMatchObject({
      code: 2,
      error: expect.stringContaining("'1 day'") as string,
    });
    expect((await run('token', '-s', secret, '-p', 'x')).code).toBe(2);
    expect((await run('token', '--nope')).code).toBe(2);
  });
});

test('init makes a project that compiles, and overwrites nothing', async () => {
  expect((await run('init', 'shop')).code).toBe(0);
  expect(statSync(path.join(directory, 'shop/.env')).mode & 0o077).toBe(0);
  const ok = 'ok: 1 cubes, 0 without a row filter\n';
  // In the project the environment denies absent claims; elsewhere they open the filter.
  expect(await runIn(path.join(directory, 'shop'), 'check')).toMatchObject({ code: 0, out: ok });
  const { code, out: printed } = await run('check', 'shop/schema');
  expect(code).toBe(0);
  expect(printed.split('\n')).toEqual([
    expect.stringMatching(/^warning model\/open-filter Orders.js:9:\d+ this filter lets/) as string,
    expect.stringContaining("  help: write requiredFilter, or compile with missingContext: 'deny'"),
    ok.trim(),
    '',
  ]);
  expect((await run('meta', 'shop/schema')).out).toBe(
    [
      'Orders  Orders',
      '  measure    Orders.count  count',
      '  measure    Orders.revenue  sum',
      '  dimension  Orders.status  string',
      '',
    ].join('\n'),
  );
  const metadata = JSON.parse((await run('meta', 'shop/schema', '--json')).out) as object;
  expect(metadata).toMatchObject({ cubes: [{ name: 'Orders', title: 'Orders' }] });
  const { out } = await run(
    'sql',
    'shop/query.json',
    '--schema',
    'shop/schema',
    '--context',
    '{"id": 42}',
    '--dialect',
    'duckdb',
  );
  expect(out).toContain('user_id = $1');
  expect(out).toContain('-- params: [42,"42"]');
  writeFileSync(path.join(directory, 'bad.json'), '{ "measures": ["Orders.cuont"] }');
  const bad = await run('sql', 'bad.json', '--schema', 'shop/schema', '--json');
  expect(bad.code).toBe(1);
  expect(JSON.parse(bad.out)).toMatchObject({ error: { code: 'query/unknown-member' } });
  expect(await run('init', 'shop')).toMatchObject({
    code: 1,
    error: expect.stringContaining('overwrites nothing') as string,
  });
});

test('check prints code frames, or JSON, and says so by its exit code', async () => {
  writeFileSync(path.join(directory, 'Bad.js'), 'cube(`A`, { sql: `SELECT 1`, mesures: {} });');
  const human = await run('check', directory);
  expect(human.code).toBe(1);
  expect(human.error).toContain('Bad.js:1:30');
  expect(human.error).toContain("did you mean 'measures'?");
  const machine = await run('check', directory, '--json');
  expect(JSON.parse(machine.out)).toMatchObject({
    ok: false,
    diagnostics: [{ code: 'model/unknown-key', line: 1 }],
  });
});

interface Tool {
  readonly driver: { readonly rules: readonly { readonly id: string }[] };
}

test('check writes SARIF for code review tools', async () => {
  writeFileSync(path.join(directory, 'Bad.js'), 'cube(`A`, { sql: `SELECT 1`, mesures: {} });');
  writeFileSync(path.join(directory, 'Twice.js'), 'cube(`A`, { sql: `SELECT 2` });');
  const { code, out } = await run('check', '.', '--format', 'sarif');
  expect(code).toBe(1);
  const log = JSON.parse(out) as { version: string; runs: [{ results: object[] }] };
  expect(log).toMatchObject({
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'cubewright', rules: [{ id: 'model/duplicate-cube' }, {}] } },
        columnKind: 'utf16CodeUnits',
      },
    ],
  });
  const [{ results, tool }] = log.runs as [{ results: { ruleId: string }[]; tool: Tool }];
  expect(tool.driver.rules.map((rule) => rule.id)).toEqual(
    [...new Set(results.map((result) => result.ruleId))].sort(),
  );
  expect(tool.driver.rules[0]).toMatchObject({
    help: { text: 'Two cubes or views have one name.' },
    defaultConfiguration: { level: 'error' },
  });
  expect(log.runs[0].results).toContainEqual(
    expect.objectContaining({
      ruleId: 'model/duplicate-cube',
      ruleIndex: 0,
      level: 'error',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'Twice.js' },
            region: { startLine: 1, startColumn: 6, endLine: 1, endColumn: 9 },
          },
        },
      ],
      relatedLocations: [
        {
          id: 0,
          message: { text: 'the first one is here' },
          physicalLocation: {
            artifactLocation: { uri: 'Bad.js' },
            region: { startLine: 1, startColumn: 6 },
          },
        },
      ],
    }),
  );
  rmSync(path.join(directory, 'Twice.js'));
});

test('check can refuse warnings', async () => {
  const text = "cube('W', { sql: `SELECT 1 /* ${SECURITY_CONTEXT.id.filter('id')} */` });";
  mkdirSync(path.join(directory, 'warned'));
  writeFileSync(path.join(directory, 'warned/W.js'), text);
  expect((await run('check', 'warned', '--max-warnings', '1')).code).toBe(0);
  const refused = await run('check', 'warned', '--max-warnings', '0');
  expect(refused).toMatchObject({ code: 1, error: '1 warnings, and 0 are allowed\n' });
});

test.for([
  ['--format', 'xml'],
  ['--max-warnings', 'few'],
])('check refuses the arguments %s %s', async (values) => {
  expect((await run('check', directory, ...values)).code).toBe(2);
});

test('help is there for every command', async () => {
  expect((await run()).out).toContain('cubewright COMMAND');
  for (const name of ['token', 'init', 'dev', 'serve', 'check', 'sql', 'meta']) {
    const { out } = await run('help', name);
    expect(out).toContain(`usage: cubewright ${name}`);
    // An example below the usage.
    expect(
      out.split('\n').filter((line) => /^ {2}.*cubewright /.test(line)).length,
    ).toBeGreaterThan(0);
  }
  expect((await run('nope')).code).toBe(2);
});
