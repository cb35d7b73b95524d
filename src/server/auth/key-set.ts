import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';

/** Largest key set, in bytes: an endless answer must not fill the memory. */
const mostBytes = 1_000_000;

/**
 * Public keys from a fixed URL, fetched when a token names an unknown key (not more often than `cooldownMs`) and
 * kept for 10 minutes.
 *
 * @param url `https:`, or `http:` on a loopback address.
 */
export function remoteKeySet(url: string, cooldownMs: number): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(url), {
    cacheMaxAge: 600_000,
    cooldownDuration: cooldownMs,
    timeoutDuration: 5_000,
    [customFetch]: fetchBounded,
  });
}

/** Whether keys may be fetched from there: nobody between may replace them. */
export function isTrustworthyUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  if (protocol === 'https:') return true;
  return protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

async function fetchBounded(url: string, options: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...options, redirect: 'error' });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += (chunk as Uint8Array).byteLength;
    if (bytes > mostBytes) throw new Error('the key set is too large');
    chunks.push(chunk as Uint8Array);
  }
  return new Response(Buffer.concat(chunks), {
    status: response.status,
    headers: response.headers,
  });
}
