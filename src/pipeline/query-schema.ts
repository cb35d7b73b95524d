import { defaultLimit, mostRows, queryKeys } from '../planner/decode-query.ts';
import type { Query } from '../planner/query.ts';
import { filterOperators, granularities } from '../planner/request.ts';

const member = { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*\\.[A-Za-z_][A-Za-z0-9_]*$' };
const members = { type: 'array', items: member };
const dateRange = {
  oneOf: [
    { type: 'string', examples: ['today', 'last 7 days', 'from 2024-01-01 to 2024-01-31'] },
    { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 2 },
    {
      type: 'object',
      required: ['from', 'to'],
      additionalProperties: false,
      properties: { from: { type: 'string' }, to: { type: 'string' } },
    },
  ],
};

const properties: Readonly<Record<keyof Query, object>> = {
  measures: members,
  dimensions: { type: 'array', items: { type: 'string' } },
  segments: members,
  timeDimensions: {
    type: 'array',
    items: {
      type: 'object',
      required: ['dimension'],
      additionalProperties: false,
      properties: {
        dimension: member,
        granularity: { type: ['string', 'null'], examples: [...granularities] },
        dateRange,
        fillMissingDates: { type: 'boolean' },
        compareDateRange: { type: 'array', items: dateRange },
      },
    },
  },
  filters: { type: 'array', items: { $ref: '#/components/schemas/Filter' } },
  order: {
    oneOf: [
      { type: 'object', additionalProperties: { enum: ['asc', 'desc'] } },
      { type: 'array', items: { type: 'array', minItems: 2, maxItems: 2 } },
    ],
  },
  limit: { type: 'integer', minimum: 1, maximum: mostRows, default: defaultLimit },
  offset: { type: 'integer', minimum: 0 },
  timezone: { type: 'string', default: 'UTC', examples: ['Europe/Berlin'] },
  ungrouped: { type: 'boolean' },
  total: { type: 'boolean' },
  renewQuery: { type: 'boolean' },
  joinHints: { type: 'array', items: { type: 'array', items: { type: 'string' } } },
};

/** JSON Schema of a query, from the tables that the decoder checks with. */
export const querySchema = {
  type: 'object',
  additionalProperties: false,
  properties: Object.fromEntries(queryKeys.map((key) => [key, properties[key]])),
} as const;

export const filterSchema = {
  oneOf: [
    {
      type: 'object',
      required: ['member', 'operator'],
      properties: {
        member: { type: 'string' },
        operator: { enum: Object.keys(filterOperators) },
        values: { type: 'array', items: { type: ['string', 'number', 'boolean', 'null'] } },
      },
    },
    ...['and', 'or'].map((operator) => ({
      type: 'object',
      required: [operator],
      properties: { [operator]: { type: 'array', items: { $ref: '#/components/schemas/Filter' } } },
    })),
  ],
} as const;
