export type DriverErrorCode =
  /** The client package is not installed. */
  | 'driver/missing-package'
  /** An option of the driver is wrong. */
  | 'driver/invalid-option'
  /** The database, or a statement of `setup`, could not be opened or run. */
  | 'driver/open-failed'
  | 'driver/closed'
  | 'driver/aborted'
  /** The database's session does not keep the modes that a statement counts on. */
  | 'driver/unpinned-session'
  /** The text is not exactly one statement that reads. */
  | 'driver/refused-statement'
  /** A value that the engine cannot hold exactly, or too many or too few of them. */
  | 'driver/invalid-parameter'
  /** The database refused or failed; see `cause`. */
  | 'driver/query-failed';

/**
 * `message` is safe to show to an API user. What the database said is in `cause` alone: such text
 * can carry rows of other users, and belongs in the operator's log.
 */
export class DriverError extends Error {
  override readonly name = 'DriverError';
  readonly code: DriverErrorCode;

  constructor(code: DriverErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
