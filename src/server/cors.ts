import type { Request, Response } from 'express';

/** No origin but the ones that are named. */
export function cors(allowed: readonly string[]) {
  const origins = new Set(allowed);
  return (request: Request, response: Response, next: () => void): void => {
    const origin = request.header('origin');
    if (origin === undefined || !origins.has(origin)) return next();
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('vary', 'origin');
    if (request.method !== 'OPTIONS') return next();
    response.setHeader('access-control-allow-methods', 'GET, POST');
    response.setHeader('access-control-allow-headers', 'authorization, content-type, x-request-id');
    response.setHeader('access-control-max-age', '600');
    response.status(204).end();
  };
}
