/** A command that cannot be carried out; the message is all that is printed. */
export class CliError extends Error {
  override readonly name = 'CliError';
  /** 1: what was asked for failed. 2: the command line is wrong. */
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 2) {
    super(message);
    this.exitCode = exitCode;
  }
}
