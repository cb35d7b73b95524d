import { allNames, noNames, type Told, type VisibleNames } from '../core/told.ts';

/** A security context that cannot be applied. Names the claim, never its value, and what the user may see. */
export class SecurityContextError extends Error {
  override readonly name = 'SecurityContextError';
  /** Stable, `context/` and a name. */
  readonly code: string;
  readonly #told: Told;

  /** @param names What the user may see; nothing, until it is said. */
  constructor(code: string, told: Told, names: VisibleNames = noNames) {
    super(told.text(names));
    this.code = code;
    this.#told = told;
  }

  /** The message with every name, for the operator. Never for a user; no own property, so that no serializer writes it. */
  get detail(): string {
    return this.#told.text(allNames);
  }

  /** The error for a user who sees these names. */
  static seenBy(error: SecurityContextError, names: VisibleNames): SecurityContextError {
    return new SecurityContextError(error.code, error.#told, names);
  }
}
