export type ArtifactErrorCode =
  /** Not an artifact, or cut off. */
  | 'artifact/not-an-artifact'
  /** Bytes have changed since it was made. */
  | 'artifact/damaged'
  /** Made by a version of the package that writes another format. */
  | 'artifact/other-version'
  /** Signed with another key, or its signature has changed. */
  | 'artifact/wrong-key'
  /** Without a signature, and not expressly trusted. */
  | 'artifact/not-signed'
  /** What it holds is no valid schema. */
  | 'artifact/invalid'
  /** It holds members that schema code computes for each query, which are refused. */
  | 'artifact/dynamic'
  /** A schema of an artifact has no files that could change. */
  | 'artifact/no-files';

/** An artifact that is refused. `message` says what is wrong with it, and where. */
export class ArtifactError extends Error {
  override readonly name = 'ArtifactError';
  readonly code: ArtifactErrorCode;

  constructor(code: ArtifactErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
