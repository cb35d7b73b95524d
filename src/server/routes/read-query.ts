import type { Request } from 'express';
import { RequestError } from '../errors.ts';

/** The query of a request: an object in a body, or JSON text. @throws RequestError */
export function readQuery(request: Request, bodyBytes: number): unknown {
  const value = readParameter(request, 'query');
  if (value === undefined || value === 'undefined')
    throw new RequestError(400, 'query param is required');
  const query = typeof value === 'string' ? parse(value, bodyBytes) : value;
  refusePrototypeKeys(query);
  return query;
}

/** A parameter of the query string, or of a body. */
export function readParameter(request: Request, name: string): unknown {
  if (request.method !== 'POST') return request.query[name];
  const body: unknown = request.body;
  const isObject = typeof body === 'object' && body !== null && Object.hasOwn(body, name);
  return isObject ? (body as Record<string, unknown>)[name] : undefined;
}

function parse(text: string, bodyBytes: number): unknown {
  if (text.length > bodyBytes) throw new RequestError(413, 'the query is too large');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new RequestError(400, 'the query is not valid JSON');
  }
}

/** Hooks copy and merge queries: no key may become the prototype of what they make. */
function refusePrototypeKeys(query: unknown): void {
  const pending = [query];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value !== 'object' || value === null) continue;
    for (const key of ['__proto__', 'constructor', 'prototype']) {
      if (Object.hasOwn(value, key)) {
        throw new RequestError(400, `a query has no key ${key}`);
      }
    }
    for (const item of Object.values(value)) pending.push(item);
  }
}
