import { createHmac, hash, randomBytes } from 'node:crypto';
import type { GeneratedSql, SecurityEntry } from '../pipeline/generated-sql.ts';
import type { NormalizedQuery } from '../pipeline/normalize-query.ts';
import type { RequestContext } from './options.ts';
import type { PreparedQuery } from './query/query-service.ts';

/** What the log keeps of one query: no value of a claim, a filter or a row. */
export interface AuditedQuery {
  readonly members: readonly string[];
  readonly filters: readonly object[];
  readonly dataSource: string;
  readonly sqlHash: string;
}

/** What the log keeps of one request, beside its route, status and time. */
export interface AuditRecord {
  /** The caller's claims as a keyed hash; null without a token. */
  who: string | null;
  /** Which check refused the request. */
  refused: string | null;
  /** What the caller was not told of it: names that are hidden, places in the schema. */
  withheld?: readonly object[];
  readonly queries: AuditedQuery[];
}

/** What is known of queries and statements that are asked again and again. */
const knownMembers = new WeakMap<NormalizedQuery, readonly string[]>();
const knownFilters = new WeakMap<GeneratedSql['security'], readonly object[]>();

export function auditedQuery({ query, statement, dataSource }: PreparedQuery): AuditedQuery {
  const { security, hash: sqlHash } = statement;
  let members = knownMembers.get(query);
  if (!members) knownMembers.set(query, (members = [...new Set(membersOf(query))]));
  let filters = knownFilters.get(security);
  if (!filters) knownFilters.set(security, (filters = security.map(filterOf)));
  return { members, filters, dataSource, sqlHash };
}

function filterOf({ member, claim, applied, status }: SecurityEntry): object {
  return { member, claim, applied, status };
}

function membersOf(query: NormalizedQuery): string[] {
  const times = query.timeDimensions.map((item) => item.dimension);
  const { measures, dimensions, segments } = query;
  return [...measures, ...dimensions, ...times, ...segments, ...query.filters.flatMap(filtered)];
}

function filtered(filter: object): string[] {
  return Object.entries(filter).flatMap(([key, value]: [string, unknown]) => {
    if (key === 'member') return [String(value)];
    return key === 'and' || key === 'or' ? (value as object[]).flatMap(filtered) : [];
  });
}

/** Claims that differ between two tokens of one caller. */
const ofTheToken = new Set(['iat', 'exp', 'nbf', 'jti']);

/**
 * Tells callers apart without saying who they are: claims are guessable (`id: 42`), so the hash has a
 * key, which is the same after a restart as long as the secret is.
 */
export class CallerHash {
  readonly #key: Buffer;
  /** Requests with one verified token share its claims. */
  readonly #known = new WeakMap<object, string>();

  constructor(secret: Uint8Array | undefined) {
    this.#key = secret
      ? Buffer.from(hash('sha256', Buffer.concat([Buffer.from('audit '), secret]), 'hex'), 'hex')
      : randomBytes(32);
  }

  of({ authInfo, securityContext }: RequestContext): string | null {
    const claims = authInfo ?? securityContext;
    if (Object.keys(claims).length === 0) return null;
    let known = this.#known.get(claims);
    if (known === undefined) {
      const own = Object.entries(claims).filter(([name]) => !ofTheToken.has(name));
      known = createHmac('sha256', this.#key).update(stableText(own)).digest('hex').slice(0, 32);
      this.#known.set(claims, known);
    }
    return known;
  }
}

/** JSON whose keys are sorted. */
function stableText(entries: readonly (readonly [string, unknown])[]): string {
  return JSON.stringify(entries.toSorted(byName), (_key, value: unknown) => {
    if (typeof value === 'bigint') return value.toString();
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? Object.entries(value).toSorted(byName) : value;
  });
}

function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
