/** A fault of this package, never of its input. */
export class InternalError extends Error {
  override readonly name = 'InternalError';
  readonly code = 'internal/bug';
}

/** Throws an {@link InternalError} when a condition that this package guarantees does not hold. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InternalError(message);
}

/** Ends a `switch` over a closed union; the compiler proves that it is never reached. */
export function assertNever(value: never): never {
  throw new InternalError(`unexpected variant: ${JSON.stringify(value)}`);
}
