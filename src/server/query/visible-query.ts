import type { NormalizedQuery } from '../../pipeline/normalize-query.ts';

/** Names that a user sees. */
type Visible = Pick<ReadonlyMap<string, unknown>, 'has'>;

/** The parts of a query that name what a user sees. The same object, where that is all of them. */
export function visibleQuery(query: NormalizedQuery, names: Visible): NormalizedQuery {
  const isSeen = (name: string): boolean => names.has(name);
  const { measures, dimensions, segments, timeDimensions, filters, order } = query;
  const shown = {
    measures: measures.filter(isSeen),
    dimensions: dimensions.filter(isSeen),
    segments: segments.filter(isSeen),
    timeDimensions: timeDimensions.filter((item) => isSeen(item.dimension)),
    filters: filters.flatMap((filter) => visibleFilter(filter, names) ?? []),
    order: order.filter(({ id }) => isSeen(id.split('.').slice(0, 2).join('.'))),
  };
  return JSON.stringify(shown) === JSON.stringify(pick(query)) ? query : { ...query, ...shown };
}

function pick(query: NormalizedQuery) {
  const { measures, dimensions, segments, timeDimensions, filters, order } = query;
  return { measures, dimensions, segments, timeDimensions, filters, order };
}

/** null: nothing of it is seen. A group that lacks a part is left out: it would say something else. */
function visibleFilter(filter: object, names: Visible): object | null {
  const [[key, value] = ['', null]] = Object.entries(filter);
  if (key !== 'and' && key !== 'or') {
    return names.has((filter as { member: string }).member) ? filter : null;
  }
  const items = value as readonly object[];
  const seen = items.flatMap((item) => visibleFilter(item, names) ?? []);
  if (key === 'or' && seen.length < items.length) return null;
  return seen.length === 0 && items.length > 0 ? null : { [key]: seen };
}
