import { Router, type Request, type Response } from 'express';
import type { ParameterValue } from '../../sql/ast.ts';
import type { NormalizedQuery, NormalizedTime } from '../../pipeline/normalize-query.ts';
import { RequestBudget } from '../../pipeline/request-budget.ts';
import { auditedQuery, type AuditRecord } from '../audit.ts';
import type { PreparedQuery, QueryService } from '../query/query-service.ts';
import type { ExpandedQuery } from '../query/expand-query.ts';
import type { DataRow } from '../query/load-result.ts';
import { continueWait } from '../query/run.ts';
import { RequestError } from '../errors.ts';
import type { RequestContext } from '../options.ts';
import { QueryReader } from './read-query.ts';

export interface ApiSetting {
  readonly service: QueryService;
  readonly bodyBytes: number;
  readonly contextOf: (request: Request, response: Response) => Promise<RequestContext>;
  readonly auditOf: (response: Response) => AuditRecord;
}

/** One request, and who asks. */
interface Call {
  readonly request: Request;
  readonly context: RequestContext;
  readonly service: QueryService;
  readonly queries: QueryReader;
  readonly audit: AuditRecord;
  /** Gives what aborts when the caller has gone. */
  readonly signal: () => AbortSignal;
}

/** `load`, `sql`, `dry-run` and `meta`, each by GET and POST. */
export function apiRouter(setting: ApiSetting): Router {
  const { service } = setting;
  const queries = new QueryReader(setting.bodyBytes);
  const router = Router();
  const routes = { load, sql, 'dry-run': dryRun, meta };
  for (const [name, handle] of Object.entries(routes)) {
    router.all(`/v1/${name}`, async (request, response) => {
      if (request.method !== 'GET' && request.method !== 'POST') {
        response.setHeader('allow', 'GET, POST');
        throw new RequestError(405, 'use GET or POST');
      }
      const context = await setting.contextOf(request, response);
      const audit = setting.auditOf(response);
      const signal = (): AbortSignal => goneSignal(response);
      sendJson(response, await handle({ request, context, service, queries, audit, signal }));
    });
  }
  return router;
}

/** As `response.json`, which first asks the request about caches that there are none of. */
function sendJson(response: Response, answer: object): void {
  const text = JSON.stringify(answer);
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('content-length', Buffer.byteLength(text));
  response.end(text);
}

/** Aborts when the connection ends before the answer has been sent. */
function goneSignal(response: Response): AbortSignal {
  const gone = new AbortController();
  if (response.closed) gone.abort();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}

type Handler = (call: Call) => Promise<object>;

const load: Handler = async (call) => {
  const { request, service, signal } = call;
  const { expanded, isMulti } = call.queries.read(request);
  if (!isMulti && expanded.queryType !== 'regularQuery') {
    throw new RequestError(
      400,
      `'${expanded.queryType}' query type is not supported by the client. Please update the client.`,
    );
  }
  const prepared = await prepareAll(expanded, call);
  // Side by side: each waits for the database, not for the others.
  const loaded = await Promise.all(
    prepared.map((item, index) =>
      service.rows(item, signal, comparison(expanded, prepared, index)),
    ),
  );
  const results: object[] = [];
  for (const [index, rows] of loaded.entries()) {
    if (rows === continueWait) {
      return { error: 'Continue wait', stage: 'Executing query', timeElapsed: 0 };
    }
    const { echo, dataSource, annotation } = prepared[index]!;
    const query = echo();
    results.push({
      query,
      data: expanded.queryType === 'blendingQuery' ? blended(rows.data, query) : rows.data,
      ...(rows.total !== null && { total: rows.total }),
      lastRefreshTime: new Date(rows.refreshed).toISOString(),
      annotation: annotation(),
      dataSource,
      external: false,
      slowQuery: false,
    });
  }
  if (!isMulti) return results[0]!;
  return {
    queryType: expanded.queryType,
    results,
    pivotQuery: pivotQuery(expanded, prepared),
    slowQuery: false,
  };
};

const sql: Handler = async (call) => {
  const { expanded } = call.queries.read(call.request);
  const answers = (await prepareAll(expanded, call)).map(
    ({ echo, security, statement, dataSource }) => ({
      sql: {
        sql: [statement.sql, statement.params.map(jsonValue)],
        order: orderOf(echo()),
        aliasNameToMember: Object.fromEntries(
          statement.columns.map((column) => [column.alias, column.member]),
        ),
        dataSource,
        external: false,
        canUseTransformedQuery: {},
        preAggregations: [],
        hash: statement.hash,
        security: security(),
      },
    }),
  );
  return expanded.queryType === 'regularQuery' ? answers[0]! : answers;
};

const dryRun: Handler = async (call) => {
  const { expanded } = call.queries.read(call.request);
  const prepared = await prepareAll(expanded, call);
  return {
    queryType: expanded.queryType,
    normalizedQueries: prepared.map((item) => item.echo()),
    queryOrder: prepared.map((item) => orderOf(item.echo())),
    transformedQueries: prepared.map(() => null),
    pivotQuery: pivotQuery(expanded, prepared),
  };
};

const meta: Handler = ({ service, context }) => service.metadata(context);

/** One after the other, with other requests between: each may take as long as a query is allowed to. */
async function prepareAll(
  expanded: ExpandedQuery,
  { service, context, audit }: Call,
): Promise<PreparedQuery[]> {
  const prepared: PreparedQuery[] = [];
  const budget = new RequestBudget();
  for (const query of expanded.queries) {
    if (prepared.length > 0) await new Promise((resolve) => setImmediate(resolve));
    const item = await service.prepare(query, context);
    budget.spend(item.statement);
    audit.queries.push(auditedQuery(item));
    prepared.push(item);
  }
  return prepared;
}

function orderOf(query: NormalizedQuery): Record<string, string> {
  return Object.fromEntries(query.order.map(({ id, desc }) => [id, desc ? 'desc' : 'asc']));
}

/** Clients put the rows of blended queries on one axis of time, whatever the name of each one's own. */
function blended(data: readonly DataRow[], query: NormalizedQuery): readonly DataRow[] {
  const { dimension, granularity } = query.timeDimensions[0]!;
  const name = `${dimension}.${granularity}`;
  return data.map((row) => ({ ...row, [`time.${granularity}`]: row[name] ?? null }));
}

/** Each row of a comparison says which range it is of. */
function comparison(
  expanded: ExpandedQuery,
  prepared: readonly PreparedQuery[],
  index: number,
): Record<string, string> | undefined {
  if (expanded.queryType !== 'compareDateRangeQuery') return undefined;
  const { timeDimensions } = prepared[index]!.query;
  const isCompared = (item: NormalizedTime) =>
    item.dimension === expanded.compared && item.dateRange;
  const range = timeDimensions.find(isCompared)?.dateRange;
  return { compareDateRange: range ? range.join(' - ') : '' };
}

function pivotQuery(expanded: ExpandedQuery, prepared: readonly PreparedQuery[]): object {
  const [first] = prepared;
  const query = first!.echo();
  const { queryType } = expanded;
  if (queryType === 'regularQuery') return { ...query, queryType };
  if (queryType === 'compareDateRangeQuery') {
    return { ...query, dimensions: ['compareDateRange', ...query.dimensions], queryType };
  }
  const unique = (lists: readonly (readonly string[])[]) => [...new Set(lists.flat())];
  return {
    measures: unique(prepared.map((item) => item.echo().measures)),
    dimensions: unique(prepared.map((item) => item.echo().dimensions)),
    timeDimensions: [{ ...query.timeDimensions[0], dimension: 'time' }],
    queryType,
  };
}

function jsonValue(value: ParameterValue): unknown {
  if (typeof value === 'bigint') return value.toString();
  return typeof value === 'object' && value !== null ? value.map((item) => jsonValue(item)) : value;
}
