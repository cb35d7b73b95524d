/** A hook of the embedder that threw, or took too long. Costs its own request alone. */
export class HookError extends Error {
  override readonly name = 'HookError';
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
