import type { SecureContextOptions } from 'node:tls';
import { createCertificate, type CertificateOptions } from './certificate.ts';

/** What a renewal needs of an `https.Server`. */
export interface SecureServer {
  setSecureContext(options: SecureContextOptions): void;
  once(event: 'close', listener: () => void): unknown;
}

export type RenewalCallback = (error: Error | null, result?: { readonly validTo: Date }) => void;

export interface RenewalOptions extends CertificateOptions {
  /** How often a new certificate is made. Default: half of its life. */
  readonly everyMs?: number;
}

const day = 86_400_000;
/** `setInterval` takes no more. */
const longestDelay = 2_147_483_647;

/**
 * Makes a new certificate each time half of the last one's life is over and hands it to the server.
 * Connections stay; new handshakes use it. A failure is reported and tried again after a tenth of
 * the time. Ends with the server, or by calling what it returns.
 */
export function scheduleCertificateRenewal(
  server: SecureServer,
  options: RenewalOptions,
  callback: RenewalCallback = () => undefined,
): () => void {
  const { days = 2 } = options;
  const period = Math.min(options.everyMs ?? (days * day) / 2, longestDelay);
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const plan = (delay: number): void => {
    if (stopped) return;
    timer = setTimeout(() => void renew(), delay);
    timer.unref();
  };
  const renew = async (): Promise<void> => {
    let failure: Error | null = null;
    try {
      const certificate = await createCertificate(options);
      if (stopped) return;
      server.setSecureContext({ ...certificate, minVersion: 'TLSv1.2' });
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
    }
    plan(failure ? period / 10 : period);
    if (failure) callback(failure);
    else callback(null, { validTo: new Date(Date.now() + days * day) });
  };
  plan(period);
  const stop = (): void => {
    stopped = true;
    clearTimeout(timer);
  };
  server.once('close', stop);
  return stop;
}
