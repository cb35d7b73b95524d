import type { Request } from 'express';
import { BoundedCache } from '../../pipeline/bounded-cache.ts';
import { RequestError } from '../errors.ts';
import { expandQuery, type ExpandedQuery } from '../query/expand-query.ts';

/** What a request asks. */
export interface AskedQuery {
  readonly expanded: ExpandedQuery;
  /** The client takes several results: `queryType=multi`. */
  readonly isMulti: boolean;
}

const cacheBytes = 16_000_000;
/** What parsed JSON takes beside its text, at the most: a list for every two characters. */
const bytesPerCharacter = 40;

/** Reads queries of requests, and remembers what a query string said. What it gives is frozen, since requests share it. */
export class QueryReader {
  readonly #bodyBytes: number;
  readonly #known = new BoundedCache<AskedQuery>(cacheBytes);

  /** @param bodyBytes Most characters of a query. */
  constructor(bodyBytes: number) {
    this.#bodyBytes = bodyBytes;
  }

  /** The query of a request: an object in a body, or JSON text. @throws RequestError */
  read(request: Request): AskedQuery {
    if (request.method === 'POST') return this.#ask((name) => bodyParameter(request, name));
    const start = request.url.indexOf('?');
    const text = start < 0 ? '' : request.url.slice(start + 1);
    let asked = this.#known.get(text);
    if (!asked) {
      const { query } = request;
      asked = this.#ask((name) => query[name]);
      this.#known.set(text, asked, text.length * bytesPerCharacter + 1_000);
    }
    return asked;
  }

  #ask(parameter: (name: string) => unknown): AskedQuery {
    const value = parameter('query');
    if (value === undefined || value === 'undefined')
      throw new RequestError(400, 'query param is required');
    const query = typeof value === 'string' ? this.#parse(value) : value;
    freezePlainData(query);
    return { expanded: expandQuery(query), isMulti: isMulti(parameter('queryType')) };
  }

  #parse(text: string): unknown {
    if (text.length > this.#bodyBytes) throw new RequestError(413, 'the query is too large');
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw new RequestError(400, 'the query is not valid JSON');
    }
  }
}

/** Clients of several results say so; nothing else is known. */
function isMulti(queryType: unknown): boolean {
  if (queryType === 'multi') return true;
  if (queryType === undefined || queryType === null || queryType === '') return false;
  throw new RequestError(400, "queryType is 'multi', or is left out");
}

function bodyParameter({ body }: { body: unknown }, name: string): unknown {
  const isObject = typeof body === 'object' && body !== null && Object.hasOwn(body, name);
  return isObject ? (body as Record<string, unknown>)[name] : undefined;
}

/** Hooks copy and merge queries: no key may become the prototype of what they make. */
function freezePlainData(query: unknown): void {
  const pending = [query];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value !== 'object' || value === null) continue;
    for (const key of ['__proto__', 'constructor', 'prototype']) {
      if (Object.hasOwn(value, key)) {
        throw new RequestError(400, `a query has no key ${key}`);
      }
    }
    Object.freeze(value);
    for (const item of Object.values(value)) pending.push(item);
  }
}
