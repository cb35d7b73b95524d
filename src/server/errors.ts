import { CompileError } from '../pipeline/compile-error.ts';
import { DriverError } from '../drivers/driver-error.ts';
import { QueryError } from '../planner/query-error.ts';
import { SecurityContextError } from '../planner/security-context-error.ts';
import { TokenRefused } from './auth/token-verifier.ts';
import { BadContext } from './auth/security-context.ts';

/** A request that is refused with a status and a text for its caller. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

export interface ErrorAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** What the audit record keeps: a code, or a text without values. */
  readonly refused: string;
  /** What the operator's log keeps beside it: what the caller is not told. Never part of `body`. */
  readonly withheld?: readonly object[];
  /** Worth an entry of the log that wakes someone. */
  readonly isFault: boolean;
}

/** What a caller is told of an error: never SQL, paths, values, or a database's own words. */
export function answerOf(error: unknown): ErrorAnswer {
  if (error instanceof TokenRefused) return refusal(403, 'Invalid token', error.reason);
  if (error instanceof BadContext) return refusal(400, error.message);
  if (error instanceof RequestError) {
    return { ...refusal(error.status, error.message), isFault: error.status === 500 };
  }
  if (error instanceof QueryError) {
    const { code, message, problems } = error;
    const codes = error.detail.map((problem) => problem.code).join(' ');
    const isAll = error.detail.every((item, index) => item.message === problems[index]!.message);
    const answer = withCode(400, { type: 'UserError', error: message, code, problems }, codes);
    return isAll ? answer : { ...answer, withheld: QueryError.logged(error) };
  }
  if (error instanceof SecurityContextError) {
    const { code, message, detail } = error;
    const answer = withCode(400, { type: 'UserError', error: message, code }, code);
    return detail === message ? answer : { ...answer, withheld: [{ code, message: detail }] };
  }
  if (error instanceof CompileError) {
    return fault(500, 'the schema does not compile', error.code);
  }
  if (error instanceof DriverError) {
    return fault(error.code === 'driver/aborted' ? 504 : 500, error.message, error.code);
  }
  // Errors of body-parser say their status; their texts can quote the body.
  const status = (error as { status?: unknown } | null)?.status;
  if (status === 413) return refusal(413, 'the request is too large');
  if (status === 400 || status === 415) {
    return refusal(status, 'the request body is not valid JSON');
  }
  return { status: 500, body: { error: 'internal error' }, refused: 'fault', isFault: true };
}

function refusal(status: number, error: string, refused = error): ErrorAnswer {
  return { status, body: { error }, refused, isFault: false };
}

function withCode(status: number, body: ErrorAnswer['body'], refused: string): ErrorAnswer {
  return { status, body, refused, isFault: false };
}

function fault(status: number, error: string, code: string): ErrorAnswer {
  return { status, body: { error, code }, refused: code, isFault: true };
}
