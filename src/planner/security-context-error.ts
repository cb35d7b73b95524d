/** A security context that cannot be applied. Names the claim, never its value. */
export class SecurityContextError extends Error {
  override readonly name = 'SecurityContextError';
  /** Stable, `context/` and a name. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
