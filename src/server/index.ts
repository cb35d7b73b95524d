export { createServer } from './create-server.ts';
export type { CubewrightServer, ListenResult } from './create-server.ts';
export {
  CubejsServer,
  CubejsServer as default,
  // What `require` gives: https://nodejs.org/api/modules.html#loading-ecmascript-modules-using-require
  CubejsServer as 'module.exports',
} from './cubejs-server.ts';
export { createCertificate } from './tls/certificate.ts';
export type { Certificate, CertificateOptions } from './tls/certificate.ts';
export { scheduleCertificateRenewal } from './tls/renewal.ts';
export type { RenewalCallback, RenewalOptions, SecureServer } from './tls/renewal.ts';
export { ServerOptionError } from './settings.ts';
export { RequestError } from './errors.ts';
export type {
  AuthRequest,
  DriverContext,
  JwtOptions,
  Repository,
  RequestContext,
  ServerLimits,
  ServerOptions,
} from './options.ts';
