import { readFileSync } from 'node:fs';

/** What docs/errors.md, which comes with the package, says of each code. */
export function readErrorHelp(): ReadonlyMap<string, string> {
  const text = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
  const rows = text.matchAll(/^\| `([^`]+)` +\| (.*?) +\|$/gm);
  return new Map(Array.from(rows, ([, code, meaning]) => [code!, meaning!]));
}
