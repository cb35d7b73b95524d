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
  /** Worth an entry of the log that wakes someone. */
  readonly isFault: boolean;
}

/** What a caller is told of an error: never SQL, paths, values, or a database's own words. */
export function answerOf(error: unknown): ErrorAnswer {
  if (error instanceof TokenRefused) return answer(403, 'Invalid token');
  if (error instanceof BadContext) return answer(400, error.message);
  if (error instanceof RequestError) return answer(error.status, error.message);
  if (error instanceof QueryError) {
    const { code, problems } = error;
    return {
      status: 400,
      body: { type: 'UserError', error: error.message, code, problems },
      isFault: false,
    };
  }
  if (error instanceof SecurityContextError) {
    return {
      status: 400,
      body: { type: 'UserError', error: error.message, code: error.code },
      isFault: false,
    };
  }
  if (error instanceof CompileError) {
    return {
      status: 500,
      body: { error: 'the schema does not compile', code: error.code },
      isFault: true,
    };
  }
  if (error instanceof DriverError) {
    const status = error.code === 'driver/aborted' ? 504 : 500;
    return { status, body: { error: error.message, code: error.code }, isFault: true };
  }
  // Errors of body-parser say their status; their texts can quote the body.
  const status = (error as { status?: unknown } | null)?.status;
  if (status === 413) return answer(413, 'the request is too large');
  if (status === 400) return answer(400, 'the request body is not valid JSON');
  return { status: 500, body: { error: 'internal error' }, isFault: true };
}

function answer(status: number, error: string): ErrorAnswer {
  return { status, body: { error }, isFault: false };
}
