import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type Response,
} from 'express';
import { rateLimit } from 'express-rate-limit';
import type { Logger } from 'pino';
import { CallerHash } from './audit.ts';
import { authenticate } from './authenticate.ts';
import type { TokenVerifier } from './auth/token-verifier.ts';
import { cors } from './cors.ts';
import { answerOf, RequestError } from './errors.ts';
import type { Metrics } from './metrics.ts';
import { auditOf, observe, type RequestsUnderWay } from './observe.ts';
import type { QueryService } from './query/query-service.ts';
import { apiRouter } from './routes/api.ts';
import { openApiDocument } from './routes/openapi.ts';
import { secure } from './secure.ts';
import type { ServerSettings } from './settings.ts';
import { hostOf, ownHosts } from './tls/redirect.ts';

export interface AppParts {
  readonly settings: ServerSettings;
  readonly service: QueryService;
  readonly verifier: TokenVerifier;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly version: string;
  readonly underWay: RequestsUnderWay;
  /** Whether requests are still accepted. */
  readonly isOpen: () => boolean;
}

/** The Express application. It can be mounted in a host's own. */
export function createApp(parts: AppParts): Express {
  const { settings, service, metrics, log, underWay, isOpen } = parts;
  const { options, basePath } = settings;
  const app = express();
  const paths = pathsOf(basePath);
  let isMounted = false;
  app.once('mount', () => (isMounted = true));
  // The rest of a host's routes are the host's own, untouched.
  app.use(({ path }, _response, next) => {
    const isOwn = !isMounted || paths.has(path) || path.startsWith(`${basePath}/`);
    next(isOwn ? undefined : 'router');
  });
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  // Answers are a user's own and change with the data: nothing is to be cached between.
  app.set('etag', false);
  app.use(secure());
  app.use(observe({ metrics, log, underWay, isOpen, knownPaths: paths }));
  if (settings.devMode) app.use(refuseForeignHosts(options.redirectHosts ?? []));
  app.use(cors(options.corsOrigins ?? []));
  if (options.requestsPerMinute !== undefined) app.use(limitRate(options.requestsPerMinute));
  const readJson = express.json({ limit: settings.limits.bodyBytes });
  app.use((request, response, next) =>
    request.method === 'POST' ? readJson(request, response, next) : next(),
  );
  // First, since nearly all requests are for it.
  app.use(basePath, apiRoutes(parts));
  app.get('/livez', (_request, response) => void response.json({ health: 'HEALTH' }));
  app.get('/readyz', async (_request, response) => {
    const isReady = await service.isReady();
    response.status(isReady ? 200 : 503).json({ health: isReady ? 'HEALTH' : 'DOWN' });
  });
  app.get('/metrics', async (_request, response) => {
    response.type('text/plain; version=0.0.4').send(await metrics.text());
  });
  const document = openApiDocument(basePath, parts.version);
  app.get(`${basePath}/v1/openapi.json`, (_request, response) => void response.json(document));
  app.use(() => {
    throw new RequestError(404, 'there is no such route');
  });
  app.use(onError(log));
  return app;
}

function apiRoutes({ settings, service, verifier }: AppParts) {
  const [secret] = settings.token.secrets;
  const callers = new CallerHash(secret instanceof Uint8Array ? secret : undefined);
  const contextOf = async (request: Request, response: Response) => {
    const requestId = String(response.locals['requestId']);
    const context = await authenticate(request, requestId, settings, verifier);
    auditOf(response).who = callers.of(context);
    return context;
  };
  return apiRouter({ service, bodyBytes: settings.limits.bodyBytes, contextOf, auditOf });
}

function pathsOf(basePath: string): ReadonlySet<string> {
  const api = ['load', 'sql', 'dry-run', 'meta', 'openapi.json'];
  return new Set(['/livez', '/readyz', '/metrics', ...api.map((name) => `${basePath}/v1/${name}`)]);
}

/** A page of another site, whose name leads to this machine, must not read what needs no token. */
function refuseForeignHosts(hosts: readonly string[]) {
  const isOwnHost = ownHosts(undefined, hosts);
  return (request: Request, _response: Response, next: () => void): void => {
    const host = hostOf(request.headers.host);
    if (host !== null && isOwnHost(host, request.socket.localAddress)) return next();
    throw new RequestError(403, 'in development mode requests name this machine as their host');
  };
}

function limitRate(limit: number) {
  return rateLimit({
    windowMs: 60_000,
    limit,
    standardHeaders: true,
    legacyHeaders: false,
    message: { error: 'too many requests' },
  });
}

function onError(log: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    const { status, body, refused, withheld, isFault } = answerOf(error);
    const requestId = String(response.locals['requestId']);
    const audit = auditOf(response);
    audit.refused = refused;
    if (withheld) audit.withheld = withheld;
    // A fault with all that it says, for the operator.
    if (isFault) log.error({ requestId, err: error }, 'fault');
    if (response.headersSent) return next(error);
    response.status(status).json({ ...body, requestId });
  };
}
