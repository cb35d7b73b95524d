import { readSync, writeSync } from 'node:fs';
import { encodeFrame, FrameReader } from '../frames.ts';

/** The host checks sizes before it sends; this only bounds a broken host. */
const mostBytes = 1_000_000_000;

/** Waits for one frame; null at the end of standard input. Nothing else happens in this process. */
export function receive(): string | null {
  const reader = new FrameReader(mostBytes);
  const buffer = Buffer.alloc(1 << 20);
  for (;;) {
    const length = retry(() => readSync(0, buffer));
    if (length === 0) return null;
    const [frame] = reader.push(Buffer.from(buffer.subarray(0, length)));
    if (frame !== undefined) return frame;
  }
}

export function send(text: string): void {
  const frame = encodeFrame(text);
  let written = 0;
  while (written < frame.length) {
    const from = written;
    written += retry(() => writeSync(1, frame, from));
  }
}

/** A pipe that is not ready yet says so instead of waiting. */
function retry(action: () => number): number {
  for (;;) {
    try {
      return action();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
