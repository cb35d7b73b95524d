import { createPublicKey } from 'node:crypto';
import { environmentFlag, type Environment } from '../environment.ts';
import type { ServerOptions } from '../options.ts';
import { isTrustworthyUrl, remoteKeySet } from './key-set.ts';
import type { TokenSettings } from './token-verifier.ts';

/** RFC 7518, 3.2: a key of HS256 has as many bits as its hash. */
const longSecretBytes = 32;
/** Seconds. */
const defaultTolerance = 5;

/** How tokens are checked, from options and environment; what is wrong with them goes to `problems`. */
export function readTokenSettings(
  options: ServerOptions,
  environment: Environment,
  devMode: boolean,
  problems: string[],
  warnings: string[],
): TokenSettings {
  const jwt = jwtOptions(options, environment, problems);
  const { jwkUrl, audience, issuer, algorithms } = jwt;
  const secrets = readSecrets(options, environment, jwt, problems, warnings);
  if (
    secrets.length === 0 &&
    jwt.key === undefined &&
    jwkUrl === undefined &&
    !options.checkAuth &&
    !devMode
  ) {
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
  const { subject, claimsNamespace, clockTolerance, requireExpiry } = jwt;
  const claims = { audience, issuer, subject, claimsNamespace };
  return { secrets, keySet, algorithms, ...claims, clockTolerance, requireExpiry };
}

/** Options, and in their absence the variables that the original names. */
function jwtOptions({ jwt = {} }: ServerOptions, environment: Environment, problems: string[]) {
  const variable = (name: string): string | undefined => environment[name] || undefined;
  const flag = (name: string): boolean => environmentFlag(name, environment, problems);
  const jwkUrl = jwt.jwkUrl ?? variable('CUBEJS_JWK_URL');
  const key = jwt.key ?? variable('CUBEJS_JWT_KEY');
  const otherwise = jwkUrl === undefined && !isPem(key) ? ['HS256'] : ['RS256', 'ES256', 'EdDSA'];
  const list = (name: string): readonly string[] | undefined =>
    variable(name)
      ?.split(',')
      .map((item) => item.trim());
  const tolerance = variable('CUBEJS_JWT_CLOCK_TOLERANCE');
  if (tolerance !== undefined && !/^\d{1,6}$/.test(tolerance))
    problems.push('CUBEJS_JWT_CLOCK_TOLERANCE must be a number of seconds');
  return {
    jwkUrl,
    key,
    audience: jwt.audience ?? list('CUBEJS_JWT_AUDIENCE') ?? null,
    issuer: jwt.issuer ?? list('CUBEJS_JWT_ISSUER') ?? null,
    subject: jwt.subject ?? variable('CUBEJS_JWT_SUBJECT') ?? null,
    claimsNamespace: jwt.claimsNamespace ?? variable('CUBEJS_JWT_CLAIMS_NAMESPACE') ?? null,
    clockTolerance: jwt.clockTolerance ?? Number(tolerance ?? defaultTolerance),
    algorithms: jwt.algorithms ?? list('CUBEJS_JWT_ALGS') ?? otherwise,
    requireExpiry: jwt.requireExpiry ?? flag('CUBEJS_JWT_REQUIRE_EXPIRY'),
    requireLongSecret: jwt.requireLongSecret ?? flag('CUBEJS_JWT_REQUIRE_LONG_SECRET'),
  };
}

function readSecrets(
  options: ServerOptions,
  environment: Environment,
  { key, requireLongSecret }: { readonly key: string | undefined; requireLongSecret: boolean },
  problems: string[],
  warnings: string[],
): TokenSettings['secrets'] {
  if (isPem(key)) return publicKey(key!, problems);
  const given = key ?? options.apiSecret ?? environment['CUBEJS_API_SECRET'];
  const list =
    given === undefined ? [] : Array.isArray(given) ? (given as readonly unknown[]) : [given];
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

function isPem(key: string | undefined): boolean {
  return key?.trimStart().startsWith('-----BEGIN') ?? false;
}

function publicKey(pem: string, problems: string[]): TokenSettings['secrets'] {
  try {
    return [createPublicKey(pem)];
  } catch {
    problems.push('jwt.key (CUBEJS_JWT_KEY) is not a public key as PEM text');
    return [];
  }
}
