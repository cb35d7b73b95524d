import { readFileSync, writeFileSync } from 'node:fs';

const pageBytes = 4096;

/** Resident memory of a process and what it started, in bytes; 0 where /proc does not tell. */
export function residentBytes(pid: number): number {
  return processTree(pid).reduce((total, item) => total + residentOf(item), 0);
}

const millisecondsPerTick = 10;

/**
 * Processor time of a process and what it started, all threads, in milliseconds; null where /proc does
 * not tell. The kernel counts in ticks of 10 ms.
 */
export function processorMs(pid: number): number | null {
  let ticks: number | null = null;
  for (const item of processTree(pid)) {
    const text = read(`/proc/${item}/stat`);
    // The name of a process may hold blanks and brackets; what follows it does not.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const used = [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0);
    if (Number.isFinite(used)) ticks = (ticks ?? 0) + used;
  }
  return ticks === null ? null : ticks * millisecondsPerTick;
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
