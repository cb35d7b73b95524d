/** Wrong options are the embedder's fault: one error that names the option and what it takes. */
export class OptionError extends TypeError {
  override readonly name = 'OptionError';
  readonly code = 'option/invalid';
}
