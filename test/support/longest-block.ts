/**
 * Runs something, and tells for how long it kept the event loop at most, in milliseconds of this thread's
 * processor time: other work on the machine does not count.
 */
export async function longestBlock<T>(
  run: () => Promise<T>,
): Promise<{ readonly result: T | Error; readonly longestMs: number; readonly totalMs: number }> {
  const used = (): number => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  const start = used();
  let last = start;
  let longestMs = 0;
  let isRunning = true;
  const tick = (): void => {
    const now = used();
    longestMs = Math.max(longestMs, now - last);
    last = now;
    if (isRunning) setImmediate(tick);
  };
  setImmediate(tick);
  const result = await run().catch((error: unknown) => error as Error);
  isRunning = false;
  tick();
  return { result, longestMs, totalMs: last - start };
}
