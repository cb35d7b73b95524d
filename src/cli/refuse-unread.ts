import { existsSync, readdirSync } from 'node:fs';
import { CliError } from './cli-error.ts';

const configurations = ['cube.js', 'cube.ts', 'cube.mjs', 'cube.cjs', 'cube.py'];
const examples = /\.(example|sample|template|dist)$/;

/**
 * Refuses to serve beside a configuration that is not read: the row filters that it has would be missing.
 * Tells of environment files that are not read.
 *
 * @throws CliError
 */
export function refuseUnreadFiles(): void {
  const found = configurations.filter((name) => existsSync(name));
  if (found.length > 0) {
    throw new CliError(
      `${found.join(', ')} is not read here, and what it does (queryRewrite, checkAuth, contextToAppId and the like) would be missing: ` +
        `pass those options to createServer of cubewright/server in a program of your own and start that with node, or move the file away`,
      1,
    );
  }
  for (const name of readdirSync('.')) {
    if (name.startsWith('.env.') && !examples.test(name))
      process.stderr.write(
        `${name} is not read; what the environment lacks comes from .env alone\n`,
      );
  }
}
