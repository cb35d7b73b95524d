import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

const intervalMs = 250;

/**
 * Calls `onChange` when a file of a folder, or the folder itself, has become another. It looks at all of them
 * from time to time: notices of the file system are lost when files or folders are renamed over others.
 */
export function watchFolder(folder: string, onChange: () => void): { close(): void } {
  let timer: NodeJS.Timeout | undefined;
  let known: string | undefined;
  let isClosed = false;
  const look = async (): Promise<void> => {
    const state = await stateOf(folder);
    if (known !== undefined && state !== known && !isClosed) onChange();
    known = state;
    if (!isClosed) timer = setTimeout(() => void look(), intervalMs);
  };
  void look();
  return {
    close: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

/** Names, and what tells that a file is another or was written: `''` for what is not there. */
async function stateOf(place: string): Promise<string> {
  try {
    const own = await stat(place, { bigint: true });
    if (!own.isDirectory()) return `${own.ino} ${own.size} ${own.mtimeNs} ${own.ctimeNs}`;
    const names = (await readdir(place)).filter((name) => name !== 'node_modules').sort();
    const states: string[] = [];
    for (const name of names) states.push(`${name}: ${await stateOf(path.join(place, name))}`);
    return `{${states.join('\n')}}`;
  } catch {
    return '';
  }
}
