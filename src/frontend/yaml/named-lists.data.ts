/** Lists whose items have a `name`, which is the key of a map in JavaScript; by the map they stand in. */
export interface NamedLists {
  /** Key of the list (both spellings), and what one item of it is called. */
  readonly lists: ReadonlyMap<string, NamedList>;
}

export interface NamedList {
  readonly what: string;
  readonly item: NamedLists;
}

const none: NamedLists = { lists: new Map() };
const granularity: NamedList = { what: 'granularity', item: none };
const index: NamedList = { what: 'index', item: none };
const preAggregation: NamedList = {
  what: 'pre-aggregation',
  item: { lists: new Map([['indexes', index]]) },
};

/** In a cube or a view. */
export const definitionLists: NamedLists = {
  lists: new Map<string, NamedList>([
    ['measures', { what: 'measure', item: none }],
    [
      'dimensions',
      { what: 'dimension', item: { lists: new Map([['granularities', granularity]]) } },
    ],
    ['segments', { what: 'segment', item: none }],
    ['joins', { what: 'join', item: none }],
    ['hierarchies', { what: 'hierarchy', item: none }],
    ['pre_aggregations', preAggregation],
    ['preAggregations', preAggregation],
  ]),
};

/** Everywhere else. */
export const noLists = none;
