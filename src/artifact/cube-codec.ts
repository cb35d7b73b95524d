import type { MemberPath } from '../core/names.ts';
import type {
  AccessPolicy,
  MemberSelection,
  PolicyCondition,
  PolicyFilter,
  PolicyValue,
} from '../model/access-policy.ts';
import type { Cube, CubeJoin, CubeSource, Hierarchy, Model } from '../model/model.ts';
import type {
  PreAggregation,
  PreAggregationIndex,
  RefreshInterval,
  RefreshKey,
} from '../model/pre-aggregation.ts';
import type { Folder, View, ViewMember } from '../model/view.ts';
import {
  either,
  flag,
  isText,
  list,
  map,
  nullable,
  number,
  record,
  recursive,
  tagged,
  text,
  word,
  type Codec,
} from './codec.ts';
import {
  cubeReference,
  fragment,
  identifier,
  json,
  memberReference,
  ownPath,
} from './fragment-codec.ts';
import { format, interval, member, memberFields } from './member-codec.ts';

const source = tagged<CubeSource, 'kind'>('kind', {
  table: { name: fragment },
  query: { sql: fragment },
});

const join = record<CubeJoin>({
  target: cubeReference,
  relationship: word({ 'many-to-one': true, 'one-to-many': true, 'one-to-one': true }),
  sql: fragment,
});

const hierarchy = record<Hierarchy>({
  name: text,
  path: ownPath,
  title: text,
  public: flag,
  levels: list(memberReference),
});

const isAll = (value: unknown): value is 'all' => value === 'all';
const selection = tagged<MemberSelection, 'kind'>('kind', {
  only: { members: list(memberReference) },
  'all-but': { members: list(memberReference) },
});

const condition = tagged<PolicyCondition, 'kind'>('kind', {
  claim: { claim: list(text) },
  constant: { value: flag },
});

/** A value of a filter: `null` too. */
const constant: Codec<Extract<PolicyValue, { kind: 'constant' }>['value']> = {
  shape: () => 'constant',
  encode: (value) => value,
  decode: (value, context) => {
    if (value === null || typeof value === 'boolean') return value;
    return isText(value) ? text.decode(value, context) : number.decode(value, context);
  },
};

const policyValue = tagged<PolicyValue, 'kind'>('kind', {
  constant: { value: constant },
  claim: { claim: list(text) },
});

const policyFilter: Codec<PolicyFilter> = recursive('policy-filter', () =>
  tagged<PolicyFilter, 'kind'>('kind', {
    and: { items: list(policyFilter) },
    or: { items: list(policyFilter) },
    member: { member: memberReference, operator: text, values: list(policyValue) },
  }),
);

const accessPolicy = record<AccessPolicy>({
  groups: list(text),
  conditions: list(condition),
  members: selection,
  masked: selection,
  rows: either(isAll, word({ all: true }), policyFilter),
});

const refreshInterval = tagged<RefreshInterval, 'kind'>('kind', {
  interval: { interval },
  cron: { expression: text },
});

const refreshKey = tagged<RefreshKey, 'kind'>('kind', {
  sql: { sql: fragment, every: nullable(refreshInterval) },
  every: {
    every: refreshInterval,
    timezone: nullable(text),
    incremental: flag,
    updateWindow: nullable(interval),
  },
  immutable: { immutable: flag },
});

const index = record<PreAggregationIndex>({
  name: text,
  type: word({ regular: true, aggregate: true }),
  columns: list(text),
  sql: nullable(fragment),
});

const choice = nullable(flag);

const preAggregation = record<PreAggregation>({
  name: text,
  path: text,
  type: word({
    rollup: true,
    originalSql: true,
    rollupJoin: true,
    rollupLambda: true,
    autoRollup: true,
  }),
  measures: list(memberReference),
  dimensions: list(memberReference),
  segments: list(memberReference),
  timeDimensions: list(
    record<PreAggregation['timeDimensions'][number]>({
      dimension: memberReference,
      granularity: nullable(text),
    }),
  ),
  rollups: list(text),
  partitionGranularity: nullable(text),
  refreshKey: nullable(refreshKey),
  buildRange: record<PreAggregation['buildRange']>({
    start: nullable(fragment),
    end: nullable(fragment),
  }),
  indexes: list(index),
  alias: nullable(text),
  uniqueKeyColumns: list(text),
  outputColumnTypes: list(
    record<PreAggregation['outputColumnTypes'][number]>({ member: memberReference, type: text }),
  ),
  streamOffset: nullable(word({ earliest: true, latest: true })),
  maxPreAggregations: nullable(number),
  options: record<PreAggregation['options']>({
    external: choice,
    scheduledRefresh: choice,
    useOriginalSqlPreAggregations: choice,
    allowNonStrictDateRangeMatch: choice,
    unionWithSourceData: choice,
    readOnly: choice,
  }),
});

export const cubeCodec = record<Cube>({
  name: identifier,
  alias: text,
  title: text,
  description: nullable(text),
  public: flag,
  meta: nullable(json),
  dataSource: text,
  source,
  members: map(member),
  primaryKeys: list(text),
  joins: list(join),
  hierarchies: map(hierarchy),
  accessPolicies: list(accessPolicy),
  refreshKey: nullable(refreshKey),
  preAggregations: map(preAggregation),
  calendar: flag,
  file: text,
});

const viewMember = record<ViewMember>({
  ...memberFields,
  kind: word({ measure: true, dimension: true, segment: true }),
  target: memberReference,
  joinPath: list(cubeReference),
  format: nullable(format),
  drillMembers: list(memberReference),
});

const isPath = (value: unknown): value is MemberPath => isText(value);

const folder: Codec<Folder> = recursive('folder', () =>
  record<Folder>({ name: text, items: list(either(isPath, memberReference, folder)) }),
);

export const viewCodec = record<View>({
  name: identifier,
  title: text,
  description: nullable(text),
  public: flag,
  meta: nullable(json),
  members: map(viewMember),
  hierarchies: map(hierarchy),
  folders: list(folder),
  accessPolicies: list(accessPolicy),
  file: text,
});

export const contextsCodec: Codec<Model['contexts']> = map(list(identifier));
