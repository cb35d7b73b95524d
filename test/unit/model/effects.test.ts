import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileSchema, type Query, type Schema } from '../../../src/index.ts';
import { dimensionTypes, measureTypes, shapes } from '../../../src/model/properties.data.ts';

/** A value of each property that differs from what is so without it. */
const measureValues = {
  title: `'Another'`,
  description: `'What it is'`,
  meta: `{ a: 1 }`,
  public: 'false',
  aliases: `['other']`,
  multi_stage: 'true',
  group_by: '[CUBE.status]',
  reduce_by: '[CUBE.status]',
  add_group_by: '[CUBE.paid]',
  sql: '`${CUBE}.discount`',
  case: '{ switch: CUBE.kind, when: [{ value: `a`, sql: `${CUBE}.amount` }], else: { sql: `0` } }',
  filters: '[{ sql: `${CUBE}.paid` }]',
  drill_members: '[CUBE.id]',
  drill_filters: '[{ sql: `${CUBE}.paid` }]',
  rolling_window: `{ trailing: '2 day' }`,
  cumulative: 'true',
  time_shift: `[{ interval: '1 day', type: 'prior' }]`,
  order_by: '[{ sql: `${amount}` }]',
  format: `'percent'`,
  currency: `'EUR'`,
  mask: '{ sql: `max(17)` }',
};

const dimensionValues = {
  title: `'Another'`,
  description: `'What it is'`,
  meta: `{ a: 1 }`,
  public: 'false',
  aliases: `['other']`,
  multi_stage: 'true',
  group_by: '[CUBE.status]',
  reduce_by: '[CUBE.status]',
  add_group_by: '[CUBE.paid]',
  sql: '`${CUBE}.discount`',
  case: '{ when: [{ sql: `${CUBE}.paid`, label: `yes` }] }',
  latitude: '{ sql: `${CUBE}.latitude` }',
  longitude: '{ sql: `${CUBE}.longitude` }',
  values: `['a', 'b']`,
  primary_key: 'true',
  sub_query: 'true',
  propagate_filters_to_sub_query: 'true',
  granularities: `{ shifts: { interval: '8 hours' } }`,
  time_shift: `[{ name: 'before', interval: '1 year', type: 'prior' }]`,
  field_type: `'string'`,
  values_as_segments: 'true',
  suggest_filter_values: 'false',
  order: `'desc'`,
  key: 'CUBE.id',
  links: `[{ name: 'more', label: 'More', url: \`https://example.org\` }]`,
  format: `'id'`,
  currency: `'EUR'`,
  mask: '{ sql: `17` }',
};

interface Combination {
  readonly name: string;
  readonly kind: 'measure' | 'dimension';
  readonly type: string;
  readonly key: string;
  /** Names of the cubes without and with the property. */
  readonly base: string;
  readonly cube: string;
}

const files = new Map<string, string>();

function addCube(
  kind: Combination['kind'],
  properties: Readonly<Record<string, string>>,
  name: string,
): string {
  const member = `{ ${Object.entries(properties)
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ')} }`;
  const masking = 'mask' in properties || name.endsWith('_unmasked');
  files.set(
    `${name}.js`,
    `cube('${name}', {
      sql_table: 'orders',
      ${masking ? `access_policy: [{ group: '*', member_level: { includes: [] }, member_masking: { includes: '*' } }],` : ''}
      measures: { amount: { type: 'sum', sql: 'amount' }, ${kind === 'measure' ? `tested: ${member}` : ''} },
      dimensions: {
        id: { type: 'number', sql: 'id', primary_key: true, public: true },
        status: { type: 'string', sql: 'status' },
        paid: { type: 'boolean', sql: 'paid' },
        at: { type: 'time', sql: 'created_at' },
        kind: { type: 'switch', values: ['a', 'b'] },
        ${kind === 'dimension' ? `tested: ${member}` : ''}
      },
    });`,
  );
  return name;
}

function combinations(): Combination[] {
  const kinds = [
    ['measure', new Set(measureTypes.values()), measureValues],
    ['dimension', new Set(dimensionTypes.values()), dimensionValues],
  ] as const;
  return kinds.flatMap(([kind, types, values]) =>
    [...types].flatMap((type) =>
      // A rank is over finished groups alone.
      (type === 'rank' ? [true] : [false, true]).flatMap((staged) =>
        Object.entries(values).map(([key, value]) => {
          const given = { ...baseOf(kind, type, staged) };
          const name = `${kind}_${type}_${staged ? 'staged' : 'plain'}_${key}`;
          const before =
            key in given
              ? Object.fromEntries(Object.entries(given).filter(([item]) => item !== key))
              : given;
          const base = addCube(kind, before, `${name}_without${key === 'mask' ? '_unmasked' : ''}`);
          const changed = key === 'multi_stage' && staged ? 'false' : value;
          const cube = addCube(kind, { ...given, [key]: changed }, name);
          return { name, kind, type, key, base, cube };
        }),
      ),
    ),
  );
}

function baseOf(kind: string, type: string, staged: boolean): Record<string, string> {
  const stage = staged ? { multi_stage: 'true' } : {};
  if (kind === 'dimension') {
    const value =
      type === 'switch' ? { values: `['c']` } : { sql: staged ? '`${amount}`' : '`amount`' };
    return { type: `'${type}'`, ...value, ...stage };
  }
  const calculated = ['number', 'string', 'boolean', 'time'].includes(type);
  if (type === 'rank') return { type: `'rank'`, order_by: '[{ sql: `${amount}` }]', ...stage };
  const sql =
    staged || calculated ? '`${amount}`' : type === 'numberAgg' ? '`max(amount)`' : '`amount`';
  return { type: `'${type}'`, sql, ...stage };
}

const all = combinations();
let schema: Schema;
const findings = new Map<string, string[]>();
beforeAll(async () => {
  schema = await compileSchema(
    { files: [...files].map(([path, content]) => ({ path, content })) },
    { onError: 'quarantine' },
  );
  const { warnings, errors } = schema.audit();
  for (const { file, severity, line } of [...warnings, ...errors]) {
    expect(line).toBeGreaterThan(0);
    const name = file!.slice(0, -3);
    findings.set(name, [...(findings.get(name) ?? []), severity]);
  }
});
afterAll(() => schema.close());

/** All that users can see of a cube, its name aside. */
async function visible(cube: string, kind: Combination['kind']): Promise<string> {
  const tested = `${cube}.tested`;
  const range = {
    dimension: `${cube}.at`,
    granularity: 'day',
    dateRange: ['2024-01-01', '2024-01-05'],
  };
  const grouped = { measures: [`${cube}.amount`], dimensions: [tested] };
  const queries =
    kind === 'measure'
      ? [
          { measures: [tested] },
          { measures: [tested], dimensions: [`${cube}.status`], timeDimensions: [range] },
          { dimensions: [`${cube}.id`], filters: [{ member: tested, operator: 'measureFilter' }] },
        ]
      : [
          grouped,
          { ...grouped, dimensions: [], timeDimensions: [{ ...range, dimension: tested }] },
          {
            ...grouped,
            dimensions: [],
            timeDimensions: [{ ...range, dimension: tested, granularity: 'shifts' }],
          },
          { dimensions: [tested], ungrouped: true },
        ];
  const seen: unknown[] = [schema.meta().cubes.find(({ name }) => name === cube)];
  for (const query of queries) {
    const sql = await schema.generateSql(query as Query, { securityContext: {} }).then(
      (found) => found.sql,
      (error: unknown) => (error as { code: string }).code,
    );
    seen.push(sql);
  }
  return JSON.stringify(seen).replaceAll(cube, 'X');
}

test('every property of the language is walked', () => {
  const keys = (shape: 'measure' | 'dimension') =>
    Object.keys(shapes[shape])
      .filter((key) => key !== 'type')
      .sort();
  expect(Object.keys(measureValues).sort()).toEqual(keys('measure'));
  expect(Object.keys(dimensionValues).sort()).toEqual(keys('dimension'));
});

const required = ['sql', 'values', 'multi_stage', 'order_by'];

describe('a property has an effect, or is refused or warned of', () => {
  test.for(all)('$name', async ({ base, cube, kind, key }) => {
    const before = findings.get(base) ?? [];
    const after = findings.get(cube) ?? [];
    // What a member cannot be without has its effect by being there.
    if (before.includes('error')) return expect(required).toContain(key);
    if (after.length > before.length) return;
    expect(await visible(cube, kind)).not.toBe(await visible(base, kind));
  });
});

describe('a property of a part that the part does not read is refused, with its place', () => {
  const measure = (rest: string) => `measures: { m: { type: 'sum', sql: 'amount', ${rest} } },`;
  const dimension = (rest: string) => `dimensions: { t: { ${rest} } },`;
  test.for([
    [
      'granularity of a fixed window',
      measure(`rolling_window: { trailing: '1 day',\n granularity: 'month' }`),
    ],
    [
      'granularity of a window without a type',
      measure(`rolling_window: {\n granularity: 'month' }`),
    ],
    [
      'trailing to date',
      measure(`rolling_window: { type: 'to_date', granularity: 'month',\n trailing: '1 day' }`),
    ],
    [
      'leading to date',
      measure(`rolling_window: { type: 'to_date', granularity: 'month',\n leading: '1 day' }`),
    ],
    ['offset to date', measure(`rolling_window: { type: 'year_to_date',\n offset: 'start' }`)],
    [
      'granularity of a year to date',
      measure(`rolling_window: { type: 'year_to_date',\n granularity: 'month' }`),
    ],
    [
      'a window of a running total',
      `measures: { m: { type: 'running_total', sql: 'amount',\n rolling_window: { trailing: '1 day' } } },`,
    ],
    [
      'filters beside a claim',
      `measures: { m: { type: 'number', sql: 'sum(a)',\n filters: [{ sql: \`\${SECURITY_CONTEXT.a.requiredFilter('a')}\` }] } },`,
    ],
    [
      'sql beside case',
      measure(`\n case: { switch: CUBE.k, when: [{ value: 'a', sql: '1' }], else: { sql: '2' } }`)
        .replace('sql:', '\n sql:')
        .replace('\n case', ' case'),
    ],
    [
      'a label in a switch',
      `measures: { m: { type: 'sum', case: { switch: CUBE.k, when: [{ value: 'a', sql: '1',\n label: 'x' }], else: { sql: '2' } } } },`,
    ],
    [
      'a value in a case',
      dimension(`type: 'string', case: { when: [{ sql: 'true', label: 'x',\n value: 'a' }] }`),
    ],
    [
      'sql in the else of a case',
      dimension(
        `type: 'string', case: { when: [{ sql: 'true', label: 'x' }], else: { label: 'y',\n sql: 'a' } }`,
      ),
    ],
    [
      'type of a named shift',
      measure(`multi_stage: true, time_shift: [{ name: 'a',\n type: 'prior' }]`),
    ],
    [
      'an interval beside the sql of a granularity',
      dimension(`type: 'time', sql: 't', granularities: { g: {\n sql: 'x', interval: '1 day' } }`),
    ],
    [
      'a shift without a calendar',
      dimension(
        `type: 'time', sql: 't',\n time_shift: [{ name: 'a', interval: '1 day', type: 'prior' }]`,
      ),
    ],
    [
      'a label of a format that is no link',
      dimension(
        `type: 'number', sql: 't', format: { type: 'custom-numeric', value: '.2f',\n label: 'x' }`,
      ),
    ],
    [
      'filters of a calculation',
      `measures: { m: { type: 'number_agg', sql: 'sum(a)',\n filters: [{ sql: 'a > 1' }] } },`,
    ],
  ] as const)('%s', async ([, text]) => {
    const kind = `dimensions: { k: { type: 'switch', values: ['a'] } },`;
    const content = `cube('C', { sql_table: 'c', ${text.startsWith('dimensions') ? '' : kind} ${text} });`;
    const error: unknown = await compileSchema({ files: [{ path: 'C.js', content }] }).then(
      async (compiled) => compiled.close(),
      (found: unknown) => found,
    );
    const { diagnostics = [] } = (error ?? {}) as {
      diagnostics?: { code: string; line: number; severity: string }[];
    };
    expect(diagnostics.map(({ code, line }) => [code, line])).toContainEqual([
      expect.stringMatching(/^model\/(only-with|not-both)$/),
      2,
    ]);
  });
});
