import { environmentFlag, type Environment } from '../environment.ts';
import type { ServerOptions } from '../options.ts';
import { isTrustworthyUrl, remoteKeySet } from './key-set.ts';
import type { TokenSettings } from './token-verifier.ts';

/** RFC 7518, 3.2: a key of HS256 has as many bits as its hash. */
const longSecretBytes = 32;

/** How tokens are checked, from options and environment; what is wrong with them goes to `problems`. */
export function readTokenSettings(
  options: ServerOptions,
  environment: Environment,
  devMode: boolean,
  problems: string[],
  warnings: string[],
): TokenSettings {
  const jwt = jwtOptions(options, environment, problems);
  const { jwkUrl, audience, issuer, algorithms, requireExpiry } = jwt;
  const secrets = readSecrets(options, environment, jwt.requireLongSecret, problems, warnings);
  if (secrets.length === 0 && jwkUrl === undefined && !options.checkAuth && !devMode) {
    problems.push('apiSecret (CUBEJS_API_SECRET) is missing: without it no token can be verified');
  }
  if (jwkUrl !== undefined && !isTrustworthyUrl(jwkUrl)) {
    problems.push('jwt.jwkUrl must be an https URL');
  }
  if (jwkUrl !== undefined && (audience === null || issuer === null)) {
    problems.push('jwt.audience and jwt.issuer are required with jwt.jwkUrl');
  }
  if (
    algorithms.length === 0 ||
    algorithms.some((name) => !/^(HS|RS|PS|ES)(256|384|512)$|^EdDSA$/.test(name))
  ) {
    problems.push('jwt.algorithms must be a list of HS256, RS256, ES256, EdDSA and the like');
  }
  const keySet =
    jwkUrl !== undefined && isTrustworthyUrl(jwkUrl)
      ? remoteKeySet(jwkUrl, options.jwt?.keysCooldownMs ?? 30_000)
      : null;
  return { secrets, keySet, algorithms, audience, issuer, requireExpiry };
}

/** Options, and in their absence the variables that the original names. */
function jwtOptions({ jwt = {} }: ServerOptions, environment: Environment, problems: string[]) {
  const variable = (name: string): string | undefined => environment[name] || undefined;
  const flag = (name: string): boolean => environmentFlag(name, environment, problems);
  const jwkUrl = jwt.jwkUrl ?? variable('CUBEJS_JWK_URL');
  const otherwise = jwkUrl === undefined ? ['HS256'] : ['RS256', 'ES256', 'EdDSA'];
  const named = variable('CUBEJS_JWT_ALGS')
    ?.split(',')
    .map((name) => name.trim());
  return {
    jwkUrl,
    audience: jwt.audience ?? variable('CUBEJS_JWT_AUDIENCE') ?? null,
    issuer: jwt.issuer ?? variable('CUBEJS_JWT_ISSUER') ?? null,
    algorithms: jwt.algorithms ?? named ?? otherwise,
    requireExpiry: jwt.requireExpiry ?? flag('CUBEJS_JWT_REQUIRE_EXPIRY'),
    requireLongSecret: jwt.requireLongSecret ?? flag('CUBEJS_JWT_REQUIRE_LONG_SECRET'),
  };
}

function readSecrets(
  options: ServerOptions,
  environment: Environment,
  requireLongSecret: boolean,
  problems: string[],
  warnings: string[],
): Uint8Array[] {
  const given = options.apiSecret ?? environment['CUBEJS_API_SECRET'];
  const list = given === undefined ? [] : typeof given === 'string' ? [given] : given;
  if (list.some((secret) => typeof secret !== 'string' || secret === '')) {
    problems.push('apiSecret must be a text, or a list of texts');
  }
  const secrets = list.map((secret) => new TextEncoder().encode(String(secret)));
  if (secrets.some((secret) => secret.byteLength > 0 && secret.byteLength < longSecretBytes)) {
    const text = `apiSecret (CUBEJS_API_SECRET) is shorter than ${longSecretBytes} bytes: whoever has a token can guess it`;
    if (requireLongSecret) problems.push(text);
    else warnings.push(`${text}; jwt.requireLongSecret refuses to start with it`);
  }
  return secrets;
}
