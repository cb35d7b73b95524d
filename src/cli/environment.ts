import { existsSync } from 'node:fs';

/** `.env` of the current directory; what the environment has already is kept. */
export function loadEnvironmentFile(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}
