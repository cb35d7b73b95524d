/** Limits of one compile. Each has a diagnostic of its own that names the option to raise it. */
export interface Limits {
  /** Wall-clock time of the whole run, in milliseconds. */
  readonly timeoutMs: number;
  /** Heap of the isolate, in megabytes. */
  readonly memoryMb: number;
  /** Largest file, in bytes of UTF-8. */
  readonly fileBytes: number;
  /** All files together, in bytes of UTF-8. */
  readonly sourceBytes: number;
  /** Largest reply, in bytes of UTF-8. */
  readonly replyBytes: number;
  /** Members of all cubes together; the decoder admits 20 values for each. */
  readonly members: number;
  /** Depth of nesting inside a definition. */
  readonly depth: number;
  /** Time that a compile waits for host functions, in milliseconds; `timeoutMs` stands still then. */
  readonly functionTimeoutMs: number;
  /** Calls of host functions in a compile. */
  readonly functionCalls: number;
  /** Input, and answer, of one call, in UTF-16 units of JSON text. */
  readonly functionBytes: number;
}

export const defaultLimits: Limits = {
  timeoutMs: 5_000,
  memoryMb: 128,
  fileBytes: 1_000_000,
  sourceBytes: 64_000_000,
  replyBytes: 64_000_000,
  members: 200_000,
  depth: 64,
  functionTimeoutMs: 10_000,
  functionCalls: 100,
  functionBytes: 1_000_000,
};
