import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import type { AuditRecord } from './audit.ts';
import { requestIdOf } from './authenticate.ts';
import type { Metrics } from './metrics.ts';

/** Requests under way, so that closing can wait for them. */
export class RequestsUnderWay {
  #count = 0;
  readonly #waiting: (() => void)[] = [];

  enter(): void {
    this.#count++;
  }

  leave(): void {
    if (--this.#count === 0) for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Resolves when there are none, or after this time. */
  async ended(milliseconds: number): Promise<void> {
    if (this.#count === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

export interface Observers {
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly underWay: RequestsUnderWay;
  readonly isOpen: () => boolean;
  /** Paths that are told by name; others could be any number of names. */
  readonly knownPaths: ReadonlySet<string>;
}

/** Gives each request an id, and writes its one audit record when it has ended, however it has. */
export function observe({ metrics, log, underWay, isOpen, knownPaths }: Observers) {
  return (request: Request, response: Response, next: () => void): void => {
    const started = performance.now();
    const requestId = requestIdOf(request);
    const audit: AuditRecord = { who: null, refused: null, queries: [] };
    response.locals['requestId'] = requestId;
    response.locals['audit'] = audit;
    response.setHeader('x-request-id', requestId);
    const route = knownPaths.has(request.path) ? request.path : 'unknown';
    underWay.enter();
    response.once('close', () => {
      underWay.leave();
      const milliseconds = performance.now() - started;
      // 499: the client went before it had the answer.
      const status = response.writableFinished ? response.statusCode : 499;
      metrics.count(route, status, milliseconds / 1000);
      log.info(
        { requestId, method: request.method, route, status, milliseconds, ...audit },
        'request',
      );
    });
    if (isOpen()) return next();
    response.setHeader('connection', 'close');
    response.status(503).json({ error: 'the server is shutting down', requestId });
  };
}

export function auditOf(response: Response): AuditRecord {
  return response.locals['audit'] as AuditRecord;
}
