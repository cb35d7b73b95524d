import { readFileSync, writeFileSync } from 'node:fs';

const pageBytes = 4096;

/** Resident memory of a process and what it started, in bytes; 0 where /proc does not tell. */
export function residentBytes(pid: number): number {
  return processTree(pid).reduce((total, item) => total + residentOf(item), 0);
}

function processTree(pid: number, depth = 0): number[] {
  if (depth > 4) return [pid];
  const children = read(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean);
  return [pid, ...children.flatMap((child) => processTree(Number(child), depth + 1))];
}

function residentOf(pid: number): number {
  const pages = Number(read(`/proc/${pid}/statm`).split(' ')[1]);
  return Number.isFinite(pages) ? pages * pageBytes : 0;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** When memory runs out the kernel ends this process before any other. */
export function offerToOomKiller(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, '1000');
  } catch {
    // Not Linux, or gone already.
  }
}

/** Ends a process and everything in its group; nothing can refuse that. */
export function killGroup(pid: number): void {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, 'SIGKILL');
    } catch {
      // Gone already.
    }
  }
}
