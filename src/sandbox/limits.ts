/** Limits of one compile. Each has a diagnostic of its own that names the option to raise it. */
export interface Limits {
  /** Processor time of the whole run, in milliseconds; by the clock where a system does not tell it. */
  readonly timeoutMs: number;
  /** Time of the whole run by the clock, in milliseconds, without waiting for a turn or for host functions. */
  readonly clockTimeoutMs: number;
  /** Heap of the isolate, in megabytes. */
  readonly memoryMb: number;
  /** Largest file, in bytes of UTF-8. */
  readonly fileBytes: number;
  /** All files together, in bytes of UTF-8. */
  readonly sourceBytes: number;
  /** Largest reply, in bytes of UTF-8. */
  readonly replyBytes: number;
  /** Members of all cubes together, inherited ones too; the decoder admits 20 values for each. */
  readonly members: number;
  /** Depth of nesting inside a definition. */
  readonly depth: number;
  /** Time that a compile waits for host functions, in milliseconds; both times above stand still then. */
  readonly functionTimeoutMs: number;
  /** Calls of host functions in a compile. */
  readonly functionCalls: number;
  /** Input, and answer, of one call, in UTF-16 units of JSON text. */
  readonly functionBytes: number;
}

/** Where a limit is set, besides the option of its name. */
export interface LimitSetting {
  readonly initial: number;
  /** Of the command line, without the dashes. */
  readonly flag: string;
  /** Of the environment, for the server and the command line. */
  readonly variable: string;
  readonly summary: string;
}

/** Every limit, once: its option is the key. */
export const limitSettings = {
  timeoutMs: {
    initial: 5_000,
    flag: 'timeout-ms',
    variable: 'CUBEJS_SANDBOX_TIMEOUT_MS',
    summary: 'processor time of a compile, in milliseconds',
  },
  clockTimeoutMs: {
    initial: 60_000,
    flag: 'clock-timeout-ms',
    variable: 'CUBEJS_SANDBOX_CLOCK_TIMEOUT_MS',
    summary: 'time of a compile by the clock, in milliseconds',
  },
  memoryMb: {
    initial: 128,
    flag: 'memory-mb',
    variable: 'CUBEJS_SANDBOX_MEMORY_MB',
    summary: 'heap of the isolate, in megabytes',
  },
  fileBytes: {
    initial: 1_000_000,
    flag: 'file-bytes',
    variable: 'CUBEJS_SANDBOX_FILE_BYTES',
    summary: 'the largest schema file, in bytes',
  },
  sourceBytes: {
    initial: 64_000_000,
    flag: 'source-bytes',
    variable: 'CUBEJS_SANDBOX_SOURCE_BYTES',
    summary: 'all schema files together, in bytes',
  },
  replyBytes: {
    initial: 64_000_000,
    flag: 'reply-bytes',
    variable: 'CUBEJS_SANDBOX_REPLY_BYTES',
    summary: 'what the runner may answer, in bytes',
  },
  members: {
    initial: 200_000,
    flag: 'members',
    variable: 'CUBEJS_SANDBOX_MEMBERS',
    summary: 'members of all cubes together, inherited ones too',
  },
  depth: {
    initial: 64,
    flag: 'depth',
    variable: 'CUBEJS_SANDBOX_DEPTH',
    summary: 'nesting inside a definition',
  },
  functionTimeoutMs: {
    initial: 10_000,
    flag: 'function-timeout-ms',
    variable: 'CUBEJS_SANDBOX_FUNCTION_TIMEOUT_MS',
    summary: 'time that a compile waits for host functions, in milliseconds',
  },
  functionCalls: {
    initial: 100,
    flag: 'function-calls',
    variable: 'CUBEJS_SANDBOX_FUNCTION_CALLS',
    summary: 'calls of host functions in a compile',
  },
  functionBytes: {
    initial: 1_000_000,
    flag: 'function-bytes',
    variable: 'CUBEJS_SANDBOX_FUNCTION_BYTES',
    summary: 'input, and answer, of one call of a host function',
  },
} satisfies Record<keyof Limits, LimitSetting>;

export const limitNames = Object.keys(limitSettings) as readonly (keyof Limits)[];

export const defaultLimits: Limits = limitsFrom((name) => limitSettings[name].initial) as Limits;

/** The limits for which `read` knows a value. */
export function limitsFrom(read: (name: keyof Limits) => number | undefined): Partial<Limits> {
  const limits: Partial<Record<keyof Limits, number>> = {};
  for (const name of limitNames) {
    const value = read(name);
    if (value !== undefined) limits[name] = value;
  }
  return limits;
}

/**
 * Limits as text, of flags or of an environment, by name.
 *
 * @param problems Gets what is wrong with a text.
 */
export function limitsFromText(
  textOf: (setting: LimitSetting) => { readonly name: string; readonly text: string | undefined },
  problems: string[],
): Partial<Limits> {
  return limitsFrom((limit) => {
    const { name, text } = textOf(limitSettings[limit]);
    if (text === undefined || text === '') return undefined;
    const value = /^\d{1,15}$/.test(text) ? Number(text) : 0;
    if (value > 0) return value;
    problems.push(`${name} must be a whole number above zero`);
    return undefined;
  });
}

/** Limits that the environment sets, for the server and the command line. */
export function limitsFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  problems: string[],
): Partial<Limits> {
  return limitsFromText(
    ({ variable }) => ({ name: variable, text: environment[variable] }),
    problems,
  );
}
