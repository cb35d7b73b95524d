import { Router, type Request, type Response } from 'express';
import type { ParameterValue } from '../../sql/ast.ts';
import { continueWait, type PreparedQuery, type QueryService } from '../query/query-service.ts';
import { expandQuery, type ExpandedQuery } from '../query/expand-query.ts';
import { RequestError } from '../errors.ts';
import type { RequestContext } from '../options.ts';

export interface ApiSetting {
  readonly service: QueryService;
  readonly bodyBytes: number;
  readonly contextOf: (request: Request, response: Response) => Promise<RequestContext>;
}

/** `load`, `sql`, `dry-run` and `meta`, each by GET and POST. */
export function apiRouter(setting: ApiSetting): Router {
  const router = Router();
  const routes = { load, sql, 'dry-run': dryRun, meta };
  for (const [name, handle] of Object.entries(routes)) {
    router.all(`/v1/${name}`, async (request, response) => {
      if (request.method !== 'GET' && request.method !== 'POST') {
        response.setHeader('allow', 'GET, POST');
        throw new RequestError(405, 'use GET or POST');
      }
      const context = await setting.contextOf(request, response);
      response.json(await handle(request, context, setting));
    });
  }
  return router;
}

type Handler = (request: Request, context: RequestContext, setting: ApiSetting) => Promise<object>;

const load: Handler = async (request, context, { service, bodyBytes }) => {
  const expanded = expandQuery(readQuery(request, bodyBytes));
  const isMulti = parameter(request, 'queryType') === 'multi';
  if (!isMulti && expanded.queryType !== 'regularQuery') {
    throw new RequestError(
      400,
      `'${expanded.queryType}' query type is not supported by the client. Please update the client.`,
    );
  }
  const prepared = await prepareAll(expanded, context, service);
  const results: object[] = [];
  // Side by side: each waits for the database, not for the others.
  const loaded = await Promise.all(
    prepared.map((item, index) =>
      service.rows(item, context, comparison(expanded, prepared, index)),
    ),
  );
  for (const [index, data] of loaded.entries()) {
    if (data === continueWait)
      return { error: 'Continue wait', stage: 'Executing query', timeElapsed: 0 };
    const { query } = prepared[index]!;
    const annotation = await service.annotation(query, context);
    const lastRefreshTime = new Date().toISOString();
    results.push({
      query,
      data,
      lastRefreshTime,
      annotation,
      dataSource: 'default',
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

const sql: Handler = async (request, context, { service, bodyBytes }) => {
  const expanded = expandQuery(readQuery(request, bodyBytes));
  const answers = (await prepareAll(expanded, context, service)).map(({ query, statement }) => ({
    sql: {
      sql: [statement.sql, statement.params.map(jsonValue)],
      order: Object.fromEntries(query.order.map(({ id, desc }) => [id, desc ? 'desc' : 'asc'])),
      aliasNameToMember: Object.fromEntries(
        statement.columns.map((column) => [column.alias, column.member]),
      ),
      dataSource: 'default',
      external: false,
      canUseTransformedQuery: {},
      preAggregations: [],
      hash: statement.hash,
      security: statement.security,
    },
  }));
  return expanded.queryType === 'regularQuery' ? answers[0]! : answers;
};

const dryRun: Handler = async (request, context, { service, bodyBytes }) => {
  const expanded = expandQuery(readQuery(request, bodyBytes));
  const prepared = await prepareAll(expanded, context, service);
  return {
    queryType: expanded.queryType,
    normalizedQueries: prepared.map((item) => item.query),
    queryOrder: prepared.map(({ query }) =>
      Object.fromEntries(query.order.map(({ id, desc }) => [id, desc ? 'desc' : 'asc'])),
    ),
    transformedQueries: prepared.map(() => null),
    pivotQuery: pivotQuery(expanded, prepared),
  };
};

const meta: Handler = async (_request, context, { service }) =>
  (await service.schema(context)).meta();

function prepareAll(expanded: ExpandedQuery, context: RequestContext, service: QueryService) {
  return Promise.all(expanded.queries.map((query) => service.prepare(query, context)));
}

/** Each row of a comparison says which range it is of. */
function comparison(
  expanded: ExpandedQuery,
  prepared: readonly PreparedQuery[],
  index: number,
): Record<string, string> | undefined {
  if (expanded.queryType !== 'compareDateRangeQuery') return undefined;
  const range = prepared[index]!.query.timeDimensions.find((item) => item.dateRange)?.dateRange;
  return { compareDateRange: range ? range.join(' - ') : '' };
}

function pivotQuery(expanded: ExpandedQuery, prepared: readonly PreparedQuery[]): object {
  const [first] = prepared;
  const query = first!.query;
  const { queryType } = expanded;
  if (queryType === 'regularQuery') return { ...query, queryType };
  if (queryType === 'compareDateRangeQuery') {
    return { ...query, dimensions: ['compareDateRange', ...query.dimensions], queryType };
  }
  const unique = (lists: readonly (readonly string[])[]) => [...new Set(lists.flat())];
  return {
    measures: unique(prepared.map((item) => item.query.measures)),
    dimensions: unique(prepared.map((item) => item.query.dimensions)),
    timeDimensions: [{ ...query.timeDimensions[0], dimension: 'time' }],
    queryType,
  };
}

function readQuery(request: Request, bodyBytes: number): unknown {
  const body = request.body as { query?: unknown } | undefined;
  const value = request.method === 'POST' ? body?.query : parameter(request, 'query');
  if (value === undefined || value === 'undefined')
    throw new RequestError(400, 'query param is required');
  if (typeof value !== 'string') return value;
  if (value.length > bodyBytes) throw new RequestError(413, 'the query is too large');
  try {
    return JSON.parse(value) as unknown;
  } catch {
    throw new RequestError(400, 'the query is not valid JSON');
  }
}

function parameter(request: Request, name: string): unknown {
  const body = request.body as Record<string, unknown> | undefined;
  return request.method === 'POST' ? body?.[name] : request.query[name];
}

function jsonValue(value: ParameterValue): unknown {
  if (typeof value === 'bigint') return value.toString();
  return typeof value === 'object' && value !== null ? value.map((item) => jsonValue(item)) : value;
}
