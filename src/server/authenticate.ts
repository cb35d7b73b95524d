import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import { securityContextOf } from './auth/security-context.ts';
import { TokenRefused, type TokenVerifier } from './auth/token-verifier.ts';
import { HookError, refuseAnswer, withTimeout } from './hooks.ts';
import { RequestError } from './errors.ts';
import type { AuthRequest, RequestContext } from './options.ts';
import type { ServerSettings } from './settings.ts';

const requestIdText = /^[A-Za-z0-9._:-]{1,128}$/;

/** The id that a client gave, when it is harmless in a log; else a new one. */
export function requestIdOf(request: Request): string {
  const given = request.header('x-request-id') ?? request.header('traceparent');
  return given !== undefined && requestIdText.test(given) ? given : randomUUID();
}

/** Verifies who asks, and gathers what hooks and queries need to know of it. */
export async function authenticate(
  request: Request,
  requestId: string,
  settings: ServerSettings,
  verifier: TokenVerifier,
): Promise<RequestContext> {
  const { options, limits } = settings;
  const { authInfo, securityContext } = options.checkAuth
    ? await hookAuthentication(request, settings)
    : await tokenAuthentication(request, settings, verifier);
  const own = { requestId, authInfo, securityContext };
  const { extendContext } = options;
  if (!extendContext) return own;
  const seen = Object.assign(request as AuthRequest, { authInfo, securityContext });
  const extra: unknown = await withTimeout('extendContext', limits.hookTimeoutMs, () =>
    extendContext(seen),
  );
  const added = asRecord(extra) ?? refuseAnswer('extendContext', 'an object', extra);
  for (const [name, value] of Object.entries(own)) {
    if (Object.hasOwn(added, name) && added[name] !== value)
      throw new HookError(`the hook extendContext must not return ${name}: checkAuth decides it`);
  }
  return { ...added, ...own };
}

type Authentication = Pick<RequestContext, 'authInfo' | 'securityContext'>;

async function tokenAuthentication(
  request: Request,
  settings: ServerSettings,
  verifier: TokenVerifier,
): Promise<Authentication> {
  const token = tokenOf(request.header('authorization'));
  if (token === null) {
    if (!settings.devMode) throw new RequestError(403, "Authorization header isn't set");
    return { authInfo: null, securityContext: {} };
  }
  const authInfo = await verifier.verify(token);
  const securityContext = securityContextOf(authInfo, settings.token.claimsNamespace);
  return { authInfo, securityContext: securityContext as Record<string, unknown> };
}

/** The whole header, as the original client sends it, or what follows `Bearer`. */
function tokenOf(header: string | undefined): string | null {
  if (header === undefined || header.trim() === '') return null;
  const bearer = /^bearer +(.*)$/i.exec(header);
  return bearer?.[1] ?? header;
}

/** A hook decides alone; it refuses by throwing. */
async function hookAuthentication(
  request: Request,
  { options, limits }: ServerSettings,
): Promise<Authentication> {
  const seen = request as AuthRequest;
  let returned: unknown;
  try {
    returned = await withTimeout('checkAuth', limits.hookTimeoutMs, () =>
      options.checkAuth!(seen, tokenOf(request.header('authorization')) ?? undefined),
    );
  } catch (error) {
    if (error instanceof RequestError) throw error;
    throw new TokenRefused('checkAuth refused', { cause: error });
  }
  if (typeof (returned ?? {}) !== 'object' || Array.isArray(returned))
    refuseAnswer('checkAuth', 'nothing, or an object with security_context', returned);
  const answered = (returned ?? {}) as { security_context?: unknown; securityContext?: unknown };
  const context = answered.security_context ?? answered.securityContext ?? seen.securityContext;
  if (context !== undefined) {
    return {
      authInfo: asRecord(seen.authInfo),
      securityContext: asRecord(context) ?? refuseContext(),
    };
  }
  const authInfo = asRecord(seen.authInfo);
  return { authInfo, securityContext: securityContextOf(authInfo) as Record<string, unknown> };
}

function asRecord(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

function refuseContext(): never {
  throw new RequestError(
    400,
    'Cannot create proxy with a non-object as target or handler: the security context must be an object',
  );
}
