import { emptyChoices } from '../../pipeline/empty-choices.ts';
import { HookError, refuseAnswer, withTimeout } from '../hooks.ts';
import type { RequestContext } from '../options.ts';
import type { ServerSettings } from '../settings.ts';

/** What a hook has made of a query, and what its caller asked. */
export interface Rewritten {
  readonly query: object;
  /** undefined: there is no hook, and the query is the caller's. */
  readonly askedQuery?: object;
}

/** @param input Frozen all through; the hook is given a copy of its own. @throws QueryError, HookError */
export async function rewriteQuery(
  input: object,
  context: RequestContext,
  { options, limits }: ServerSettings,
): Promise<Rewritten> {
  const hook = options.queryRewrite ?? options.queryTransformer;
  if (!hook) return { query: input };
  // A query that is wrong in itself reaches no hook.
  const asked = emptyChoices(input);
  const name = options.queryRewrite ? 'queryRewrite' : 'queryTransformer';
  const query: unknown = await withTimeout(name, limits.hookTimeoutMs, () =>
    hook(normalizedCopy(input), context),
  );
  if (typeof query !== 'object' || query === null || Array.isArray(query))
    return refuseAnswer(name, 'a query', query);
  // Nothing that a user may see is not everything.
  if (emptyChoices(query) > asked)
    throw new HookError(
      `the hook ${name} must not return an or without filters: it restricts nothing`,
    );
  return { query, askedQuery: input };
}

/** A copy in which every list is one, filters name their `member`, and order is a list of pairs. */
function normalizedCopy(input: object): object {
  const query = structuredClone(input) as Record<string, unknown>;
  for (const name of ['measures', 'dimensions', 'segments', 'timeDimensions', 'filters'])
    query[name] ??= [];
  renameDimensions(query['filters']);
  const { order } = query;
  if (typeof order === 'object' && order !== null && !Array.isArray(order))
    query['order'] = Object.entries(order);
  return query;
}

interface LooseFilter {
  member?: unknown;
  dimension?: unknown;
  and?: unknown;
  or?: unknown;
}

function renameDimensions(filters: unknown): void {
  if (!Array.isArray(filters)) return;
  for (const filter of filters as LooseFilter[]) {
    if (filter.dimension !== undefined && filter.member === undefined) {
      filter.member = filter.dimension;
      delete filter.dimension;
    }
    renameDimensions(filter.and);
    renameDimensions(filter.or);
  }
}
