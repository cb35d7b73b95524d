import { DriverError } from './driver-error.ts';

/** How often an aborted query is interrupted, in milliseconds. */
const interval = 20;

export function refuseIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw aborted(signal);
}

/**
 * Settles as `work` does, or rejects as soon as `signal` aborts. Then `interrupt` is called until
 * the work has ended: an engine forgets an interrupt that comes just before it starts to execute.
 */
export async function interruptible<Result>(
  work: Promise<Result>,
  signal: AbortSignal | undefined,
  interrupt: () => void,
): Promise<Result> {
  if (!signal) return work;
  let repeat: NodeJS.Timeout | undefined;
  let onAbort = (): void => undefined;
  const abort = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      interrupt();
      repeat = setInterval(interrupt, interval);
      reject(aborted(signal));
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  const ended = (): void => {
    clearInterval(repeat);
    signal.removeEventListener('abort', onAbort);
  };
  work.then(ended, ended);
  return Promise.race([work, abort]);
}

function aborted(signal: AbortSignal): DriverError {
  return new DriverError('driver/aborted', 'the query was aborted', signal.reason);
}
