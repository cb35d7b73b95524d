import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** The command line's program, to be run by this Node. */
export const bin = path.resolve(import.meta.dirname, '../../src/cli/bin.ts');

export interface ServeCommand {
  readonly url: string;
  /** Waits until the program has printed this; gives the first group. */
  until(pattern: RegExp): Promise<string>;
  /** Ends the program as an operator does, and gives its exit code. */
  stop(): Promise<number>;
}

/** Runs `serve` or `dev` in a project's folder until it listens. */
export async function startCommand(
  command: 'serve' | 'dev',
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<ServeCommand> {
  const child: ChildProcess = spawn(process.execPath, [bin, command], { cwd, env });
  let text = '';
  child.stdout!.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const until = async (pattern: RegExp): Promise<string> => {
    const deadline = Date.now() + 20_000;
    for (;;) {
      const match = pattern.exec(text);
      if (match) return match[1] ?? '';
      if (Date.now() > deadline) throw new Error(`${command} never printed ${pattern}:\n${text}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const url = await until(/listening on (http:\S+)/);
  const stop = async () => {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    return (await ended)[0] as number;
  };
  return { url, until, stop };
}
