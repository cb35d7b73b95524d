/**
 * Every property of the schema language: what may stand where. The reader of declarations, its
 * suggestions and the JSON Schema of YAML files are all driven by these tables.
 */
export interface Property {
  readonly value: ValueShape;
  /** Names of earlier years, still read. */
  readonly old?: readonly string[];
  /** For editors, in a sentence. */
  readonly note?: string;
  readonly required?: true;
}

/**
 * What braces mean in the texts of a property: `{CUBE}.x`, `{ security_context.x }` in YAML, `${...}` in
 * JavaScript.
 * - `sql`: interpolations, anywhere in the text
 * - `reference`: the name of a cube or member; it stands there without braces too
 * - `claim`: the whole of a text is a claim, or none of it
 * - `condition`: the whole is a claim, which stands there without braces too
 * - `literal`: nothing; a text for people, or data that is handed on
 * - `refused`: nothing, so braces there are a mistake
 */
export type Braces = 'sql' | 'reference' | 'claim' | 'condition' | 'literal' | 'refused';

export type ValueShape =
  | { readonly kind: 'text'; readonly braces: 'literal' | 'reference' | 'refused' }
  | { readonly kind: 'boolean' | 'number' | 'interval'; readonly braces: 'refused' }
  | { readonly kind: 'json'; readonly braces: 'literal' }
  /** SQL text with references. */
  | { readonly kind: 'sql'; readonly braces: 'sql' }
  /** A cube, a member, or a list of them; `path` is a way over several cubes. */
  | { readonly kind: 'cube' | 'member' | 'members' | 'path'; readonly braces: 'reference' }
  /** `*`, or a list of names. */
  | { readonly kind: 'names'; readonly braces: 'reference' }
  /** Values that claims may stand among. */
  | { readonly kind: 'values'; readonly braces: 'claim' }
  | { readonly kind: 'condition'; readonly braces: 'condition' }
  /** One of some words: each spelling, and what it means. */
  | {
      readonly kind: 'word';
      readonly braces: 'refused';
      readonly words: ReadonlyMap<string, string>;
    }
  | { readonly kind: 'object'; readonly shape: ShapeName }
  /** An object by names, or a list of objects with a `name` each. */
  | { readonly kind: 'named'; readonly shape: ShapeName }
  | { readonly kind: 'list'; readonly item: ValueShape }
  | { readonly kind: 'either'; readonly shapes: readonly ValueShape[] };

type Properties = Readonly<Record<string, Property>>;

export type ShapeName =
  | 'cube'
  | 'view'
  | 'context'
  | 'join'
  | 'measure'
  | 'dimension'
  | 'segment'
  | 'hierarchy'
  | 'sql'
  | 'format'
  | 'case'
  | 'caseBranch'
  | 'caseElse'
  | 'rollingWindow'
  | 'timeShift'
  | 'calendarShift'
  | 'orderBy'
  | 'granularity'
  | 'link'
  | 'linkParameter'
  | 'viewCube'
  | 'viewInclude'
  | 'folder'
  | 'folderInclude'
  | 'policy'
  | 'policyCondition'
  | 'memberLevel'
  | 'rowLevel'
  | 'policyFilter'
  | 'refreshKey'
  | 'preAggregation'
  | 'rollupTime'
  | 'index'
  | 'outputColumn';

/** For people, or handed on as it is. */
const words = { kind: 'text', braces: 'literal' } as const;
/** Means something to the compiler, or is a value of the data. */
const text = { kind: 'text', braces: 'refused' } as const;
const name = { kind: 'text', braces: 'reference' } as const;
const boolean = { kind: 'boolean', braces: 'refused' } as const;
const number = { kind: 'number', braces: 'refused' } as const;
const interval = { kind: 'interval', braces: 'refused' } as const;
const json = { kind: 'json', braces: 'literal' } as const;
const sql = { kind: 'sql', braces: 'sql' } as const;
const cube = { kind: 'cube', braces: 'reference' } as const;
const member = { kind: 'member', braces: 'reference' } as const;
const members = { kind: 'members', braces: 'reference' } as const;
const path = { kind: 'path', braces: 'reference' } as const;
const names = { kind: 'names', braces: 'reference' } as const;
const values = { kind: 'values', braces: 'claim' } as const;
const condition = { kind: 'condition', braces: 'condition' } as const;

function object(shape: ShapeName): ValueShape {
  return { kind: 'object', shape };
}

function named(shape: ShapeName): ValueShape {
  return { kind: 'named', shape };
}

function list(item: ValueShape): ValueShape {
  return { kind: 'list', item };
}

function either(...shapes: readonly ValueShape[]): ValueShape {
  return { kind: 'either', shapes };
}

function word(known: ReadonlyMap<string, string>): ValueShape {
  return { kind: 'word', braces: 'refused', words: known };
}

/** Words that are written as they are meant, in both spellings: `countDistinct`, `count_distinct`. */
function spellings<T extends string>(...known: readonly T[]): ReadonlyMap<string, T> {
  return new Map(
    known.flatMap((item) => [[item, item] as const, [snakeCase(item), item] as const]),
  );
}

/** `sqlTable` -> `sql_table`. */
export function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export const measureTypes = spellings(
  'count',
  'countDistinct',
  'countDistinctApprox',
  'sum',
  'avg',
  'min',
  'max',
  'number',
  'string',
  'boolean',
  'time',
  'numberAgg',
  'rank',
  'runningTotal',
);

export const dimensionTypes = spellings('string', 'number', 'boolean', 'time', 'geo', 'switch');

export const relationships = new Map([
  ...[...spellings('belongsTo', 'manyToOne').keys()].map((key) => [key, 'many-to-one'] as const),
  ...[...spellings('hasMany', 'oneToMany').keys()].map((key) => [key, 'one-to-many'] as const),
  ...[...spellings('hasOne', 'oneToOne').keys()].map((key) => [key, 'one-to-one'] as const),
]);

export const directions = spellings('asc', 'desc');
export const shiftDirections = spellings('prior', 'next');
export const windowOffsets = spellings('start', 'end');
export const windowTypes = spellings(
  'fixed',
  'toDate',
  'yearToDate',
  'quarterToDate',
  'monthToDate',
);
export const linkTargets = spellings('blank', 'self');
export const fieldTypes = spellings('string');
export const streamOffsets = spellings('earliest', 'latest');
export const indexTypes = spellings('regular', 'aggregate');
export const preAggregationTypes = spellings(
  'rollup',
  'originalSql',
  'rollupJoin',
  'rollupLambda',
  'autoRollup',
);
export const partitionGranularities = spellings('hour', 'day', 'week', 'month', 'quarter', 'year');

/** Operators of queries' filters that make sense in a policy; the last ones are other names. */
export const policyOperators: ReadonlyMap<string, string> = new Map([
  ...spellings(
    'equals',
    'notEquals',
    'contains',
    'notContains',
    'startsWith',
    'notStartsWith',
    'endsWith',
    'notEndsWith',
    'gt',
    'gte',
    'lt',
    'lte',
    'set',
    'notSet',
    'inDateRange',
    'notInDateRange',
    'onTheDate',
    'beforeDate',
    'beforeOrOnDate',
    'afterDate',
    'afterOrOnDate',
  ),
  ['in', 'equals'],
  ['notIn', 'notEquals'],
  ['not_in', 'notEquals'],
]);

const described = {
  title: { value: words },
  description: { value: words },
  meta: { value: json },
} satisfies Properties;

const shown = {
  public: { value: boolean, old: ['shown', 'visible'] },
} satisfies Properties;

const memberProperties = {
  ...described,
  ...shown,
  aliases: { value: list(words), note: 'Read and ignored, as in the original.' },
} satisfies Properties;

const format = {
  value: either(words, object('format')),
  note: "A word such as 'percent', a d3 format such as '$,.2f', or { type: 'link', label }.",
} satisfies Property;
const mask = {
  value: either(text, number, boolean, object('sql')),
  note: 'What users see whose policy masks the member.',
} satisfies Property;
const switchCase = { value: object('case') } satisfies Property;

const multiStage = {
  multi_stage: { value: boolean, note: 'Computed over the groups of the measures that it names.' },
  group_by: { value: members },
  reduce_by: { value: members },
  add_group_by: { value: members },
} satisfies Properties;

const cubeLike = {
  ...described,
  ...shown,
  extends: { value: cube },
  hierarchies: { value: named('hierarchy') },
  access_policy: { value: list(object('policy')) },
} satisfies Properties;

export const shapes: Readonly<Record<ShapeName, Properties>> = {
  cube: {
    ...cubeLike,
    sql: { value: sql },
    sql_table: { value: sql },
    sql_alias: { value: text },
    data_source: { value: text },
    calendar: { value: boolean },
    rewrite_queries: {
      value: boolean,
      note: 'Read and ignored: filters are placed by the planner.',
    },
    refresh_key: { value: object('refreshKey') },
    pre_aggregations: { value: named('preAggregation') },
    joins: { value: named('join') },
    measures: { value: named('measure') },
    dimensions: { value: named('dimension') },
    segments: { value: named('segment') },
  },
  view: {
    ...cubeLike,
    cubes: { value: list(object('viewCube')) },
    folders: { value: list(object('folder')) },
  },
  context: { context_members: { value: list(path), required: true } },
  join: {
    relationship: { value: word(relationships), required: true },
    sql: { value: sql, required: true },
  },
  measure: {
    ...memberProperties,
    ...multiStage,
    type: { value: word(measureTypes), required: true },
    sql: { value: sql },
    case: switchCase,
    filters: { value: list(object('sql')) },
    drill_members: { value: members, old: ['drill_member_references'] },
    drill_filters: { value: list(object('sql')) },
    rolling_window: { value: object('rollingWindow') },
    cumulative: { value: boolean, note: 'Read and ignored: a rolling window says it.' },
    time_shift: { value: list(object('timeShift')) },
    order_by: { value: list(object('orderBy')), note: 'Of a measure of the type rank.' },
    format,
    currency: { value: text, note: 'A code of ISO 4217, such as EUR.' },
    mask,
  },
  dimension: {
    ...memberProperties,
    ...multiStage,
    type: { value: word(dimensionTypes), required: true },
    sql: { value: sql },
    case: switchCase,
    latitude: { value: object('sql') },
    longitude: { value: object('sql') },
    values: { value: list(text), note: 'Of a dimension of the type switch.' },
    primary_key: { value: boolean },
    sub_query: { value: boolean },
    propagate_filters_to_sub_query: { value: boolean },
    granularities: { value: named('granularity') },
    time_shift: { value: list(object('calendarShift')), note: 'Of a calendar.' },
    field_type: { value: word(fieldTypes) },
    values_as_segments: { value: boolean, note: 'Read and ignored, as in the original.' },
    suggest_filter_values: { value: boolean, old: ['enable_suggestions'] },
    order: { value: word(directions) },
    key: { value: member },
    links: { value: list(object('link')) },
    format,
    currency: { value: text, note: 'A code of ISO 4217, such as EUR.' },
    mask,
  },
  segment: { ...memberProperties, sql: { value: sql, required: true } },
  hierarchy: { title: { value: words }, ...shown, levels: { value: members, required: true } },
  sql: { sql: { value: sql, required: true } },
  format: {
    type: { value: text, required: true },
    label: { value: words },
    value: { value: words },
  },
  case: {
    when: { value: list(object('caseBranch')), required: true },
    else: { value: object('caseElse') },
    switch: { value: member },
  },
  caseBranch: {
    sql: { value: sql },
    label: { value: either(text, number, object('sql')) },
    value: { value: text },
  },
  caseElse: { sql: { value: sql }, label: { value: either(text, number, object('sql')) } },
  rollingWindow: {
    type: { value: word(windowTypes) },
    trailing: { value: interval },
    leading: { value: interval },
    offset: { value: word(windowOffsets) },
    granularity: { value: text },
  },
  timeShift: {
    time_dimension: { value: member },
    interval: { value: interval },
    type: { value: word(shiftDirections) },
    name: { value: text },
  },
  calendarShift: {
    interval: { value: interval },
    type: { value: word(shiftDirections) },
    name: { value: text },
    sql: { value: sql },
  },
  orderBy: { sql: { value: sql, required: true }, dir: { value: word(directions) } },
  granularity: {
    title: { value: words },
    interval: { value: interval },
    origin: { value: text },
    offset: { value: interval },
    sql: { value: sql },
  },
  link: {
    name: { value: text, required: true },
    label: { value: words, required: true },
    url: { value: sql },
    dashboard: { value: text },
    icon: { value: text },
    target: { value: word(linkTargets) },
    primary: { value: boolean },
    params: { value: list(object('linkParameter')) },
  },
  linkParameter: { key: { value: text, required: true }, value: { value: sql, required: true } },
  viewCube: {
    join_path: { value: path, required: true },
    includes: {
      value: either(names, list(either(name, object('viewInclude')))),
      required: true,
    },
    excludes: { value: names },
    prefix: { value: boolean },
    alias: { value: text },
    split: { value: boolean },
  },
  viewInclude: {
    name: { value: text, required: true },
    alias: { value: text },
    ...described,
    format,
  },
  folder: {
    name: { value: words, required: true },
    includes: {
      value: either(names, list(either(name, object('folderInclude')))),
      required: true,
    },
  },
  folderInclude: {
    name: { value: words },
    includes: { value: either(names, list(either(name, object('folderInclude')))) },
    join_path: { value: path },
  },
  policy: {
    group: { value: text, old: ['role'] },
    groups: { value: list(text), old: ['roles'] },
    conditions: { value: list(object('policyCondition')) },
    member_level: { value: object('memberLevel') },
    member_masking: { value: object('memberLevel') },
    row_level: { value: object('rowLevel') },
  },
  policyCondition: { if: { value: condition, required: true } },
  memberLevel: { includes: { value: names }, excludes: { value: names } },
  rowLevel: { filters: { value: list(object('policyFilter')) }, allow_all: { value: boolean } },
  policyFilter: {
    member: { value: member },
    operator: { value: word(policyOperators) },
    values: { value: values },
    and: { value: list(object('policyFilter')) },
    or: { value: list(object('policyFilter')) },
  },
  refreshKey: {
    sql: { value: sql },
    every: { value: text },
    timezone: { value: text },
    incremental: { value: boolean },
    update_window: { value: interval },
    immutable: { value: boolean },
  },
  preAggregation: {
    type: { value: word(preAggregationTypes) },
    measures: { value: members, old: ['measure_references'] },
    dimensions: { value: members, old: ['dimension_references'] },
    segments: { value: members, old: ['segment_references'] },
    time_dimension: { value: member, old: ['time_dimension_reference'] },
    granularity: { value: text },
    time_dimensions: { value: list(object('rollupTime')) },
    rollups: { value: members, old: ['rollup_references'] },
    partition_granularity: { value: word(partitionGranularities) },
    refresh_key: { value: object('refreshKey') },
    build_range_start: { value: object('sql'), old: ['refresh_range_start'] },
    build_range_end: { value: object('sql'), old: ['refresh_range_end'] },
    indexes: { value: named('index') },
    sql_alias: { value: text },
    external: { value: boolean },
    scheduled_refresh: { value: boolean },
    use_original_sql_pre_aggregations: { value: boolean },
    allow_non_strict_date_range_match: { value: boolean },
    union_with_source_data: { value: boolean },
    read_only: { value: boolean },
    max_pre_aggregations: { value: number },
    unique_key_columns: { value: list(text) },
    output_column_types: { value: list(object('outputColumn')) },
    stream_offset: { value: word(streamOffsets) },
  },
  rollupTime: {
    dimension: { value: member, required: true },
    granularity: { value: text, required: true },
  },
  index: {
    columns: { value: members },
    sql: { value: sql },
    type: { value: word(indexTypes) },
  },
  outputColumn: {
    member: { value: member, required: true },
    type: { value: text, required: true },
  },
};
