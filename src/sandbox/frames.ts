/** Frames between host and runner: a length of 4 bytes (big-endian) and that much UTF-8 text. */
export function encodeFrame(text: string): Buffer {
  const bytes = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(bytes + 4);
  frame.writeUInt32BE(bytes, 0);
  frame.write(text, 4, 'utf8');
  return frame;
}

export class FrameError extends Error {
  override readonly name = 'FrameError';
  readonly kind: 'too-long' | 'not-utf8';

  constructor(kind: 'too-long' | 'not-utf8') {
    super(`a frame is ${kind}`);
    this.kind = kind;
  }
}

/** Reads frames from chunks of bytes. A length above the limit is refused before it is buffered. */
export class FrameReader {
  readonly #mostBytes: number;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #wanted: number | null = null;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** The frames that a chunk completes. @throws FrameError */
  push(chunk: Buffer): string[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    const frames: string[] = [];
    for (;;) {
      if (this.#wanted === null) {
        if (this.#bytes < 4) return frames;
        this.#wanted = this.#take(4).readUInt32BE(0);
        if (this.#wanted > this.#mostBytes) throw new FrameError('too-long');
      }
      if (this.#bytes < this.#wanted) return frames;
      frames.push(decode(this.#take(this.#wanted)));
      this.#wanted = null;
    }
  }

  #take(length: number): Buffer {
    const all = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
    const rest = all.subarray(length);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#bytes = rest.length;
    return all.subarray(0, length);
  }
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FrameError('not-utf8');
  }
}
