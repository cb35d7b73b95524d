/** A request that is refused before anything is planned: 400 with this text. */
export class BadContext extends Error {
  override readonly name = 'BadContext';
}

/**
 * The security context of verified claims: the claims, with the object `u` merged over them.
 * `null` claims: a request without a token in development mode.
 *
 * @throws BadContext when `u` is there and is not an object.
 */
export function securityContextOf(claims: Readonly<Record<string, unknown>> | null): object {
  if (claims === null) return {};
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
