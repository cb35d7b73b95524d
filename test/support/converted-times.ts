import { compileSchema } from '../../src/index.ts';
import type { Engine } from './engines.ts';
import { plainValue } from './rows-of-case.ts';

/** Instants before, in and after both changes of the clock in New York in 2024. */
const instants = [
  '2024-03-10 06:30:00',
  '2024-03-10 07:30:00',
  '2024-07-01 02:00:00',
  '2024-11-03 05:30:00',
  '2024-11-03 06:30:00',
  '2024-11-04 04:30:00',
  '2024-11-04 05:30:00',
];

function content(time: string, date: string, pushed: string): string {
  const rows = instants.map(
    (at, index) => `SELECT ${index + 1} AS id, ${time.replace('?', `'${at}'`)} AS stamp`,
  );
  return `
const source = \`(${rows.join(' UNION ALL ')}) AS times\`;
const dimensions = {
  id: { type: 'number', sql: 'id', primary_key: true, public: true },
  stored: { type: 'time', sql: 'stamp' },
  local: { type: 'time', sql: \`\${SQL_UTILS.convertTz(\`\${CUBE}.stamp\`)}\` },
  again: { type: 'time', sql: \`\${local}\` },
  nested: { type: 'time', sql: \`\${SQL_UTILS.convertTz(SQL_UTILS.convertTz(\`\${CUBE}.stamp\`))}\` },
  around: { type: 'time', sql: \`\${SQL_UTILS.convertTz(\`\${local}\`)}\` },
  day: { type: 'time', sql: \`${date.replace('?', '${local}')}\` },
};
const measures = {
  count: { type: 'count' },
  ids: { type: 'sum', sql: 'id' },
  last: { type: 'time', sql: \`max(\${local})\` },
  window: { type: 'sum', sql: 'id', rolling_window: { trailing: '1 day' } },
  before: { type: 'number', sql: \`\${ids}\`, multi_stage: true, time_shift: [{ time_dimension: local, interval: '1 day', type: 'prior' }] },
};
cube('Times', { sql: \`SELECT * FROM \${source}\`, measures, dimensions });
cube('Pushed', {
  sql: \`SELECT * FROM \${source} WHERE \${FILTER_PARAMS.Pushed.local.filter(${pushed})}\`,
  measures,
  dimensions,
});
cube('Around', {
  sql: \`SELECT * FROM \${source} WHERE \${FILTER_PARAMS.Around.stored.filter((from, to) => \`\${SQL_UTILS.convertTz('stamp')} >= \${SQL_UTILS.convertTz(from)}\`)}\`,
  measures,
  dimensions,
});
cube('Column', {
  sql: \`SELECT * FROM \${source} WHERE \${FILTER_PARAMS.Column.local.filter('stamp')} AND \${FILTER_PARAMS.Column.stored.filter(SQL_UTILS.convertTz('stamp'))}\`,
  measures,
  dimensions,
});
cube('Shown', {
  sql: \`SELECT * FROM \${source}\`,
  measures,
  dimensions,
  access_policy: [{ group: '*', row_level: { filters: [{ member: 'local', operator: 'beforeDate', values: ['2024-11-03T06:00:00Z'] }] } }],
});
view('Seen', {
  cubes: [{ join_path: 'Times', includes: ['id', 'local'] }],
  access_policy: [{ group: '*', row_level: { filters: [{ member: 'local', operator: 'beforeDate', values: ['2024-11-03T06:00:00Z'] }] } }],
});
`;
}

const written = {
  duckdb: { time: 'TIMESTAMP ?', date: 'CAST(? AS DATE)' },
  sqlite: { time: '?', date: 'date(?)' },
  postgres: { time: 'timestamp ?', date: 'CAST(? AS date)' },
  mysql: { time: 'CAST(? AS DATETIME(3))', date: 'DATE(?)' },
  mariadb: { time: 'CAST(? AS DATETIME(3))', date: 'DATE(?)' },
} as const;

export function compileConvertedTimes(dialect: keyof typeof written) {
  const { time, date } = written[dialect];
  const converted = '${SQL_UTILS.convertTz(`stamp`)}';
  const pushed = `(from, to) => \`${converted} >= \${from} AND ${converted} < \${to}\``;
  const text = content(time, date, pushed);
  return compileSchema({ files: [{ path: 'Times.js', content: text }] }, { dialect });
}

export interface ConvertedTime {
  readonly name: string;
  readonly query: object;
  readonly rows: readonly string[];
}

const range = (member: string, from: string, to: string) => ({
  timeDimensions: [{ dimension: member, dateRange: [from, to] }],
});

const ids = (cube = 'Times') => ({ dimensions: [`${cube}.id`], order: [[`${cube}.id`, 'asc']] });

const raws = ['local', 'again', 'nested', 'around'].map((name): ConvertedTime => ({
  name: `${name} is the local time`,
  query: { dimensions: ['Times.id', `Times.${name}`], order: [['Times.id', 'asc']] },
  rows: [
    '1 | "2024-03-10T01:30:00.000"',
    '2 | "2024-03-10T03:30:00.000"',
    '3 | "2024-06-30T22:00:00.000"',
    '4 | "2024-11-03T01:30:00.000"',
    '5 | "2024-11-03T01:30:00.000"',
    '6 | "2024-11-03T23:30:00.000"',
    '7 | "2024-11-04T00:30:00.000"',
  ],
}));

const hours = ['stored', 'local', 'again', 'nested', 'around'].map((name): ConvertedTime => ({
  name: `hours of ${name}`,
  query: {
    measures: ['Times.ids'],
    timeDimensions: [{ dimension: `Times.${name}`, granularity: 'hour' }],
    order: [[`Times.${name}`, 'asc']],
  },
  rows: [
    '"2024-03-10T01:00:00.000" | 1',
    '"2024-03-10T03:00:00.000" | 2',
    '"2024-06-30T22:00:00.000" | 3',
    '"2024-11-03T01:00:00.000" | 9',
    '"2024-11-03T23:00:00.000" | 6',
    '"2024-11-04T00:00:00.000" | 7',
  ],
}));

const ranges = [
  'Times.stored',
  'Times.local',
  'Times.nested',
  'Times.day',
  'Pushed.local',
  'Column.local',
  'Column.stored',
  'Around.stored',
  'Seen.local',
].flatMap((member): ConvertedTime[] => {
  const cube = member.split('.')[0]!;
  return [
    {
      name: `a day of ${member}`,
      query: { ...ids(cube), ...range(member, '2024-11-03', '2024-11-03') },
      rows: cube === 'Seen' ? ['4'] : ['4', '5', '6'],
    },
    {
      name: `the day of the other change of ${member}`,
      query: { ...ids(cube), ...range(member, '2024-03-10', '2024-03-10') },
      rows: ['1', '2'],
    },
  ];
});

const filter = (member: string, operator: string, ...values: string[]) => ({
  ...ids(member.split('.')[0]),
  filters: [{ member, operator, values }],
});

/** Asked in New York. */
export const convertedTimes: readonly ConvertedTime[] = [
  ...raws,
  ...hours,
  ...ranges,
  {
    name: 'beforeDate',
    query: filter('Times.local', 'beforeDate', '2024-07-01'),
    rows: ['1', '2', '3'],
  },
  { name: 'afterDate', query: filter('Times.local', 'afterDate', '2024-11-03'), rows: ['7'] },
  {
    name: 'inDateRange',
    query: filter('Times.again', 'inDateRange', '2024-06-30', '2024-11-03'),
    rows: ['3', '4', '5', '6'],
  },
  {
    name: 'notInDateRange',
    query: filter('Times.local', 'notInDateRange', '2024-03-01', '2024-11-03'),
    rows: ['7'],
  },
  { name: 'equals', query: filter('Times.local', 'equals', '2024-06-30'), rows: ['3'] },
  {
    name: 'both readings of an hour that occurs twice',
    query: filter('Times.local', 'inDateRange', '2024-11-03T01:20:00', '2024-11-03T01:40:00'),
    rows: ['4', '5'],
  },
  {
    name: 'both readings, pushed into the source as instants',
    query: filter('Column.local', 'inDateRange', '2024-11-03T01:20:00', '2024-11-03T01:40:00'),
    rows: ['4', '5'],
  },
  {
    name: 'a measure that is a local time',
    query: {
      ...ids(),
      measures: ['Times.last'],
      filters: [{ member: 'Times.last', operator: 'afterDate', values: ['2024-11-03'] }],
    },
    rows: ['7 | "2024-11-04T00:30:00.000"'],
  },
  {
    name: 'months of a date',
    query: {
      measures: ['Times.ids'],
      timeDimensions: [{ dimension: 'Times.day', granularity: 'month' }],
      order: [['Times.day', 'asc']],
    },
    rows: [
      '"2024-03-01T00:00:00.000" | 3',
      '"2024-06-01T00:00:00.000" | 3',
      '"2024-11-01T00:00:00.000" | 22',
    ],
  },
  {
    name: 'windows',
    query: {
      measures: ['Times.window'],
      timeDimensions: [
        { dimension: 'Times.local', granularity: 'day', dateRange: ['2024-11-03', '2024-11-04'] },
      ],
    },
    rows: ['"2024-11-03T00:00:00.000" | 15', '"2024-11-04T00:00:00.000" | 7'],
  },
  {
    name: 'time shifts',
    query: {
      measures: ['Times.ids', 'Times.before'],
      timeDimensions: [
        { dimension: 'Times.local', granularity: 'day', dateRange: ['2024-11-04', '2024-11-04'] },
      ],
    },
    rows: ['"2024-11-04T00:00:00.000" | 7 | 15'],
  },
  {
    name: 'periods without rows',
    query: {
      measures: ['Times.count'],
      timeDimensions: [
        {
          dimension: 'Times.local',
          granularity: 'day',
          dateRange: ['2024-11-02', '2024-11-04'],
          fillMissingDates: true,
        },
      ],
    },
    rows: [
      '"2024-11-02T00:00:00.000" | 0',
      '"2024-11-03T00:00:00.000" | 3',
      '"2024-11-04T00:00:00.000" | 1',
    ],
  },
  {
    name: 'a policy, which is the same in every time zone',
    query: ids('Shown'),
    rows: ['1', '2', '3', '4'],
  },
];

export async function rowsOfConverted(
  { query }: ConvertedTime,
  schema: Awaited<ReturnType<typeof compileConvertedTimes>>,
  engine: Engine,
): Promise<string[]> {
  const asked = { timezone: 'America/New_York', ...query };
  const { sql, params, columns } = await schema.generateSql(asked, { securityContext: {} });
  const rows = await engine.query(sql, params);
  return rows.map((row) =>
    row.map((value, index) => plainValue(value, columns[index]!.type)).join(' | '),
  );
}
