/** A hook of the embedder that threw, or took too long. Costs its own request alone. */
export class HookError extends Error {
  override readonly name = 'HookError';
}

/** @throws HookError that says what a hook must answer, and what it has answered, without values. */
export function refuseAnswer(hook: string, wanted: string, answer: unknown): never {
  throw new HookError(`the hook ${hook} must return ${wanted}, not ${shown(answer)}`);
}

const mostKeys = 10;

function shown(answer: unknown): string {
  if (answer === null || answer === undefined) return String(answer);
  if (Array.isArray(answer)) return 'a list';
  if (typeof answer !== 'object') return `a ${typeof answer}`;
  const keys = Object.keys(answer).slice(0, mostKeys);
  return keys.length === 0 ? 'an object without keys' : `an object with ${keys.join(', ')}`;
}

/** Runs a hook; one that hangs or throws becomes a {@link HookError} that names it. */
export async function withTimeout<Result>(
  name: string,
  milliseconds: number,
  hook: () => Result | Promise<Result>,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const give = () =>
      reject(new HookError(`the hook ${name} took longer than ${milliseconds} ms`));
    timer = setTimeout(give, milliseconds);
  });
  try {
    return await Promise.race([Promise.resolve().then(hook), late]);
  } finally {
    clearTimeout(timer);
  }
}
