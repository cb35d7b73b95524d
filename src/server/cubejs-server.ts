import type { ServerOptions as HttpsOptions } from 'node:https';
import type { Express } from 'express';
import type { PublicDiagnostic } from '../core/render-diagnostic.ts';
import { createServer, type CubewrightServer, type ListenResult } from './create-server.ts';
import { RequestError } from './errors.ts';
import type { ServerOptions } from './options.ts';
import { ServerOptionError } from './settings.ts';
import { createCertificate } from './tls/certificate.ts';
import { scheduleCertificateRenewal } from './tls/renewal.ts';

/**
 * The server as its users of old know it. `require('cubewright/server')` gives this class, with the
 * other exports as its properties.
 *
 * @example
 * const CubejsServer = require('cubewright/server');
 * new CubejsServer().listen().then(({ version, port }) => console.log(version, port));
 */
export class CubejsServer implements CubewrightServer {
  static readonly CubejsServer = CubejsServer;
  static readonly RequestError = RequestError;
  static readonly ServerOptionError = ServerOptionError;
  static readonly createCertificate = createCertificate;
  static readonly createServer = createServer;
  static readonly scheduleCertificateRenewal = scheduleCertificateRenewal;

  readonly #server: CubewrightServer;

  /** @throws ServerOptionError with everything that is wrong. */
  constructor(options: ServerOptions = {}) {
    this.#server = createServer(options);
  }

  get app(): Express {
    return this.#server.app;
  }

  listen(tlsOptions?: HttpsOptions): Promise<ListenResult> {
    return this.#server.listen(tlsOptions);
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  reload(): Promise<readonly PublicDiagnostic[]> {
    return this.#server.reload();
  }
}
