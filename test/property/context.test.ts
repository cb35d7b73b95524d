import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileSchema, SecurityContextError, type Schema } from '../../src/index.ts';
import { allDialects } from '../support/cases.ts';

const filters = fileURLToPath(new URL('../../fixtures/models/filters', import.meta.url));

const claimNames = [
  'id',
  'email',
  'user',
  'region',
  'name',
  'ids',
  'tags',
  'tenant',
  'tenants',
  'all',
];

/** Contexts that often hold what the schema asks for, in every shape that JSON has. */
const contexts = fc.oneof(
  fc.jsonValue(),
  fc.dictionary(fc.constantFrom(...claimNames), fc.jsonValue({ maxDepth: 3 })),
  fc.dictionary(
    fc.constantFrom(...claimNames),
    fc.oneof(
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.array(fc.oneof(fc.string(), fc.integer())),
    ),
  ),
);

const queries = fc.constantFrom(
  ...[
    'Columns',
    'Required',
    'Nested',
    'Expressions',
    'Functions',
    'Alternatives',
    'Lists',
    'Maps',
    'Either',
    'Bare',
    'BareList',
    'Unsafe',
    'UnsafeLiteral',
    'Helpers',
    'OddNames',
    'Inherited',
    'Weak',
    'Commented',
    'Sources',
  ].map((cube) => ({ measures: [`${cube}.count`] })),
  { measures: ['Members.mine'], dimensions: ['Members.email'] },
);

const settings = fc.record({
  dialect: fc.constantFrom(...allDialects),
  missingContext: fc.constantFrom('allow', 'deny', 'error'),
});

describe('any security context', () => {
  let schema: Schema;
  beforeAll(async () => {
    schema = await compileSchema(filters);
  });
  afterAll(() => schema.close());

  const generate = (query: object, securityContext: unknown, setting: object) =>
    schema.generateSql(query, { securityContext, ...setting }).catch((error: unknown) => {
      expect(error).toBeInstanceOf(SecurityContextError);
      return null;
    });

  test('throws nothing but a SecurityContextError, and binds as many values as it prints placeholders', async () => {
    await fc.assert(
      fc.asyncProperty(queries, contexts, settings, async (query, context, setting) => {
        const generated = await generate(query, context, setting);
        if (!generated) return;
        const literal =
          query.measures[0] === 'UnsafeLiteral.count' || query.measures[0] === 'Unsafe.count';
        if (literal) return;
        expect(placeholdersIn(generated.sql, setting.dialect)).toBe(generated.params.length);
      }),
      { numRuns: 1500 },
    );
  });

  test('never appears in the SQL text unless through unsafeValue', async () => {
    const secret = 'q7Zk2xW9';
    const carriers = fc.oneof(
      fc.constant(secret),
      fc.tuple(fc.string(), fc.string()).map(([left, right]) => left + secret + right),
      fc.array(fc.constant(`${secret}'`), { minLength: 1, maxLength: 3 }),
    );
    const full = fc.dictionary(fc.constantFrom(...claimNames), carriers);
    await fc.assert(
      fc.asyncProperty(queries, full, settings, async (query, context, setting) => {
        const generated = await generate(query, context, setting);
        if (!generated || query.measures[0]!.startsWith('Unsafe')) return;
        expect(generated.sql).not.toContain(secret);
      }),
      { numRuns: 500 },
    );
  });

  test('gives the same bytes for the same input, and is not modified', async () => {
    await fc.assert(
      fc.asyncProperty(queries, contexts, settings, async (query, context, setting) => {
        const before = JSON.stringify(context);
        const first = await generate(query, context, setting);
        const second = await generate({ ...query }, structuredClone(context), setting);
        expect(JSON.stringify(context)).toBe(before);
        expect(second?.sql).toBe(first?.sql);
        expect(second?.params).toEqual(first?.params);
        expect(second?.hash).toBe(first?.hash);
      }),
      { numRuns: 300 },
    );
  });

  test('of live objects runs no getter and lets no trap escape', async () => {
    let ran = 0;
    const getter = {
      get id() {
        ran++;
        return 1;
      },
    };
    const hostile = [
      getter,
      Object.create(getter) as object,
      new Proxy(
        {},
        {
          getOwnPropertyDescriptor: () => {
            throw new TypeError('trap');
          },
        },
      ),
      new Proxy([], {
        get: () => {
          throw new TypeError('trap');
        },
      }),
      {
        id: Object.defineProperty([1], '0', {
          get: () => {
            ran++;
            return 1;
          },
        }),
      },
      {
        id: {
          valueOf: () => {
            ran++;
            return 1;
          },
          toString: () => {
            ran++;
            return '1';
          },
        },
      },
      { id: Object(1) as unknown },
      { id: Symbol('id') },
      { id: () => 1 },
      new (class {
        id = 1;
      })(),
      new Map([['id', 1]]),
      Object.defineProperty({}, 'id', { value: 1, enumerable: false }),
    ];
    for (const context of hostile) {
      const generated = await generate({ measures: ['Columns.count'] }, context, {});
      if (generated) expect(generated.params).toEqual([]);
    }
    expect(ran).toBe(0);
  });
});

/** Counts placeholders outside literals; the schema of this test has no `?` or `$` in its own SQL. */
function placeholdersIn(sql: string, dialect: string): number {
  return sql.match(dialect === 'postgres' || dialect === 'duckdb' ? /\$\d+/g : /\?/g)?.length ?? 0;
}
