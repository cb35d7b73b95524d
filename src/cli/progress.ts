/** Shown after this time, in milliseconds: what is quick needs no line. */
const delay = 300;

/** Where a line may be shown and taken away again. */
export type ProgressStream = Pick<NodeJS.WriteStream, 'isTTY' | 'write'>;

/** Says what is being done, and for how long, on a line of a terminal that is gone when it is done. */
export async function withProgress<Result>(
  text: string,
  work: Promise<Result>,
  stream: ProgressStream = process.stderr,
): Promise<Result> {
  if (!stream.isTTY) return work;
  const started = performance.now();
  let isShown = false;
  const timer = setInterval(() => {
    isShown = true;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    stream.write(`\r${text} ... ${seconds} s`);
  }, delay);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    if (isShown) stream.write('\r\x1b[2K');
  }
}
