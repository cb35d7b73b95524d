import { randomBytes } from 'node:crypto';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { readArguments } from '../arguments.ts';
import { CliError } from '../cli-error.ts';
import { readVersion } from '../version.ts';

/** A directory with a schema, data, a secret and a start command. Nothing that is there is overwritten. */
export async function init(argv: readonly string[]): Promise<number> {
  const { positionals } = readArguments(argv, {});
  const [directory, ...others] = positionals;
  if (directory === undefined || others.length > 0) throw new CliError('init takes one directory');
  await makeFolder(directory);
  const name = path
    .basename(path.resolve(directory))
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-');
  const write = (file: string, text: string, mode = 0o644): void =>
    writeFileSync(path.join(directory, file), text, { mode, flag: 'wx' });
  write('package.json', packageText(name));
  write('.gitignore', 'node_modules/\n.env\n');
  write('.env', environmentText(), 0o600);
  write('schema/Orders.js', schemaText);
  write(
    'query.json',
    '{ "measures": ["Orders.count", "Orders.revenue"], "dimensions": ["Orders.status"] }\n',
  );
  process.stdout.write(`${directory} is ready:\n\n  cd ${directory} && npm start\n`);
  return 0;
}

/** A file system that does not answer holds the process that asks for ever: that is another one. */
const makeFolderScript = `
  const { mkdirSync, readdirSync, existsSync, writeSync } = require('node:fs');
  writeSync(1, 'started ');
  const [directory, schema] = process.argv.slice(1);
  const isFull = existsSync(directory) && readdirSync(directory).length > 0;
  if (!isFull) mkdirSync(schema, { recursive: true });
  process.stdout.write(isFull ? 'full' : 'made');`;
/** From when the other process runs, since a busy machine may start it late; and at the most. */
const deadlineMs = 10_000;
const startMs = 60_000;

async function makeFolder(directory: string): Promise<void> {
  const schema = path.join(directory, 'schema');
  const answer = await new Promise<string>((resolve, reject) => {
    const maker = execFile(
      process.execPath,
      ['--eval', makeFolderScript, '--', directory, schema],
      { env: {} },
      (error, stdout, stderr) => {
        clearTimeout(timer);
        const code = /\bE[A-Z]+\b(?=:)/.exec(stderr)?.[0] ?? 'unknown reason';
        if (error) reject(new CliError(`${directory} cannot be made: ${code}`, 1));
        else resolve(stdout);
      },
    );
    const giveUp = (): void => {
      // What hangs in the kernel cannot be ended: nobody waits for it.
      maker.kill('SIGKILL');
      maker.unref();
      maker.stdout?.destroy();
      maker.stderr?.destroy();
      reject(new CliError(`${directory} cannot be made: the file system does not answer`, 1));
    };
    let timer = setTimeout(giveUp, startMs);
    maker.stdout?.once('data', () => {
      clearTimeout(timer);
      timer = setTimeout(giveUp, deadlineMs);
    });
  });
  if (answer.endsWith('full'))
    throw new CliError(`${directory} is not empty; init overwrites nothing`, 1);
}

function packageText(name: string): string {
  const content = {
    name,
    private: true,
    type: 'module',
    scripts: {
      // Without an install: npx takes the package that ran init.
      start: 'npx --yes cubewright dev',
      serve: 'cubewright serve',
      check: 'cubewright check',
      token: 'cubewright token -u id=42',
    },
    dependencies: { cubewright: `^${readVersion()}` },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function environmentText(): string {
  return `# Signs the tokens of the API: keep it to yourself.
CUBEJS_API_SECRET=${randomBytes(48).toString('hex')}
# A filter whose claim is absent matches nothing.
CUBEJS_MISSING_CONTEXT=deny
CUBEJS_DB_TYPE=duckdb
`;
}

const schemaText = `// Sample data, so that there is something to ask. Put your own table in its place.
const rows = [
  "(1, 42, 'new', 100)",
  "(2, 42, 'shipped', 40)",
  "(3, 7, 'new', 60)",
];

cube(\`Orders\`, {
  sql: \`SELECT * FROM (VALUES \${rows.join(', ')}) AS t (id, user_id, status, amount) WHERE \${USER_CONTEXT.id.filter('user_id')}\`,

  measures: {
    count: { type: \`count\` },
    revenue: { type: \`sum\`, sql: \`amount\` },
  },

  dimensions: {
    id: { type: \`number\`, sql: \`id\`, primaryKey: true },
    status: { type: \`string\`, sql: \`status\` },
  },
});
`;
