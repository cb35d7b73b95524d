import { filterSchema, querySchema } from '../../pipeline/query-schema.ts';

const query = { $ref: '#/components/schemas/Query' };
const queries = { oneOf: [query, { type: 'array', items: query }] };

/** The API as OpenAPI 3.1. https://spec.openapis.org/oas/v3.1.0 */
export function openApiDocument(basePath: string, version: string): object {
  const paths = Object.fromEntries(
    Object.entries(summaries).map(([name, summary]) => [
      `${basePath}/v1/${name}`,
      { get: operation(name, summary, 'get'), post: operation(name, summary, 'post') },
    ]),
  );
  return {
    openapi: '3.1.0',
    info: { title: 'Cubewright', version },
    paths,
    security: [{ token: [] }],
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: {
        Query: querySchema,
        Filter: filterSchema,
        Error: {
          type: 'object',
          required: ['error'],
          properties: {
            error: { type: 'string' },
            code: { type: 'string' },
            requestId: { type: 'string' },
          },
        },
      },
    },
  };
}

const summaries = {
  load: 'The rows of a query',
  sql: 'The SQL of a query, and the row filters that it obeys',
  'dry-run': 'How a query is understood',
  meta: 'What the schema offers',
} as const;

function operation(name: string, summary: string, method: 'get' | 'post'): object {
  const failures = Object.fromEntries(
    [400, 403, 500].map((status) => [
      status,
      {
        description: 'refused',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    ]),
  );
  const responses = {
    200: { description: summary, content: { 'application/json': {} } },
    ...failures,
  };
  if (name === 'meta') return { summary, responses };
  if (method === 'post') {
    const schema = {
      type: 'object',
      required: ['query'],
      properties: { query: queries, queryType: { enum: ['multi'] } },
    };
    return { summary, requestBody: { content: { 'application/json': { schema } } }, responses };
  }
  const parameters = [
    {
      name: 'query',
      in: 'query',
      required: true,
      content: { 'application/json': { schema: queries } },
    },
    { name: 'queryType', in: 'query', schema: { enum: ['multi'] } },
  ];
  return { summary, parameters, responses };
}
