import {
  limitNames,
  limitSettings,
  limitsFromEnvironment,
  limitsFromText,
  type Limits,
} from '../sandbox/limits.ts';
import { CliError } from './cli-error.ts';

/** A flag for each limit of a compile. */
export const limitOptions: Readonly<Record<string, { readonly type: 'string' }>> =
  Object.fromEntries(
    limitNames.map((name) => [limitSettings[name].flag, { type: 'string' } as const]),
  );

/** Limits that the command line sets. @throws CliError */
export function limitsOfFlags(values: Readonly<Record<string, unknown>>): Partial<Limits> {
  return checked((problems) =>
    limitsFromText(({ flag }) => {
      const value = values[flag];
      return { name: `--${flag}`, text: typeof value === 'string' ? value || '0' : undefined };
    }, problems),
  );
}

/** @throws CliError */
export function limitsOfEnvironment(): Partial<Limits> {
  return checked((problems) => limitsFromEnvironment(process.env, problems));
}

function checked(read: (problems: string[]) => Partial<Limits>): Partial<Limits> {
  const problems: string[] = [];
  const limits = read(problems);
  if (problems.length > 0) throw new CliError(problems.join('\n'));
  return limits;
}

/** What `help` tells of them. */
export function limitHelp(): string {
  const width = Math.max(...limitNames.map((name) => limitSettings[name].flag.length));
  const lines = limitNames.map((name) => {
    const { flag, summary, initial, variable } = limitSettings[name];
    return `  --${flag.padEnd(width)}  ${summary} (default ${initial}; ${variable})`;
  });
  return `Limits of a compile, each a whole number:\n\n${lines.join('\n')}`;
}
