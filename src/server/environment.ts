export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable that is `true`, or `false` or empty; anything else is a problem. */
export function environmentFlag(
  name: string,
  environment: Environment,
  problems: string[],
): boolean {
  const value = environment[name];
  if (value === undefined || value === '' || value === 'false') return false;
  if (value !== 'true') problems.push(`${name} must be 'true' or 'false'`);
  return true;
}
