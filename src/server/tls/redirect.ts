import { X509Certificate } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';

/** Whether a redirect may lead to a host. */
export type HostCheck = (host: string, localAddress: string | undefined) => boolean;

/**
 * Sends a plain HTTP request to the same host's TLS port with 308, which keeps method and body. A
 * request whose Host header is missing, or names a host that is not this server, gets 400.
 */
export function redirectToTls(
  request: IncomingMessage,
  response: ServerResponse,
  tlsPort: number,
  isOwnHost: HostCheck,
): void {
  const host = hostOf(request.headers.host);
  const path = request.url ?? '/';
  if (host === null || !path.startsWith('/') || !isOwnHost(host, request.socket.localAddress)) {
    response.writeHead(400, { 'content-type': 'text/plain', connection: 'close' });
    response.end('This server speaks HTTPS\n');
    return;
  }
  const port = tlsPort === 443 ? '' : `:${tlsPort}`;
  response.writeHead(308, { location: `https://${host}${port}${path}`, connection: 'close' });
  response.end();
}

const hostHeader = /^(\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]{0,252}))(?::[0-9]{1,5})?$/i;

/** The host of a Host header without its port, in lower case; IPv6 stays in brackets. */
export function hostOf(header: string | undefined): string | null {
  const match = header === undefined ? null : hostHeader.exec(header);
  return match ? match[1]!.toLowerCase() : null;
}

/** A server's own hosts: those that its certificate is for, its own address, and the ones it was told. */
export function ownHosts(cert: string | Buffer | undefined, hosts: readonly string[]): HostCheck {
  const certificate = cert === undefined ? null : new X509Certificate(cert);
  const named = new Set(hosts.map((host) => host.toLowerCase()));
  return (host, localAddress) => {
    const bare = host.startsWith('[') ? host.slice(1, -1) : host;
    if (named.has(host) || named.has(bare)) return true;
    if (isIP(bare)) {
      const local = localAddress?.replace(/^::ffff:/, '');
      return bare === local || certificate?.checkIP(bare) !== undefined;
    }
    return bare === 'localhost' || certificate?.checkHost(bare) !== undefined;
  };
}
