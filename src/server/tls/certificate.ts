import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { generate } from 'selfsigned';

export interface CertificateOptions {
  /** How long the certificate is valid. Default 2. */
  readonly days?: number;
  /** The only kind there is: certificates of an authority come from the authority's own tools. */
  readonly selfSigned?: true;
  /** Host names and addresses that the certificate is for. Default `localhost`, `127.0.0.1`, `::1`. */
  readonly hosts?: readonly string[];
}

/** Takes part in `listen(tlsOptions)` and in `server.setSecureContext(...)` as it is. PEM texts. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

const day = 86_400_000;

/**
 * A fresh key (P-256) and a certificate that it signed itself.
 *
 * @example
 * const tlsOptions = await createCertificate({ days: 2, selfSigned: true });
 */
export async function createCertificate(options: CertificateOptions = {}): Promise<Certificate> {
  const { days = 2, selfSigned = true, hosts = ['localhost', '127.0.0.1', '::1'] } = options;
  if (typeof days !== 'number' || !(days > 0 && days <= 825)) {
    throw new TypeError('createCertificate: days must be a number above 0, at most 825');
  }
  if ((selfSigned as unknown) !== true) {
    throw new TypeError('createCertificate: only selfSigned: true can be made here');
  }
  const [first] = hosts;
  if (first === undefined) throw new TypeError('createCertificate: hosts must name a host');
  // A minute back: clocks of the two ends differ.
  const notBeforeDate = new Date(Date.now() - 60_000);
  const pems = await generate([{ name: 'commonName', value: first.slice(0, 64) }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate,
    notAfterDate: new Date(Date.now() + days * day),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: hosts.map((host) =>
          isIP(host) ? { type: 7, ip: host } : { type: 2, value: host },
        ),
      },
    ],
  });
  return { key: pems.private, cert: pems.cert };
}

/** When a certificate (the first of a chain) ends, in milliseconds since 1970. */
export function certificateEnd(cert: string): number {
  return new X509Certificate(cert).validToDate.getTime();
}
