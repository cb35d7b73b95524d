/** A request that is refused before anything is planned: 400 with this text. */
export class BadContext extends Error {
  override readonly name = 'BadContext';
}

/**
 * The security context of verified claims, or of those in the claim `namespace`: the claims, with the
 * object `u` merged over them. `null` claims: a request without a token in development mode.
 *
 * @throws BadContext when `u` is there and is not an object, or the namespace is none.
 */
export function securityContextOf(
  token: Readonly<Record<string, unknown>> | null,
  namespace: string | null = null,
): object {
  if (token === null) return {};
  const claims = namespace === null ? token : claimsIn(token, namespace);
  if (!Object.hasOwn(claims, 'u')) return { ...claims };
  const { u } = claims;
  if (typeof u !== 'object' || u === null || Array.isArray(u)) {
    throw new BadContext(
      "Cannot create proxy with a non-object as target or handler: the claim 'u' must be an object",
    );
  }
  // Spreading defines own properties; Object.assign would run the `__proto__` setter.
  return { ...claims, ...u };
}

/** A token without the namespace is of another application: its user is nobody here. */
function claimsIn(
  token: Readonly<Record<string, unknown>>,
  namespace: string,
): Readonly<Record<string, unknown>> {
  const claims = Object.hasOwn(token, namespace) ? token[namespace] : undefined;
  if (typeof claims === 'object' && claims !== null && !Array.isArray(claims))
    return claims as Readonly<Record<string, unknown>>;
  throw new BadContext(
    `Cannot create proxy with a non-object as target or handler: the claim '${namespace}' must be an object`,
  );
}
