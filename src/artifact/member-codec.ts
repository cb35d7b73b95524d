import type { CalendarShift, Granularity } from '../model/granularity.ts';
import type {
  CaseLabel,
  Dimension,
  DimensionExpression,
  Format,
  Link,
  Measure,
  Member,
  MemberBase,
  MultiStage,
  Segment,
  SwitchExpression,
} from '../model/model.ts';
import type { Mask } from '../model/mask.ts';
import type { Interval, RollingWindow, TimeShift, TimeUnit } from '../model/interval.ts';
import {
  either,
  flag,
  isText,
  list,
  map,
  nullable,
  number,
  optional,
  record,
  tagged,
  text,
  word,
  type Codec,
  type Fields,
} from './codec.ts';
import { fragment, identifier, json, memberReference, ownPath, plain } from './fragment-codec.ts';

export const format: Codec<Format> = either(
  isText,
  text,
  tagged<Exclude<Format, string>, 'type'>('type', {
    link: { label: text },
    'custom-numeric': { value: text, alias: optional(text) },
    'custom-time': { value: text },
  }),
);

export const interval: Codec<Interval> = list(
  record<Interval[number]>({
    count: number,
    unit: word<TimeUnit>({
      second: true,
      minute: true,
      hour: true,
      day: true,
      week: true,
      month: true,
      quarter: true,
      year: true,
    }),
  }),
);

const mask = tagged<Mask, 'kind'>('kind', { value: { value: plain }, sql: { sql: fragment } });

const switchFields: Fields<Omit<SwitchExpression, 'kind'>> = {
  on: memberReference,
  when: list(record<SwitchExpression['when'][number]>({ value: text, sql: fragment })),
  otherwise: nullable(fragment),
};
const switchExpression = tagged<SwitchExpression, 'kind'>('kind', { switch: switchFields });

const direction = word({ prior: true, next: true });
const reach = nullable(either(isUnbounded, word({ unbounded: true }), interval));

function isUnbounded(value: unknown): value is 'unbounded' {
  return value === 'unbounded';
}

const rollingWindow = tagged<RollingWindow, 'kind'>('kind', {
  fixed: { trailing: reach, leading: reach, offset: word({ start: true, end: true }) },
  'to-date': { granularity: text },
});

const multiStage = record<MultiStage>({
  groupBy: nullable(list(memberReference)),
  reduceBy: list(memberReference),
  addGroupBy: list(memberReference),
  timeShifts: list(
    record<TimeShift>({
      timeDimension: nullable(memberReference),
      interval: nullable(interval),
      direction,
      name: nullable(text),
    }),
  ),
  orderBy: list(
    record<MultiStage['orderBy'][number]>({
      sql: fragment,
      direction: word({ asc: true, desc: true }),
    }),
  ),
});

const caseLabel = tagged<CaseLabel, 'kind'>('kind', { text: { text }, sql: { sql: fragment } });

type CaseBranch = Extract<DimensionExpression, { kind: 'case' }>['when'][number];
const expression = tagged<DimensionExpression, 'kind'>('kind', {
  sql: { sql: fragment },
  case: {
    when: list(
      record<CaseBranch>({
        sql: fragment,
        label: caseLabel,
      }),
    ),
    otherwise: nullable(caseLabel),
  },
  geo: { latitude: fragment, longitude: fragment },
  switch: switchFields,
  values: { values: list(text) },
});

const granularity = record<Granularity>({
  name: text,
  title: text,
  rule: tagged<Granularity['rule'], 'kind'>('kind', {
    interval: { interval, origin: nullable(text), offset: nullable(interval) },
    sql: { sql: fragment },
  }),
});

const calendarShift = record<CalendarShift>({
  name: nullable(text),
  interval: nullable(interval),
  direction: nullable(direction),
  sql: nullable(fragment),
});

const link = record<Link>({
  name: text,
  label: text,
  url: nullable(fragment),
  dashboard: nullable(text),
  icon: nullable(text),
  target: nullable(word({ blank: true, self: true })),
  primary: flag,
  parameters: list(record<Link['parameters'][number]>({ key: text, value: fragment })),
});

export const memberFields: Fields<MemberBase> = {
  name: identifier,
  path: ownPath,
  alias: text,
  title: text,
  shortTitle: text,
  description: nullable(text),
  public: flag,
  meta: nullable(json),
};

const measure: Fields<Omit<Measure, 'kind'>> = {
  ...memberFields,
  type: word({
    count: true,
    countDistinct: true,
    countDistinctApprox: true,
    sum: true,
    avg: true,
    min: true,
    max: true,
    number: true,
    string: true,
    boolean: true,
    time: true,
    numberAgg: true,
    rank: true,
    runningTotal: true,
  }),
  sql: nullable(fragment),
  switch: nullable(switchExpression),
  filters: list(fragment),
  drillFilters: list(fragment),
  rollingWindow: nullable(rollingWindow),
  multiStage: nullable(multiStage),
  format: nullable(format),
  currency: nullable(text),
  mask: nullable(mask),
  drillMembers: list(memberReference),
};

const dimension: Fields<Omit<Dimension, 'kind'>> = {
  ...memberFields,
  type: word({ string: true, number: true, boolean: true, time: true, geo: true, switch: true }),
  expression,
  primaryKey: flag,
  subQuery: nullable(record<{ propagateFilters: boolean }>({ propagateFilters: flag })),
  multiStage: nullable(multiStage),
  granularities: map(granularity),
  timeShifts: list(calendarShift),
  format: nullable(format),
  currency: nullable(text),
  mask: nullable(mask),
  storedAsText: flag,
  order: nullable(word({ asc: true, desc: true })),
  key: nullable(memberReference),
  links: list(link),
  suggestFilterValues: flag,
};

const segment: Fields<Omit<Segment, 'kind'>> = { ...memberFields, sql: fragment };

export const member = tagged<Member, 'kind'>('kind', { measure, dimension, segment });
