import { isIdentifier } from '../core/names.ts';
import { asked, say } from '../core/told.ts';
import { decodeFilters } from './decode-filters.ts';
import type { Query } from './query.ts';
import { QueryError } from './query-error.ts';
import { QueryReader } from './query-reader.ts';
import { granularities } from './request.ts';
import type {
  NamedMember,
  Request,
  RequestedGranularity,
  RequestedHint,
  RequestedOrder,
  RequestedRange,
  RequestedTime,
} from './request.ts';
import { canonicalTimeZone } from './time/time-zone.ts';

export const defaultLimit = 10_000;
export const mostRows = 50_000;
const mostOffset = 2_147_483_647;

export const queryKeys: readonly (keyof Query)[] = [
  'measures',
  'dimensions',
  'segments',
  'timeDimensions',
  'filters',
  'order',
  'limit',
  'offset',
  'timezone',
  'ungrouped',
  'total',
  'renewQuery',
  'joinHints',
];

/** Known from the REST API, and not answered here: ignoring them would give other rows. */
const unsupported = new Map([
  ['responseFormat', 'rows come as the driver gives them'],
  ['cache', 'it belongs to a server'],
]);

/**
 * Decodes an untrusted query.
 *
 * @throws QueryError with everything that is wrong with its shape.
 */
export function decodeQuery(input: unknown): Request {
  const reader = new QueryReader();
  const query = reader.object(input, '', 'the query');
  if (query === null) throw new QueryError(reader.problems);
  for (const key of Object.keys(query)) {
    const help = unsupported.get(key);
    if (help !== undefined) {
      reader.report(
        'query/not-supported-yet',
        key,
        say`${asked(key)} is not supported; ${asked(help)}`,
      );
    } else if (!queryKeys.includes(key as keyof Query)) reader.unknownKey(key, '', queryKeys);
  }
  const { dimensions, times } = decodeDimensions(query['dimensions'], reader);
  const request: Request = {
    measures: decodeNames(query['measures'], 'measures', reader),
    dimensions,
    segments: decodeNames(query['segments'], 'segments', reader),
    timeDimensions: [...times, ...decodeTimes(query['timeDimensions'], reader)],
    filters: decodeFilters(query['filters'], reader),
    order: decodeOrder(query['order'], reader),
    limit: reader.integer(query['limit'], 'limit', 1, mostRows, defaultLimit),
    offset: reader.integer(query['offset'], 'offset', 0, mostOffset, 0),
    timezone: decodeTimeZone(query['timezone'], reader),
    ungrouped: reader.boolean(query['ungrouped'], 'ungrouped'),
    total: reader.boolean(query['total'], 'total'),
    joinHints: decodeHints(query['joinHints'], reader),
  };
  reader.boolean(query['renewQuery'], 'renewQuery');
  countMembers(request, reader);
  if (reader.problems.length === 0) requireMembers(request, reader);
  if (reader.problems.length > 0) throw new QueryError(reader.problems);
  return request;
}

/** Everything that a plan looks for: each costs a column, a join or a condition. */
function countMembers(request: Request, { budget }: QueryReader): void {
  for (const key of [
    'measures',
    'dimensions',
    'segments',
    'timeDimensions',
    'joinHints',
  ] as const) {
    budget.spend('members', request[key].length, key);
  }
}

function requireMembers(request: Request, reader: QueryReader): void {
  const selectsTime = request.timeDimensions.some((item) => item.granularity !== null);
  if (request.measures.length + request.dimensions.length > 0 || selectsTime) return;
  reader.report(
    'query/nothing-selected',
    '',
    'the query should contain measures, dimensions, or time dimensions with a granularity',
  );
}

/** Names in order, each once. */
function decodeNames(value: unknown, key: string, reader: QueryReader): NamedMember[] {
  const names = new Map<string, NamedMember>();
  for (const [index, item] of reader.list(value, key).entries()) {
    const path = `${key}[${index}]`;
    const name = memberName(item, path, reader);
    if (name !== null && !names.has(name)) names.set(name, { name, path });
  }
  return [...names.values()];
}

function memberName(item: unknown, path: string, reader: QueryReader): string | null {
  if (typeof item === 'string') {
    const parts = item.split('.');
    if (parts.length === 2 && parts.every(isIdentifier)) return item;
  }
  reader.report(
    'query/bad-member',
    path,
    say`${reader.show(item)} is not the name of a member; names look like 'Orders.count'`,
  );
  return null;
}

/** `Orders.createdAt.day` is a time dimension with a granularity. */
function decodeDimensions(value: unknown, reader: QueryReader) {
  const plain: unknown[] = [];
  const times: RequestedTime[] = [];
  for (const [index, item] of reader.list(value, 'dimensions').entries()) {
    const parts = typeof item === 'string' ? item.split('.') : [];
    if (parts.length === 3 && parts.every(isIdentifier)) {
      const path = `dimensions[${index}]`;
      const name = `${parts[0]}.${parts[1]}`;
      const granularity = { path, name: parts[2]! };
      times.push({ name, path, granularity, dateRange: null, fill: null });
    } else plain[index] = item;
  }
  return {
    dimensions: decodeNames(
      plain.filter((_, index) => index in plain),
      'dimensions',
      reader,
    ),
    times,
  };
}

const timeKeys = ['dimension', 'granularity', 'dateRange', 'compareDateRange', 'fillMissingDates'];

function decodeTimes(value: unknown, reader: QueryReader): RequestedTime[] {
  return reader.list(value, 'timeDimensions').flatMap((item, index) => {
    const path = `timeDimensions[${index}]`;
    const time = reader.object(item, path, 'a time dimension');
    if (time === null) return [];
    reader.knownKeys(time, path, timeKeys);
    if (time['compareDateRange'] !== undefined && time['compareDateRange'] !== null) {
      const place = `${path}.compareDateRange`;
      const message =
        'compareDateRange makes several queries; generate the SQL of one for each range, with that as its dateRange, as the load of the server does';
      reader.report('query/compare-date-range', place, message);
    }
    const name = memberName(time['dimension'], `${path}.dimension`, reader);
    const granularity = decodeGranularity(time['granularity'], `${path}.granularity`, reader);
    const dateRange = decodeRange(time['dateRange'], `${path}.dateRange`, reader);
    const place = `${path}.fillMissingDates`;
    const fill = reader.boolean(time['fillMissingDates'], place) ? place : null;
    return name === null ? [] : [{ name, path: `${path}.dimension`, granularity, dateRange, fill }];
  });
}

function decodeGranularity(
  value: unknown,
  path: string,
  reader: QueryReader,
): RequestedGranularity | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' && isIdentifier(value)) return { path, name: value };
  reader.oneOf('query/bad-granularity', value, path, granularities);
  return null;
}

function decodeRange(value: unknown, path: string, reader: QueryReader): RequestedRange | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return { path, value };
  if (Array.isArray(value) && (value.length === 1 || value.length === 2)) {
    const [from, to = from] = value as readonly unknown[];
    if (typeof from === 'string' && typeof to === 'string') return { path, value: [from, to] };
  } else if (typeof value === 'object' && !Array.isArray(value)) {
    const range = reader.object(value, path, 'a date range');
    if (range === null) return null;
    reader.knownKeys(range, path, ['from', 'to']);
    const { from, to } = range;
    if (typeof from === 'string' && typeof to === 'string') return { path, value: [from, to] };
  }
  reader.report(
    'query/bad-date-range',
    path,
    "a date range is one or two dates (['2024-01-01', '2024-01-31'], or { from, to }), or a text ('last week')",
  );
  return null;
}

function decodeOrder(value: unknown, reader: QueryReader): RequestedOrder[] | null {
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value)) {
    const object = reader.object(value, 'order', 'order');
    return object === null
      ? null
      : Object.entries(object).flatMap(([name, direction]) =>
          decodeOrderItem(name, direction, `order.${name}`, reader),
        );
  }
  return (value as readonly unknown[]).flatMap((item, index) => {
    const path = `order[${index}]`;
    if (Array.isArray(item)) {
      const [name, direction = 'asc'] = item as readonly unknown[];
      return decodeOrderItem(name, direction, path, reader);
    }
    const object = reader.object(item, path, 'an order item');
    if (object === null) return [];
    const direction =
      typeof object['desc'] === 'boolean'
        ? object['desc']
          ? 'desc'
          : 'asc'
        : (object['desc'] ?? 'asc');
    return decodeOrderItem(object['id'], direction, path, reader);
  });
}

function decodeOrderItem(
  name: unknown,
  direction: unknown,
  path: string,
  reader: QueryReader,
): RequestedOrder[] {
  if (direction !== 'asc' && direction !== 'desc') {
    reader.report(
      'query/bad-order',
      path,
      say`the direction must be 'asc' or 'desc', not ${reader.show(direction)}`,
    );
    return [];
  }
  if (typeof name !== 'string') {
    reader.report(
      'query/bad-order',
      path,
      "an order item names a member: ['Orders.count', 'desc']",
    );
    return [];
  }
  return [{ name, path, descending: direction === 'desc' }];
}

function decodeTimeZone(value: unknown, reader: QueryReader): string {
  if (value === undefined || value === null) return 'UTC';
  const zone = typeof value === 'string' ? canonicalTimeZone(value) : undefined;
  if (zone !== undefined) return zone;
  reader.unknownTimeZone(value);
  return 'UTC';
}

function decodeHints(value: unknown, reader: QueryReader): RequestedHint[] {
  return reader.list(value, 'joinHints').flatMap((item, index) => {
    const path = `joinHints[${index}]`;
    const cubes = reader.list(item, path);
    if (cubes.every((cube) => typeof cube === 'string')) return [{ path, cubes }];
    reader.report('query/bad-join-hint', path, "a join hint names cubes: ['Orders', 'Users']");
    return [];
  });
}
