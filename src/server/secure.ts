import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Request, Response } from 'express';
import helmet from 'helmet';

/** helmet's headers on every answer. They are always the same, so helmet is asked once. */
export function secure() {
  const request = new IncomingMessage(new Socket());
  const sample = new ServerResponse(request);
  helmet()(request, sample, () => undefined);
  const headers = new Map(Object.entries(sample.getHeaders() as Record<string, string>));
  return (_request: Request, response: Response, next: () => void): void => {
    // What a host's own application says of itself.
    response.removeHeader('x-powered-by');
    response.setHeaders(headers);
    next();
  };
}
