import type { Severity } from '../core/diagnostic.ts';
import { measureTypes, type ShapeName } from './properties.data.ts';

/** What a property needs beside it to have an effect. */
export type Requirement =
  /** The object's own type is one of these, as `properties.data` has them. */
  | {
      readonly kind: 'types';
      readonly types: readonly string[];
      readonly severity?: Severity;
      readonly help?: string;
    }
  /** None of these properties stands beside it. */
  | { readonly kind: 'without'; readonly others: readonly string[]; readonly help?: string }
  /** It is read for the sake of old schemas, and does nothing. */
  | { readonly kind: 'never'; readonly help: string };

/**
 * Where properties have no effect: refused where they could have meant other rows, numbers or
 * protection, warned of where they mean nothing. A property that is not listed has its effect with
 * every type; a test walks all of them.
 */
export const effects: Readonly<
  Partial<Record<ShapeName, Readonly<Record<string, readonly Requirement[]>>>>
> = {
  cube: {
    rewrite_queries: [never('filters are placed by the planner; remove it')],
  },
  measure: {
    aliases: [never('remove it')],
    sql: [{ kind: 'types', types: allBut('rank') }, without('case')],
    case: [{ kind: 'types', types: allBut('rank') }],
    filters: [
      {
        kind: 'types',
        types: [
          'count',
          'countDistinct',
          'countDistinctApprox',
          'sum',
          'avg',
          'min',
          'max',
          'runningTotal',
        ],
        help: 'give the filters to a measure that aggregates (sum, count, ...) and calculate with that, or write CASE WHEN inside the aggregate',
      },
    ],
    rolling_window: [
      {
        kind: 'types',
        types: allBut('rank', 'runningTotal'),
        help: 'a running total has a window of its own; use the type sum with the rolling window',
      },
    ],
    cumulative: [never('a rolling_window says it; remove it')],
    order_by: [{ kind: 'types', types: ['rank'] }],
  },
  dimension: {
    aliases: [never('remove it')],
    latitude: [{ kind: 'types', types: ['geo'] }],
    longitude: [{ kind: 'types', types: ['geo'] }],
    values: [{ kind: 'types', types: ['switch'] }],
    granularities: [{ kind: 'types', types: ['time'] }],
    time_shift: [{ kind: 'types', types: ['time'] }],
    sub_query: [without('multi_stage')],
    field_type: [never('cast the column to a time in its sql')],
    values_as_segments: [never('declare segments')],
  },
  segment: { aliases: [never('remove it')] },
  format: {
    label: [{ kind: 'types', types: ['link'] }],
    value: [{ kind: 'types', types: ['custom-numeric', 'custom-time'] }],
  },
  rollingWindow: {
    trailing: [{ kind: 'types', types: ['fixed'] }],
    leading: [{ kind: 'types', types: ['fixed'] }],
    offset: [{ kind: 'types', types: ['fixed'] }],
    granularity: [
      { kind: 'types', types: ['toDate'], help: "type: 'to_date' begins anew with each period" },
    ],
  },
  timeShift: { interval: [without('name')], type: [without('name')] },
  granularity: { sql: [without('interval', 'origin', 'offset')] },
};

/** The type of an object that says none. */
export const typeWhenUnsaid: Readonly<Partial<Record<ShapeName, string>>> = {
  rollingWindow: 'fixed',
};

function never(help: string): Requirement {
  return { kind: 'never', help };
}

function without(...others: readonly string[]): Requirement {
  return { kind: 'without', others };
}

/** The types of measures but some. */
function allBut(...types: readonly string[]): string[] {
  return [...new Set<string>(measureTypes.values())].filter((type) => !types.includes(type));
}
