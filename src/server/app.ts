import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type Response,
} from 'express';
import { rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { authenticate, requestIdOf } from './authenticate.ts';
import { TokenRefused, type TokenVerifier } from './auth/token-verifier.ts';
import { answerOf, RequestError } from './errors.ts';
import type { Metrics } from './metrics.ts';
import type { QueryService } from './query/query-service.ts';
import { apiRouter } from './routes/api.ts';
import { openApiDocument } from './routes/openapi.ts';
import type { ServerSettings } from './settings.ts';

export interface AppParts {
  readonly settings: ServerSettings;
  readonly service: QueryService;
  readonly verifier: TokenVerifier;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly version: string;
  /** Whether requests are still accepted. */
  readonly isOpen: () => boolean;
}

/** The Express application. It can be mounted in a host's own. */
export function createApp(parts: AppParts): Express {
  const { settings, service, verifier, metrics, log } = parts;
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  // Answers are a user's own and change with the data: nothing is to be cached between.
  app.set('etag', false);
  app.use(helmet());
  app.use((request, response, next) => observe(request, response, next, parts));
  app.use(cors(settings));
  if (settings.options.requestsPerMinute !== undefined) {
    const limit = settings.options.requestsPerMinute;
    app.use(
      rateLimit({
        windowMs: 60_000,
        limit,
        standardHeaders: true,
        legacyHeaders: false,
        message: { error: 'too many requests' },
      }),
    );
  }
  app.get('/livez', (_request, response) => void response.json({ health: 'HEALTH' }));
  app.get('/readyz', async (_request, response) => {
    await service.ready();
    response.json({ health: 'HEALTH' });
  });
  app.get('/metrics', async (_request, response) => {
    response.type('text/plain; version=0.0.4').send(await metrics.text());
  });
  const document = openApiDocument(settings.basePath, parts.version);
  app.get(
    `${settings.basePath}/v1/openapi.json`,
    (_request, response) => void response.json(document),
  );
  const readJson = express.json({ limit: settings.limits.bodyBytes });
  app.use((request, response, next) =>
    request.method === 'POST' ? readJson(request, response, next) : next(),
  );
  const contextOf = (request: Request, response: Response) =>
    authenticate(request, String(response.locals['requestId']), settings, verifier);
  app.use(
    settings.basePath,
    apiRouter({ service, bodyBytes: settings.limits.bodyBytes, contextOf }),
  );
  app.use(() => {
    throw new RequestError(404, 'there is no such route');
  });
  app.use(onError(log));
  return app;
}

function observe(
  request: Request,
  response: Response,
  next: () => void,
  { metrics, isOpen, log }: AppParts,
): void {
  const started = performance.now();
  const requestId = requestIdOf(request);
  response.locals['requestId'] = requestId;
  response.setHeader('x-request-id', requestId);
  const route = request.path.slice(0, 100);
  response.on('finish', () => {
    const milliseconds = performance.now() - started;
    const known = response.statusCode === 404 ? 'unknown' : route;
    metrics.count(known, response.statusCode, milliseconds / 1000);
    log.info(
      {
        requestId,
        method: request.method,
        route: known,
        status: response.statusCode,
        milliseconds,
      },
      'request',
    );
  });
  if (isOpen()) return next();
  response.setHeader('connection', 'close');
  response.status(503).json({ error: 'the server is shutting down' });
}

/** No origin but the ones that are named. */
function cors({ options }: ServerSettings) {
  const origins = new Set(options.corsOrigins ?? []);
  return (request: Request, response: Response, next: () => void): void => {
    const origin = request.header('origin');
    if (origin === undefined || !origins.has(origin)) return next();
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('vary', 'origin');
    if (request.method !== 'OPTIONS') return next();
    response.setHeader('access-control-allow-methods', 'GET, POST');
    response.setHeader('access-control-allow-headers', 'authorization, content-type, x-request-id');
    response.setHeader('access-control-max-age', '600');
    response.status(204).end();
  };
}

function onError(log: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) return next(error);
    const { status, body, isFault } = answerOf(error);
    const requestId = String(response.locals['requestId']);
    const reason = error instanceof TokenRefused ? error.reason : undefined;
    const level = isFault ? 'error' : 'warn';
    // A fault with all that it says, for the operator; a caller's mistake by its text.
    log[level](
      { requestId, status, reason, ...(isFault ? { err: error } : { error: body['error'] }) },
      'refused',
    );
    response.status(status).json({ ...body, requestId });
  };
}
