import { hash, type KeyObject } from 'node:crypto';
import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { BoundedCache } from '../../pipeline/bounded-cache.ts';

/** How tokens are checked. */
export interface TokenSettings {
  /** Shared secrets (HS256 and the like); a token that any of them signed is accepted. */
  readonly secrets: readonly (Uint8Array | KeyObject)[];
  /** Public keys by key id, for RS256, ES256 or EdDSA. */
  readonly keySet: JWTVerifyGetKey | null;
  /** Algorithms that are accepted, and no others. */
  readonly algorithms: readonly string[];
  readonly audience: string | readonly string[] | null;
  readonly issuer: string | readonly string[] | null;
  readonly subject: string | null;
  /** The claim that holds those of the security context; null: the token itself does. */
  readonly claimsNamespace: string | null;
  /** Seconds by which clocks may differ. */
  readonly clockTolerance: number;
  /** Refuse tokens that never expire. */
  readonly requireExpiry: boolean;
  /** Called once, when a token that never expires has been accepted. */
  readonly onEndless?: () => void;
}

/** A refused token. `reason` is for the log; the caller gets one text for every reason. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
  readonly reason: string;

  constructor(reason: string, options?: ErrorOptions) {
    super('Invalid token', options);
    this.reason = reason;
  }
}

interface VerifiedToken {
  readonly claims: JWTPayload;
  readonly bytes: number;
}

const longestToken = 16_384;
const cacheBytes = 16_000_000;

/** Verifies tokens, and remembers by their hash those that it has verified until they expire. */
export class TokenVerifier {
  readonly #settings: TokenSettings;
  readonly #verified = new BoundedCache<VerifiedToken>(cacheBytes);
  #hasSeenEndless = false;

  constructor(settings: TokenSettings) {
    this.#settings = settings;
  }

  /**
   * The claims of a valid token. Deeply frozen, since requests share them.
   *
   * @throws TokenRefused
   */
  async verify(token: string, now = Date.now()): Promise<JWTPayload> {
    if (token.length > longestToken) throw new TokenRefused('token too long');
    if (!isOwnSpelling(token)) throw new TokenRefused('ERR_JWS_INVALID');
    const key = hash('sha256', token, 'base64');
    const known = this.#verified.get(key);
    if (known) {
      if (isExpired(known.claims, now, this.#settings.clockTolerance)) {
        this.#verified.delete(key);
        throw new TokenRefused('expired');
      }
      return known.claims;
    }
    const claims = deepFreeze(await this.#verifyAnew(token, now));
    this.#tellEndless(claims);
    // Claims under a key set can be revoked with their key: they are verified each time.
    if (this.#settings.keySet === null) {
      this.#verified.set(key, { claims, bytes: token.length }, token.length * 4 + 200);
    }
    return claims;
  }

  /** Forgets every verified token: called when secrets change. */
  clear(): void {
    this.#verified.clear();
  }

  #tellEndless(claims: JWTPayload): void {
    if (claims.exp !== undefined || this.#hasSeenEndless) return;
    this.#hasSeenEndless = true;
    this.#settings.onEndless?.();
  }

  async #verifyAnew(token: string, now: number): Promise<JWTPayload> {
    const { secrets, keySet, algorithms, audience, issuer, subject } = this.#settings;
    const { requireExpiry, clockTolerance } = this.#settings;
    const options = {
      algorithms: [...algorithms],
      currentDate: new Date(now),
      clockTolerance,
      ...(audience !== null && { audience: [audience].flat() }),
      ...(issuer !== null && { issuer: [issuer].flat() }),
      ...(subject !== null && { subject }),
      ...(requireExpiry && { requiredClaims: ['exp'] }),
    };
    let refusal: TokenRefused | undefined;
    try {
      if (keySet) return checkTimes((await jwtVerify(token, keySet, options)).payload);
    } catch (error) {
      refusal = refused(error);
    }
    for (const secret of secrets) {
      try {
        return checkTimes((await jwtVerify(token, secret, options)).payload);
      } catch (error) {
        refusal = refused(error);
        // Only another secret can make a wrong signature right.
        if (!(error instanceof errors.JWSSignatureVerificationFailed)) break;
      }
    }
    throw refusal ?? new TokenRefused('no key');
  }
}

/**
 * Whether a token is written as its bytes are: three parts of base64url without padding, other alphabets, or
 * bits to spare. RFC 7515, 2 and RFC 4648, 3.5. A mark of byte order would be dropped by who reads the JSON.
 */
function isOwnSpelling(token: string): boolean {
  const parts = token.split('.');
  if (parts.length !== 3) return false;
  const bytes = parts.map((part) => Buffer.from(part, 'base64url'));
  return (
    bytes.every((item, index) => item.toString('base64url') === parts[index]) &&
    bytes.slice(0, 2).every((item) => item[0] === 0x7b)
  );
}

function refused(error: unknown): TokenRefused {
  if (error instanceof TokenRefused) return error;
  if (error instanceof errors.JOSEError) return new TokenRefused(error.code, { cause: error });
  return new TokenRefused('not verifiable', { cause: error });
}

/** `exp: 1e400` is Infinity after JSON.parse: a token that never expires although it says when. */
function checkTimes(claims: JWTPayload): JWTPayload {
  for (const name of ['exp', 'nbf', 'iat'] as const) {
    const value = claims[name];
    if (value !== undefined && !Number.isFinite(value))
      throw new TokenRefused(`${name} not finite`);
  }
  return claims;
}

function isExpired(claims: JWTPayload, now: number, tolerance: number): boolean {
  return claims.exp !== undefined && claims.exp <= Math.floor(now / 1000) - tolerance;
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const item of Object.values(value)) deepFreeze(item);
  return value;
}
