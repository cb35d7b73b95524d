import { CompileError } from '../../pipeline/compile-error.ts';
import { createServer } from '../../server/create-server.ts';
import type { CubewrightServer } from '../../server/create-server.ts';
import { ServerOptionError } from '../../server/settings.ts';
import { readArguments } from '../arguments.ts';
import { CliError } from '../cli-error.ts';
import { loadEnvironmentFile } from '../environment.ts';
import { limitOptions, limitsOfFlags } from '../limit-flags.ts';
import { schemaPathOf } from '../compile-project.ts';
import { refuseUnreadFiles } from '../refuse-unread.ts';
import { watchFolder } from '../watch-folder.ts';
import { warningText } from '../warning-text.ts';

const options = { ...limitOptions, port: { type: 'string' } } as const;

export async function serve(argv: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(argv, limitOptions);
  refuseOperands(positionals);
  refuseUnreadFiles();
  loadEnvironmentFile();
  const sandbox = limitsOfFlags(values);
  const server = start(() => createServer({ sandbox }));
  // What does not compile is told now, and not ready: /readyz says so until the files are mended.
  await serveChanges(server);
  await listen(server);
  return untilSignal(server);
}

/** Without tokens, and with an eye on the schema: what compiles replaces what is served. */
export async function dev(argv: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(argv, options);
  refuseOperands(positionals);
  refuseUnreadFiles();
  loadEnvironmentFile();
  const port = values.port === undefined ? undefined : Number(values.port || NaN);
  const schemaPath = schemaPathOf(undefined);
  const sandbox = limitsOfFlags(values);
  const server = start(() =>
    createServer({ devMode: true, sandbox, ...(port !== undefined && { port }) }),
  );
  await serveChanges(server);
  const watcher = watchFolder(schemaPath, () => void serveChanges(server));
  await listen(server);
  const code = await untilSignal(server);
  watcher.close();
  return code;
}

function refuseOperands([first]: readonly string[]): void {
  if (first !== undefined) throw new CliError(`the command takes no operand '${first}'`);
}

function start(make: () => CubewrightServer): CubewrightServer {
  try {
    return make();
  } catch (error) {
    if (error instanceof ServerOptionError) throw new CliError(error.message, 1);
    throw error;
  }
}

async function listen(server: CubewrightServer): Promise<void> {
  try {
    const { version, port, tlsPort } = await server.listen();
    const where =
      tlsPort === undefined ? `http://localhost:${port}` : `https://localhost:${tlsPort}`;
    process.stdout.write(`Cubewright ${version} is listening on ${where}\n`);
  } catch (error) {
    await server.close();
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CliError(code === 'EADDRINUSE' ? 'the port is taken by another program' : message, 1);
  }
}

/** What does not compile is told, and what was served before is served on. */
async function serveChanges(server: CubewrightServer): Promise<void> {
  try {
    const warnings = await server.reload();
    for (const warning of warnings) process.stderr.write(`${warningText(warning)}\n`);
    process.stdout.write('the schema compiles\n');
  } catch (error) {
    process.stderr.write(`${error instanceof CompileError ? error.message : String(error)}\n`);
  }
}

function untilSignal(server: CubewrightServer): Promise<number> {
  return new Promise((resolve) => {
    const end = (): void => void server.close().then(() => resolve(0));
    process.once('SIGTERM', end);
    process.once('SIGINT', end);
  });
}
