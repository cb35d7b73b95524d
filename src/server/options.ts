import type { Request } from 'express';
import type { Logger } from 'pino';
import type { Driver } from '../drivers/driver.ts';
import type { MissingContext } from '../lower/lowering.ts';
import type { SandboxConfiguration } from '../pipeline/options.ts';
import type { DialectName } from '../sql/dialects/dialect.ts';

/** What a request is about: what hooks are given. */
export interface RequestContext {
  readonly requestId: string;
  /** Verified claims; null without a token in development mode. */
  readonly authInfo: Readonly<Record<string, unknown>> | null;
  readonly securityContext: Readonly<Record<string, unknown>>;
  /** What `extendContext` has added. */
  readonly [name: string]: unknown;
}

/**
 * What `driverFactory` is given. A driver serves everybody of one tenant: without `contextToAppId` it
 * serves all, and the hook may read nothing but `dataSource`.
 */
export type DriverContext = RequestContext & { readonly dataSource: string };

/** A request as the `checkAuth` hook sees it; the hook may set `authInfo` or `securityContext`. */
export type AuthRequest = Request & { authInfo?: unknown; securityContext?: unknown };

export interface Repository {
  dataSchemaFiles(): Promise<readonly { readonly fileName: string; readonly content: string }[]>;
}

/**
 * How tokens are verified beside the shared secret. Environment: `CUBEJS_JWT_ALGS` (a list with commas),
 * `CUBEJS_JWK_URL`, `CUBEJS_JWT_AUDIENCE`, `CUBEJS_JWT_ISSUER`, `CUBEJS_JWT_REQUIRE_EXPIRY`,
 * `CUBEJS_JWT_REQUIRE_LONG_SECRET`, `CUBEJS_JWT_SUBJECT`, and those named below.
 */
export interface JwtOptions {
  /** Default `['HS256']`; with `jwkUrl` `['RS256', 'ES256', 'EdDSA']`. */
  readonly algorithms?: readonly string[];
  /** `CUBEJS_JWT_KEY`: the secret, or a public key as PEM text, in the place of `apiSecret`. */
  readonly key?: string;
  /** Where public keys are; `audience` and `issuer` are then required. */
  readonly jwkUrl?: string;
  /** How often the keys are fetched at most, in milliseconds, when tokens name unknown ones. Default 30 s. */
  readonly keysCooldownMs?: number;
  /** One, or a list of which a token names one; in the environment with commas. */
  readonly audience?: string | readonly string[];
  readonly issuer?: string | readonly string[];
  readonly subject?: string;
  /** `CUBEJS_JWT_CLAIMS_NAMESPACE`: the claim whose object holds the claims of the security context. */
  readonly claimsNamespace?: string;
  /** `CUBEJS_JWT_CLOCK_TOLERANCE`: seconds by which the clock of who signs may differ. Default 5. */
  readonly clockTolerance?: number;
  /** Refuse tokens that never expire. */
  readonly requireExpiry?: boolean;
  /** Refuse to start with a secret of fewer than 32 bytes. */
  readonly requireLongSecret?: boolean;
}

/** Options of {@link createServer}. What is left out comes from the environment variable named. */
export interface ServerOptions {
  /** `CUBEJS_API_SECRET`: one secret, or several while they are rotated. */
  readonly apiSecret?: string | readonly string[];
  /** `CUBEJS_DEV_MODE`: a request needs no token. */
  readonly devMode?: boolean;
  /** `CUBEJS_SCHEMA_PATH`, default `schema`. */
  readonly schemaPath?: string;
  /** `CUBEJS_MISSING_CONTEXT`. */
  readonly missingContext?: MissingContext;
  /** `CUBEJS_BARRIER`: protected sources are printed behind an optimisation fence. */
  readonly barrier?: boolean;
  /** `CUBEJS_ALLOW_UNGROUPED_WITHOUT_PRIMARY_KEY`: an ungrouped query may leave out primary keys. */
  readonly allowUngroupedWithoutPrimaryKey?: boolean;
  /** The database of a tenant. Without it `CUBEJS_DB_TYPE` and its companions say which one. */
  readonly driverFactory?: (context: DriverContext) => Driver | Promise<Driver>;
  /** In which statements are written, or a function that says so for a tenant. Default: the driver's own. */
  readonly dialect?:
    DialectName | ((context: RequestContext) => DialectName | Promise<DialectName>);
  readonly jwt?: JwtOptions;
  readonly checkAuth?: (request: AuthRequest, authorization: string | undefined) => unknown;
  /** `request` has the verified `authInfo` and `securityContext`. */
  readonly extendContext?: (request: AuthRequest) => object | Promise<object>;
  readonly queryRewrite?: (query: object, context: RequestContext) => object | Promise<object>;
  /** The old name of `queryRewrite`. */
  readonly queryTransformer?: (query: object, context: RequestContext) => object | Promise<object>;
  /** The groups of a user, for access policies. Without it the claim `groups` says them. */
  readonly contextToGroups?: (
    context: RequestContext,
  ) => readonly string[] | Promise<readonly string[]>;
  /** The old name of `contextToGroups`. */
  readonly contextToRoles?: (
    context: RequestContext,
  ) => readonly string[] | Promise<readonly string[]>;
  readonly contextToAppId?: (context: RequestContext) => string | Promise<string>;
  readonly schemaVersion?: (context: RequestContext) => unknown;
  readonly repositoryFactory?: (context: RequestContext) => Repository;
  /** Default `/cubejs-api`. */
  readonly basePath?: string;
  /** `CUBEJS_HOST`: the address to listen on. Default: all of the machine; in development mode `127.0.0.1`. */
  readonly host?: string;
  /** `PORT`, default 4000. */
  readonly port?: number;
  /** `TLS_PORT`, default 4433. */
  readonly tlsPort?: number;
  /** `CUBEJS_ENABLE_TLS`. */
  readonly enableTls?: boolean;
  /**
   * Hosts, beside those of the certificate, that a redirect to TLS may lead to; in development mode
   * also those, beside this machine's own, that a request may name.
   */
  readonly redirectHosts?: readonly string[];
  /** Origins that browsers may call from; none by default. */
  readonly corsOrigins?: readonly string[];
  /** Most requests of one address in a minute; no limit by default. */
  readonly requestsPerMinute?: number;
  readonly sandbox?: SandboxConfiguration;
  readonly limits?: Partial<ServerLimits>;
  readonly logger?: Logger;
}

export interface ServerLimits {
  /** Body and query text, in bytes. */
  readonly bodyBytes: number;
  /** Within this time a client sends all headers of a request, and within the next one all of it. */
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** A statement is given up after this time, of which its waiting for others is a part. */
  readonly queryTimeoutMs: number;
  /** A client is told to ask again after this time. */
  readonly continueWaitMs: number;
  /** How long such a client has to ask again, before a statement that nobody else waits for is cancelled. */
  readonly abandonedMs: number;
  /** Statements at once on one data source. */
  readonly concurrency: number;
  /** Statements that wait for one data source; a request beyond them is refused with 503. */
  readonly queuedQueries: number;
  /** Results that are kept, of all data sources together, in bytes, and how long. */
  readonly resultCacheBytes: number;
  readonly resultCacheMs: number;
  /** A hook that takes longer costs its request. */
  readonly hookTimeoutMs: number;
  /** Compiled schemas that are kept. */
  readonly schemas: number;
  /** Drivers that are kept; beyond them one that has rested for a minute is closed. */
  readonly dataSources: number;
  /** How long `close` waits for requests under way. */
  readonly drainMs: number;
}

export const defaultServerLimits: ServerLimits = {
  bodyBytes: 1_000_000,
  headersTimeoutMs: 20_000,
  requestTimeoutMs: 60_000,
  queryTimeoutMs: 600_000,
  continueWaitMs: 5_000,
  abandonedMs: 10_000,
  concurrency: 8,
  queuedQueries: 1_000,
  resultCacheBytes: 64_000_000,
  resultCacheMs: 10_000,
  hookTimeoutMs: 10_000,
  schemas: 250,
  dataSources: 100,
  drainMs: 30_000,
};
