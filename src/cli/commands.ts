import { limitHelp } from './limit-flags.ts';

type Run = (argv: readonly string[]) => Promise<number>;

interface Command {
  readonly summary: string;
  readonly usage: string;
  readonly load: () => Promise<Run>;
}

/** Each command is loaded when it is run. */
export const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  [
    'token',
    {
      summary: 'make a token for the REST API',
      usage: `cubewright token [-e 30d] [-s SECRET] [-p key=value]... [-u key=value]... [--json]

  -e, --expiry        how long it is valid: '1 day', 12h, a number of seconds, 0 for ever (default 30 days)
  -s, --secret        the secret; default CUBEJS_API_SECRET, also from .env
  -p, --payload       a claim of the token
  -u, --user-context  a claim of the security context (the claim 'u')

  cubewright token -e '1 day' -u id=42`,
      load: async () => (await import('./commands/token.ts')).token,
    },
  ],
  [
    'init',
    {
      summary: 'make a project that runs',
      usage: `cubewright init DIRECTORY

  cubewright init shop && cd shop && npm start`,
      load: async () => (await import('./commands/init.ts')).init,
    },
  ],
  [
    'dev',
    {
      summary: 'serve on this machine without tokens, and compile what changes',
      usage: 'cubewright dev [--port 4000] [LIMITS]\n\n  cubewright dev --port 4001',
      load: async () => (await import('./commands/serve.ts')).dev,
    },
  ],
  [
    'serve',
    {
      summary: 'serve, as the environment says',
      usage:
        'cubewright serve [LIMITS]\n\n  CUBEJS_DB_TYPE=postgres CUBEJS_DB_HOST=db.internal cubewright serve',
      load: async () => (await import('./commands/serve.ts')).serve,
    },
  ],
  [
    'check',
    {
      summary: 'compile a schema and print what is wrong with it',
      usage: `cubewright check [DIRECTORY] [--dialect NAME] [--format human|json|sarif] [--max-warnings N] [LIMITS]

  The dialect is that of CUBEJS_DB_TYPE, also from .env, or postgres. --json is --format json.
  Ends with 1 on errors, and on more warnings than --max-warnings allows.

  cubewright check schema --format sarif > check.sarif`,
      load: async () => (await import('./commands/check.ts')).check,
    },
  ],
  [
    'sql',
    {
      summary: 'print the SQL of a query',
      usage: `cubewright sql QUERY.json [--schema schema] [--context '{"id": 42}'] [--dialect postgres] [--missing-context deny] [--barrier] [--json] [LIMITS]

  cubewright sql query.json --context '{"id": 42}' --dialect mysql`,
      load: async () => (await import('./commands/sql.ts')).sql,
    },
  ],
  [
    'meta',
    {
      summary: 'print what a schema offers',
      usage: 'cubewright meta [DIRECTORY] [--json] [LIMITS]\n\n  cubewright meta schema --json',
      load: async () => (await import('./commands/check.ts')).meta,
    },
  ],
]);

export function help(name: string | undefined): string {
  if (name === 'limits') return `${limitHelp()}\n`;
  const command = name === undefined ? undefined : commands.get(name);
  if (command) {
    const more = command.usage.includes('[LIMITS]') ? '\n\ncubewright help limits lists them.' : '';
    return `${command.summary}\n\nusage: ${command.usage}${more}\n`;
  }
  const width = Math.max(...[...commands.keys()].map((key) => key.length));
  const lines = [...commands].map(([key, item]) => `  ${key.padEnd(width)}  ${item.summary}`);
  return `usage: cubewright COMMAND\n\n${lines.join('\n')}\n\ncubewright help COMMAND tells more.\n`;
}
